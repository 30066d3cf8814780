/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What no server sends that means well: document types and entities, and each
 * bound from both of its sides; and every answer cut at every place.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wsman_made.h"

#define END "<w:EndOfSequence/>"
#define RESPONSE "<n:PullResponse>" END "</n:PullResponse>"

static void read_text(struct made *made, const char *before, const char *body)
{
	char *text = made_envelope("", body);
	size_t size = strlen(before) + strlen(text) + 1;
	char *whole = malloc(size);

	memset(made, 0, sizeof(*made));
	snprintf(whole, size, "%s%s", before, text);
	made_read_bytes(made, whole, strlen(whole), SM_WSMAN_PULLED);
	free(whole);
	free(text);
}

static void must_refuse(struct made *made, const char *what)
{
	ck_assert_msg(made->ret == SMBMGMT_E_PROTOCOL, "%s", what);
	ck_assert_int_eq(made->fail.code, SMBMGMT_E_PROTOCOL);
	made_clear(made);
}

START_TEST(document_types)
{
	static const char *const types[] = {
		"<!DOCTYPE s>",
		"<!DOCTYPE s SYSTEM \"file:///etc/hostname\">",
		"<!DOCTYPE s [<!ENTITY a \"b\">]>",
		("<!DOCTYPE s [<!ENTITY % a SYSTEM \"http://127.0.0.1:1/\"> "
		 "%a;]>"),
		"<?xml version=\"1.0\"?><!-- c --> <!DOCTYPE s>",
		"<!doctype s>",
		"<!ENTITY a \"b\">",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct made m;

		read_text(&m, types[i], RESPONSE);
		ck_assert_ptr_nonnull(strstr(m.fail.text, "document type"));
		must_refuse(&m, types[i]);
	}
}
END_TEST

/* One in UTF-16 is seen as well. */
START_TEST(document_type_utf16)
{
	char *text = made_envelope("", RESPONSE);
	char whole[4096];

	snprintf(whole, sizeof(whole), "<!DOCTYPE s>%s", text);
	for (int form = 0; form < 4; form++) {
		struct made m = {.stop = 0};
		size_t len = 0;
		uint8_t *data = made_utf16(whole, form & 1, form & 2, &len);

		made_read_bytes(&m, data, len, SM_WSMAN_PULLED);
		ck_assert_ptr_nonnull(strstr(m.fail.text, "document type"));
		must_refuse(&m, "UTF-16");
		free(data);
	}
	free(text);
}
END_TEST

START_TEST(broken_bodies)
{
	static const char *const bodies[] = {
		"&a;",
		"<n:PullResponse>&a;" END "</n:PullResponse>",
		"<n:PullResponse>" END "<x a=\"&a;\"/></n:PullResponse>",
		"<!DOCTYPE x>" RESPONSE,
		"<n:PullResponse>" END "</n:EnumerateResponse>",
		"<n:PullResponse>" END "<x a='1' a='2'/></n:PullResponse>",
		"<n:PullResponse>" END "<x a=1/></n:PullResponse>",
		"<n:PullResponse>" END "<x a=\"<\"/></n:PullResponse>",
		"<n:PullResponse>" END "\x01</n:PullResponse>",
		"<n:PullResponse>" END "&#1;</n:PullResponse>",
		"<n:PullResponse>" END "\xff</n:PullResponse>",
		"<n:PullResponse>" END "\xed\xa0\x80</n:PullResponse>",
		"<n:PullResponse>" END "<![CDATA[ </n:PullResponse>",
		"<n:PullResponse>" END "<!-- -- --></n:PullResponse>",
		"<n:PullResponse>" END "<? ?></n:PullResponse>",
		RESPONSE RESPONSE,
		RESPONSE "<x/>",
		"text" RESPONSE "</s:Body><s:Body>" RESPONSE,
		"</s:Body><s:Body>" RESPONSE,
		RESPONSE "</s:Body><s:Header/><s:Body>",
		RESPONSE "</s:Body><x/><s:Body>",
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct made m;

		read_text(&m, "", bodies[i]);
		must_refuse(&m, bodies[i]);
	}
}
END_TEST

