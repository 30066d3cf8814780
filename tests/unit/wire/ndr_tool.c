/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The srvsvc encoders and decoders at the other end of a pipe, for
 * test_oracle.py.  A line in, a line out:
 *
 *   put enum-request SERVER CLIENT USER LEVEL MAX RESUME     -> ok HEX
 *   put enum-answer LEVEL CONTAINER ARRAY TOTAL RESUME STATUS COUNT
 *       {CLIENT USER OPENS TIME IDLE FLAGS TYPE TRANSPORT}*  -> ok HEX
 *   put del-request SERVER CLIENT USER                       -> ok HEX
 *   put del-answer STATUS                                    -> ok HEX
 *   get WHAT HEX, get enum-answer LEVEL HEX    -> ok and what put would take
 *
 * A text is x and its UTF-8 in hex, or - for a null pointer, which also says
 * that there is no resume handle.  An error is: fail CODE OFFSET MESSAGE.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/srvsvc/srvsvc_ndr.h"

static struct sm_arena words_arena;

/* The next word of the line; a line that ends early is a broken test. */
static char *word(void)
{
	char *w = strtok(NULL, " \n");

	if (w == NULL) {
		fputs("ndr_tool: a word is missing\n", stderr);
		exit(2);
	}
	return w;
}

static uint32_t number(void)
{
	return (uint32_t)strtoul(word(), NULL, 10);
}

static void *room(size_t size)
{
	void *p = sm_arena_alloc(&words_arena, size);

	if (p == NULL)
		abort();
	return p;
}

