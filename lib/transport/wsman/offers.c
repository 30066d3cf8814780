/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A header may hold several challenges, between commas, and the parameters of
 * one of them are between commas too: `Negotiate, Basic realm="a, b"`.  A word
 * that no `=` follows begins a challenge.
 */
#include "transport/wsman/offers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A scheme's name is a token; longer ones are nobody's. */
#define SCHEME_MOST 24

static const char token_chars[] =
	"abcdefghijklmnopqrstuvwxyz"
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	"!#$%&'*+-.^_`|~";
static const char base64_chars[] =
	"abcdefghijklmnopqrstuvwxyz"
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	"+/=";

void sm_offers_clear(struct sm_offers *offers)
{
	free(offers->token);
	memset(offers, 0, sizeof(*offers));
}

static size_t span(const char *text, size_t len, const char *set)
{
	size_t n = 0;

	while (n < len && text[n] != '\0' && strchr(set, text[n]) != NULL)
		n++;
	return n;
}

static void note_name(struct sm_offers *offers, const char *name, size_t len)
{
	size_t used = strlen(offers->names);

	if (used + len + 3 > sizeof(offers->names))
		return;
	snprintf(offers->names + used, sizeof(offers->names) - used, "%s%.*s",
		 used > 0 ? ", " : "", (int)len, name);
}

static bool is(const char *name, size_t len, const char *what)
{
	return len == strlen(what) && strncasecmp(name, what, len) == 0;
}

/* Where the challenge or parameter at hand ends: at a comma, or the end. */
static size_t to_comma(const char *text, size_t len)
{
	bool quoted = false;
	size_t n = 0;

	for (n = 0; n < len && (quoted || text[n] != ','); n++) {
		if (text[n] == '"')
			quoted = !quoted;
		else if (quoted && text[n] == '\\' && n + 1 < len)
			n++;
	}
	return n < len ? n : len;
}

static void take_challenge(struct sm_offers *offers, const char *name,
			   size_t name_len, const char *rest, size_t rest_len)
{
	size_t token = span(rest, rest_len, base64_chars);

	note_name(offers, name, name_len);
	if (is(name, name_len, "Basic"))
		offers->basic = true;
	if (is(name, name_len, "Kerberos"))
		offers->kerberos = true;
	if (!is(name, name_len, "Negotiate"))
		return;
	offers->negotiate = true;
	if (token == 0 || offers->token != NULL)
		return;
	offers->token = strndup(rest, token);
	offers->failed = offers->token == NULL;
}

void sm_offers_add(struct sm_offers *offers, const char *value, size_t len)
{
	size_t pos = 0;

	while (pos < len) {
		const char *at = value + pos;
		size_t name = 0;
		size_t gap = 0;
		size_t end = 0;

		pos += span(at, len - pos, " \t,\r\n");
		at = value + pos;
		name = span(at, len - pos, token_chars);
		gap = span(at + name, len - pos - name, " \t");
		end = to_comma(at, len - pos);
		/* `a=b` goes on with the challenge before it. */
		if (name > 0 && name <= SCHEME_MOST &&
		    (name + gap == len - pos || at[name + gap] != '='))
			take_challenge(offers, at, name, at + name + gap,
				       end - name - gap);
		pos += end > 0 ? end : 1;
	}
}