START_TEST(no_envelopes)
{
	static const char *const texts[] = {
		"",
		" ",
		"<",
		"<>",
		"<a",
		"x",
		"<html><body>Not found</body></html>",
		"{\"error\": 404}",
		"<Envelope/>",
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/"
		"soap-envelope\"/>",
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/"
		"soap-envelope\"><s:Header/></s:Envelope>",
		/* SOAP 1.1. */
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/"
		"envelope/\"><s:Body><s:Fault/></s:Body></s:Envelope>",
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/"
		"soap-envelope\"><s:Body/><s:Header/></s:Envelope>",
		"\xff\xfe",
		"\xfe\xff\x20",
		"\xff\xfe\x3c",
		"\xef\xbb\xbf",
		"\x4c\x6f\xa7\x94",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct made m = {.stop = 0};

		made_read_bytes(&m, texts[i], strlen(texts[i]),
				SM_WSMAN_PULLED);
		must_refuse(&m, texts[i]);
	}
}
END_TEST

START_TEST(cut_anywhere)
{
	char *text = made_envelope(
		MADE_ACTION(MADE_ENUMERATION "/PullResponse"),
		"<n:PullResponse><n:EnumerationContext>c"
		"</n:EnumerationContext><n:Items>" MADE_ITEM(
			"<p:SessionId>5</p:SessionId>") "</n:Items>"
							"</n:PullResponse>");
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		struct made m = {.stop = 0};

		made_read_bytes(&m, text, i, SM_WSMAN_PULLED);
		must_refuse(&m, "cut");
	}
	free(text);
}
END_TEST

/* Any byte changed to one that matters: an answer, or refused. */
START_TEST(changed_anywhere)
{
	static const char bytes[] = {'<',  '>',	   '&', '"', '/',
				     '\0', '\xff', '!', '\n'};
	char *text = made_envelope(
		"",
		"<s:Fault><s:Code><s:Value>s:x</s:Value></s:Code>"
		"<s:Detail><f:WSManFault Code=\"5\"><f:Message>m"
		"</f:Message></f:WSManFault></s:Detail></s:Fault>");
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		char was = text[i];

		for (size_t k = 0; k < sizeof(bytes); k++) {
			struct made m = {.stop = 0};

			text[i] = bytes[k];
			made_read_bytes(&m, text, len, SM_WSMAN_PULLED);
			ck_assert(m.ret == 0 || m.ret == SMBMGMT_E_PROTOCOL);
			made_clear(&m);
		}
		text[i] = was;
	}
	free(text);
}
END_TEST

/* @count times @part, between two texts; from malloc. */
static char *repeat(const char *before, const char *part, size_t count,
		    const char *after)
{
	size_t len = strlen(part);
	char *text = malloc(strlen(before) + len * count + strlen(after) + 1);
	char *to = text;

	to = stpcpy(to, before);
	for (size_t i = 0; i < count; i++)
		to = stpcpy(to, part);
	strcpy(to, after);
	return text;
}

static int read_repeated(const char *before, const char *part, size_t count,
			 const char *after)
{
	char *body = repeat(before, part, count, after);
	struct made m;

	read_text(&m, "", body);
	made_clear(&m);
	free(body);
	return m.ret;
}

/* Depth: Envelope is 0, Body 1, the response 2. */
static int read_deep(size_t depth)
{
	char *inner = repeat("", "<x>", depth - 2, "");
	char *outer = repeat(inner, "</x>", depth - 2, END "</n:PullResponse>");
	char *body = repeat("<n:PullResponse>", outer, 1, "");
	struct made m;

	read_text(&m, "", body);
	made_clear(&m);
	free(body);
	free(outer);
	free(inner);
	return m.ret;
}

START_TEST(depth)
{
	ck_assert_int_eq(read_deep(32), 0);
	ck_assert_int_eq(read_deep(33), SMBMGMT_E_PROTOCOL);
	/* More than libxml2 itself allows. */
	ck_assert_int_eq(read_deep(5000), SMBMGMT_E_PROTOCOL);
}
END_TEST

START_TEST(attributes)
{
	char part[4096];
	char *to = part;

	for (int i = 0; i < 64; i++)
		to += sprintf(to, " a%d='='", i);
	ck_assert_int_eq(read_repeated("<n:PullResponse>" END "<x", part, 1,
				       "/></n:PullResponse>"),
			 0);
	strcpy(to, " b=''");
	ck_assert_int_eq(read_repeated("<n:PullResponse>" END "<x", part, 1,
				       "/></n:PullResponse>"),
			 SMBMGMT_E_PROTOCOL);
}
END_TEST