static uint8_t *bytes(const char *hex, size_t *len)
{
	uint8_t *data = NULL;

	*len = strlen(hex) / 2;
	data = room(*len + 1);
	for (size_t i = 0; i < *len; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		data[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return data;
}

static const char *text(void)
{
	const char *w = word();
	size_t len = 0;

	return w[0] == '-' ? NULL : (const char *)bytes(w + 1, &len);
}

static void resume(bool *has, uint32_t *value)
{
	const char *w = word();

	*has = w[0] != '-';
	if (*has)
		*value = (uint32_t)strtoul(w, NULL, 10);
}

static void show_text(const char *s)
{
	if (s == NULL) {
		fputs(" -", stdout);
		return;
	}
	fputs(" x", stdout);
	for (; *s != '\0'; s++)
		printf("%02x", (unsigned char)*s);
}

static void show_number(uint32_t value)
{
	printf(" %" PRIu32, value);
}

static void show_resume(bool has, uint32_t value)
{
	if (has)
		show_number(value);
	else
		fputs(" -", stdout);
}

static int put_enum_answer(struct sm_out *out, struct sm_fail *fail)
{
	struct sm_srvsvc_enum_answer a = {.level = number()};

	a.has_container = number() != 0;
	a.has_array = number() != 0;
	a.total = number();
	resume(&a.has_resume, &a.resume);
	a.status = number();
	a.count = number();
	if (a.count > 0)
		a.sessions = room(a.count * sizeof(*a.sessions));
	for (uint32_t i = 0; i < a.count; i++) {
		struct sm_srvsvc_session *s = &a.sessions[i];

		s->client = text();
		s->user = text();
		s->num_opens = number();
		s->time = number();
		s->idle = number();
		s->flags = number();
		s->type = text();
		s->transport = text();
	}
	return sm_srvsvc_put_enum_answer(&a, out, fail);
}

static int put_enum_request(struct sm_out *out, struct sm_fail *fail)
{
	struct sm_srvsvc_enum_request r = {.server = text()};

	r.client = text();
	r.user = text();
	r.level = number();
	r.max_length = number();
	resume(&r.has_resume, &r.resume);
	return sm_srvsvc_put_enum_request(&r, out, fail);
}

static int put_del_request(struct sm_out *out, struct sm_fail *fail)
{
	struct sm_srvsvc_del_request r = {.server = text()};

	r.client = text();
	r.user = text();
	return sm_srvsvc_put_del_request(&r, out, fail);
}

static int put(const char *what, struct sm_fail *fail)
{
	struct sm_out out = {0};
	int error = 0;

	if (strcmp(what, "enum-request") == 0)
		error = put_enum_request(&out, fail);
	else if (strcmp(what, "enum-answer") == 0)
		error = put_enum_answer(&out, fail);
	else if (strcmp(what, "del-request") == 0)
		error = put_del_request(&out, fail);
	else
		error = sm_srvsvc_put_del_answer(number(), &out, fail);
	if (error == 0) {
		fputs("ok ", stdout);
		for (size_t i = 0; i < out.len; i++)
			printf("%02x", out.data[i]);
	}
	sm_out_free(&out);
	return error;
}

static int get_enum_answer(struct sm_arena *arena, struct sm_fail *fail)
{
	uint32_t level = number();
	size_t len = 0;
	uint8_t *stub = bytes(word(), &len);
	struct sm_srvsvc_enum_answer a;
	int error =
		sm_srvsvc_get_enum_answer(stub, len, level, arena, &a, fail);

	if (error != 0)
		return error;
	fputs("ok", stdout);
	show_number(a.level);
	show_number(a.has_container);
	show_number(a.has_array);
	show_number(a.total);
	show_resume(a.has_resume, a.resume);
	show_number(a.status);
	show_number(a.count);
	for (uint32_t i = 0; i < a.count; i++) {
		show_text(a.sessions[i].client);
		show_text(a.sessions[i].user);
		show_number(a.sessions[i].num_opens);
		show_number(a.sessions[i].time);
		show_number(a.sessions[i].idle);
		show_number(a.sessions[i].flags);
		show_text(a.sessions[i].type);
		show_text(a.sessions[i].transport);
	}
	return 0;
}

static int get_enum_request(struct sm_arena *arena, struct sm_fail *fail)
{
	size_t len = 0;
	uint8_t *stub = bytes(word(), &len);
	struct sm_srvsvc_enum_request r;
	int error = sm_srvsvc_get_enum_request(stub, len, arena, &r, fail);

	if (error != 0)
		return error;
	fputs("ok", stdout);
	show_text(r.server);
	show_text(r.client);
	show_text(r.user);
	show_number(r.level);
	show_number(r.max_length);
	show_resume(r.has_resume, r.resume);
	return 0;
}

static int get_del_request(struct sm_arena *arena, struct sm_fail *fail)
{
	size_t len = 0;
	uint8_t *stub = bytes(word(), &len);
	struct sm_srvsvc_del_request r;
	int error = sm_srvsvc_get_del_request(stub, len, arena, &r, fail);

	if (error != 0)
		return error;
	fputs("ok", stdout);
	show_text(r.server);
	show_text(r.client);
	show_text(r.user);
	return 0;
}

static int get_del_answer(struct sm_fail *fail)
{
	size_t len = 0;
	uint8_t *stub = bytes(word(), &len);
	uint32_t status = 0;
	int error = sm_srvsvc_get_del_answer(stub, len, &status, fail);

	if (error != 0)
		return error;
	fputs("ok", stdout);
	show_number(status);
	return 0;
}

static int get(const char *what, struct sm_fail *fail)
{
	struct sm_arena arena = {0};
	int error = 0;

	if (strcmp(what, "enum-request") == 0)
		error = get_enum_request(&arena, fail);
	else if (strcmp(what, "enum-answer") == 0)
		error = get_enum_answer(&arena, fail);
	else if (strcmp(what, "del-request") == 0)
		error = get_del_request(&arena, fail);
	else
		error = get_del_answer(fail);
	sm_arena_free(&arena);
	return error;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		struct sm_fail fail = {0};
		bool is_put = strcmp(strtok(line, " \n"), "put") == 0;
		const char *what = word();
		int error = is_put ? put(what, &fail) : get(what, &fail);

		if (error != 0)
			printf("fail %d %" PRId64 " %s", error, fail.offset,
			       fail.text);
		putchar('\n');
		fflush(stdout);
		sm_arena_free(&words_arena);
	}
	free(line);
	return 0;
}
