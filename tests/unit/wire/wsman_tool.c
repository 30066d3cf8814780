/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The WS-Management codec at the other end of a pipe, for
 * test_wsman_oracle.py.  A line in, a line out; texts are in hex, - is none:
 *
 *   identify
 *   enumerate TO ID MAX TIMEOUT FORM INSTANCE SELECT ITEMS    -> ok MESSAGE
 *   pull ... SELECT CONTEXT ITEMS
 *   release ... SELECT CONTEXT
 *   close TO ID MAX TIMEOUT FORM INSTANCE SESSION
 *   read KIND ID MESSAGE
 *       -> ok CONTEXT END RETURN [ID HAVE OPENS EXISTS IDLE INSTANCE CLIENT
 *          USER SCOPE NODE DIALECT TRANSPORT]...
 *
 * SELECT is - or a list of PROPERTY:FIRST:LAST:TEXT with commas between.  An
 * error is: fail CODE.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/wsman/wsman.h"

/* The next word of the line; a line that ends early is a broken test. */
static char *word(void)
{
	char *w = strtok(NULL, " \n");

	if (w == NULL) {
		fputs("wsman_tool: a word is missing\n", stderr);
		exit(2);
	}
	return w;
}

static uint64_t number(void)
{
	return strtoull(word(), NULL, 10);
}

/* From malloc, of its exact size and a NUL. */
static char *bytes(const char *hex, size_t *len)
{
	char *data = NULL;

	*len = hex[0] == '-' ? 0 : strlen(hex) / 2;
	data = malloc(*len + 1);
	if (data == NULL)
		abort();
	for (size_t i = 0; i < *len; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		data[i] = (char)strtoul(two, NULL, 16);
	}
	data[*len] = '\0';
	return data;
}

static char *text(void)
{
	size_t len = 0;

	return bytes(word(), &len);
}

static void show(const void *data, size_t len)
{
	const uint8_t *p = data;

	putchar(' ');
	if (len == 0)
		putchar('-');
	for (size_t i = 0; i < len; i++)
		printf("%02x", p[i]);
}

static void show_text(const char *shown)
{
	show(shown, shown == NULL ? 0 : strlen(shown));
}

static struct sm_wsman_request get_request(void)
{
	struct sm_wsman_request request = {.to = text()};
	char *id = text();

	snprintf(request.id, sizeof(request.id), "%s", id);
	free(id);
	request.max_envelope = (uint32_t)number();
	request.timeout = (uint32_t)number();
	request.form = (enum sm_wsman_form)(number() % SM_WSMAN_FORMS);
	request.instance = (uint32_t)number();
	request.ask_instance = request.instance <= SMBMGMT_INSTANCE_SR;
	return request;
}

/* Cuts @list in place. */
static void get_select(char *list, struct sm_select *select)
{
	select->count = 0;
	while (list[0] != '-' && list[0] != '\0') {
		struct sm_selected *item = &select->items[select->count++];
		size_t len = 0;
		char *end = NULL;

		item->property = (uint32_t)strtoul(list, &end, 10);
		item->first = strtoull(end + 1, &end, 10);
		item->last = strtoull(end + 1, &end, 10);
		list = end + 1;
		end = list + strcspn(list, ",");
		if (*end == ',')
			*end++ = '\0';
		item->text = bytes(list, &len);
		list = end;
	}
}

static void put(const char *verb, struct sm_out *out)
{
	struct sm_wsman_request request = get_request();
	struct sm_select select = {.count = 0};
	char *context = NULL;

	if (strcmp(verb, "close") == 0) {
		sm_wsman_put_close(out, &request, number());
	} else {
		get_select(word(), &select);
		if (strcmp(verb, "enumerate") != 0)
			context = text();
		if (strcmp(verb, "enumerate") == 0)
			sm_wsman_put_enumerate(out, &request, &select,
					       (uint32_t)number());
		else if (strcmp(verb, "pull") == 0)
			sm_wsman_put_pull(out, &request, &select, context,
					  (uint32_t)number());
		else
			sm_wsman_put_release(out, &request, &select, context);
	}
	for (size_t i = 0; i < select.count; i++)
		free((void *)(uintptr_t)select.items[i].text);
	free(context);
	free((void *)(uintptr_t)request.to);
}

static int take(void *userdata, const struct sm_row *row, struct sm_fail *fail)
{
	(void)userdata;
	(void)fail;
	printf(" %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu32
	       " %" PRIu32,
	       row->id, row->have, row->num_opens, row->exists, row->idle,
	       row->instance);
	show_text(row->client);
	show_text(row->user);
	show_text(row->scope);
	show_text(row->node);
	show_text(row->dialect);
	show_text(row->transport_name);
	return 0;
}

/* Twice: what came of it stands before the sessions. */
static void read_answer(void)
{
	enum sm_wsman_kind kind = (enum sm_wsman_kind)number();
	char *id = text();
	struct sm_wsman_answer answer;
	size_t len = 0;
	char *data = bytes(word(), &len);
	int ret = sm_wsman_read((const uint8_t *)data, len, kind, id, NULL,
				NULL, &answer, NULL);

	if (ret != 0 || answer.faulted) {
		printf("fail %d",
		       ret != 0 ? ret : 1000 + (int)answer.fault.trouble);
		sm_wsman_answer_clear(&answer);
	} else {
		fputs("ok", stdout);
		show_text(answer.context);
		printf(" %d %" PRId64, answer.end,
		       answer.has_return ? (int64_t)answer.return_value : -1);
		sm_wsman_answer_clear(&answer);
		sm_wsman_read((const uint8_t *)data, len, kind, id, take, NULL,
			      &answer, NULL);
		sm_wsman_answer_clear(&answer);
	}
	free(data);
	free(id);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		const char *verb = strtok(line, " \n");
		struct sm_out out = {0};

		if (verb == NULL)
			return 2;
		if (strcmp(verb, "read") == 0) {
			read_answer();
		} else {
			if (strcmp(verb, "identify") == 0)
				sm_wsman_put_identify(&out);
			else
				put(verb, &out);
			fputs(out.failed ? "fail" : "ok", stdout);
			show(out.data, out.failed ? 0 : out.len);
		}
		sm_out_free(&out);
		putchar('\n');
		fflush(stdout);
	}
	free(line);
	return 0;
}