/* A tag of 8192 bytes besides its `<`, and of one more. */
START_TEST(tag)
{
	ck_assert_int_eq(read_repeated("<n:PullResponse>" END "<x a=\"", ">",
				       8184, "\"/></n:PullResponse>"),
			 0);
	ck_assert_int_eq(read_repeated("<n:PullResponse>" END "<x a=\"", ">",
				       8185, "\"/></n:PullResponse>"),
			 SMBMGMT_E_PROTOCOL);
}
END_TEST

START_TEST(context)
{
	ck_assert_int_eq(read_repeated("<n:PullResponse><n:EnumerationContext>",
				       "c", 16384,
				       "</n:EnumerationContext>"
				       "</n:PullResponse>"),
			 0);
	ck_assert_int_eq(read_repeated("<n:PullResponse><n:EnumerationContext>",
				       "c", 16385,
				       "</n:EnumerationContext>"
				       "</n:PullResponse>"),
			 SMBMGMT_E_PROTOCOL);
}
END_TEST

/* Over libxml2's own bound, which it takes for a want of memory. */
START_TEST(huge_text)
{
	ck_assert_int_eq(read_repeated("<n:PullResponse>" END "<x>",
				       "0123456789", 1 << 20,
				       "</x></n:PullResponse>"),
			 SMBMGMT_E_PROTOCOL);
}
END_TEST

static int count_rows(void *userdata, const struct sm_row *row,
		      struct sm_fail *fail)
{
	(void)row;
	(void)fail;
	++*(size_t *)userdata;
	return 0;
}

START_TEST(items)
{
	for (size_t over = 0; over < 2; over++) {
		char *body = repeat(
			"<n:PullResponse><n:Items xmlns:p=\"" MADE_DMTF "\">",
			"<p:MSFT_SmbSession><p:SessionId>5</p:SessionId>"
			"</p:MSFT_SmbSession>",
			65536 + over, "</n:Items></n:PullResponse>");
		char *text = made_envelope("", body);
		struct sm_wsman_answer answer;
		size_t rows = 0;
		int ret = sm_wsman_read((const uint8_t *)text, strlen(text),
					SM_WSMAN_PULLED, NULL, count_rows,
					&rows, &answer, NULL);

		ck_assert_int_eq(ret, over != 0 ? SMBMGMT_E_PROTOCOL : 0);
		ck_assert_uint_eq(rows, 65536);
		sm_wsman_answer_clear(&answer);
		free(text);
		free(body);
	}
}
END_TEST

START_TEST(length)
{
	char *text = made_envelope("", RESPONSE);
	size_t len = strlen(text);
	uint8_t *data = malloc(SM_WSMAN_ANSWER_MOST + 1);

	/* Within libxml2's own bound of a text, and for as long as we take. */
	memcpy(data, text, len);
	memset(data + len, '\n', SM_WSMAN_ANSWER_MOST + 1 - len);
	for (size_t over = 0; over < 2; over++) {
		struct sm_wsman_answer answer;
		int ret = sm_wsman_read(data, SM_WSMAN_ANSWER_MOST + over,
					SM_WSMAN_PULLED, NULL, NULL, NULL,
					&answer, NULL);

		ck_assert_int_eq(ret, over != 0 ? SMBMGMT_E_PROTOCOL : 0);
		sm_wsman_answer_clear(&answer);
	}
	free(data);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman-hostile");
	TCase *tc = tcase_create("hostile");

	tcase_add_test(tc, document_types);
	tcase_add_test(tc, document_type_utf16);
	tcase_add_test(tc, broken_bodies);
	tcase_add_test(tc, no_envelopes);
	tcase_add_test(tc, cut_anywhere);
	tcase_add_test(tc, changed_anywhere);
	tcase_add_test(tc, depth);
	tcase_add_test(tc, attributes);
	tcase_add_test(tc, tag);
	tcase_add_test(tc, context);
	tcase_add_test(tc, huge_text);
	tcase_add_test(tc, items);
	tcase_add_test(tc, length);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
