/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The DCE/RPC codec at the other end of a pipe, for test_dcerpc_oracle.py.  A
 * line in, a line out; bytes are in hex, - is none:
 *
 *   put-bind CALL                            -> ok PDU
 *   put-request CALL OPNUM FRAGMENT STUB     -> ok PDU...
 *   get-bind-answer CALL PDU                 -> ok FRAGMENT
 *   get-answer CALL MAX PDU...               -> ok COMPLETE STUB
 *   fault STATUS                             -> ok NTSTATUS
 *
 * An error is: fail CODE OFFSET NATIVE MESSAGE.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dcerpc/fault.h"
#include "wire/dcerpc/pdu.h"

/* The next word of the line; a line that ends early is a broken test. */
static char *word(void)
{
	char *w = strtok(NULL, " \n");

	if (w == NULL) {
		fputs("rpc_tool: a word is missing\n", stderr);
		exit(2);
	}
	return w;
}

static uint32_t number(void)
{
	return (uint32_t)strtoul(word(), NULL, 10);
}

/* From malloc, of its exact size, so that a sanitizer sees an over-read. */
static uint8_t *bytes(const char *hex, size_t *len)
{
	uint8_t *data = NULL;

	*len = hex[0] == '-' ? 0 : strlen(hex) / 2;
	data = malloc(*len > 0 ? *len : 1);
	if (data == NULL)
		abort();
	for (size_t i = 0; i < *len; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		data[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return data;
}

static void show_bytes(const uint8_t *data, size_t len)
{
	putchar(' ');
	if (len == 0)
		putchar('-');
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
}

static int put_bind(struct sm_fail *fail)
{
	struct sm_out out = {0};

	sm_rpc_put_bind(&out, number());
	if (out.failed)
		return sm_fail_nomem(fail);
	fputs("ok", stdout);
	show_bytes(out.data, out.len);
	sm_out_free(&out);
	return 0;
}

static int put_request(struct sm_fail *fail)
{
	struct sm_rpc_request request = {.call_id = number()};
	uint8_t *stub = NULL;
	bool last = false;

	request.opnum = (uint16_t)number();
	request.fragment = (uint16_t)number();
	stub = bytes(word(), &request.len);
	request.stub = stub;
	fputs("ok", stdout);
	while (!last) {
		struct sm_out out = {0};

		last = sm_rpc_put_request(&out, &request);
		if (out.failed)
			return sm_fail_nomem(fail);
		show_bytes(out.data, out.len);
		sm_out_free(&out);
	}
	free(stub);
	return 0;
}

static int get_bind_answer(struct sm_fail *fail)
{
	uint32_t call = number();
	size_t len = 0;
	uint8_t *pdu = bytes(word(), &len);
	uint16_t fragment = 0;
	int error = sm_rpc_get_bind_answer(pdu, len, call, &fragment, fail);

	if (error == 0)
		printf("ok %u", fragment);
	free(pdu);
	return error;
}

static int get_answer(struct sm_fail *fail)
{
	struct sm_rpc_answer answer = {.call_id = number()};
	const char *hex = NULL;
	int error = 0;

	answer.max = number();
	while (error == 0 && (hex = strtok(NULL, " \n")) != NULL) {
		size_t len = 0;
		uint8_t *pdu = bytes(hex, &len);

		error = sm_rpc_answer_take(&answer, pdu, len, fail);
		free(pdu);
	}
	if (error == 0) {
		printf("ok %d", answer.complete);
		show_bytes(answer.stub.data, answer.stub.len);
	}
	sm_out_free(&answer.stub);
	return error;
}

static int show_fault(struct sm_fail *fail)
{
	(void)fail;
	printf("ok %" PRIu32, sm_rpc_fault_ntstatus(number()));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct sm_fail *fail);
} verbs[] = {
	{"put-bind", put_bind},
	{"put-request", put_request},
	{"get-bind-answer", get_bind_answer},
	{"get-answer", get_answer},
	{"fault", show_fault},
};

static int run(const char *name, struct sm_fail *fail)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].run(fail);
	}
	fprintf(stderr, "rpc_tool: no verb %s\n", name);
	exit(2);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		struct sm_fail fail = {.offset = -1};
		int error = run(strtok(line, " \n"), &fail);

		if (error != 0)
			printf("fail %d %" PRId64 " %" PRIu32 " %s", error,
			       fail.offset, fail.native, fail.text);
		putchar('\n');
		fflush(stdout);
	}
	free(line);
	return 0;
}
