/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "fake_carrier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

struct sm_carrier_conn {
	int nothing;
};

static const struct step *script;
static size_t script_len;
static size_t position;
static uint32_t calls;
static uint32_t connects;
static uint32_t disconnects;
static int refusal;

void fake_play(const struct step *steps, size_t count)
{
	script = steps;
	script_len = count;
	position = 0;
	calls = 0;
}

uint32_t fake_calls(void)
{
	return calls;
}

uint32_t fake_connects(void)
{
	return connects;
}

uint32_t fake_disconnects(void)
{
	return disconnects;
}

void fake_refuse(int code)
{
	refusal = code;
}

void fake_done(void)
{
	while (position < script_len && script[position].forever)
		position++;
	ck_assert_uint_eq(position, script_len);
}

static int fake_connect(const struct sm_target *target,
			struct sm_carrier_conn **conn, struct sm_fail *fail)
{
	connects++;
	ck_assert_str_eq(target->host, "server");
	if (refusal != 0)
		return sm_fail(fail, refusal, "Refused by the script.");
	*conn = calloc(1, sizeof(**conn));
	ck_assert_ptr_nonnull(*conn);
	return 0;
}

static void answer_enum(const struct step *step, const uint8_t *stub,
			size_t len, struct sm_out *out)
{
	struct sm_srvsvc_enum_request request;
	struct sm_arena arena = {0};
	struct sm_srvsvc_enum_answer answer = {
		.level = step->level,
		.has_container = true,
		.has_array = step->count > 0,
		.count = step->count,
		.sessions = (struct sm_srvsvc_session *)step->rows,
		.total = step->total,
		.has_resume = !step->no_resume,
		.resume = step->next,
		.status = step->status,
	};

	ck_assert_int_eq(
		sm_srvsvc_get_enum_request(stub, len, &arena, &request, NULL),
		0);
	ck_assert_uint_eq(request.level, step->level);
	ck_assert_uint_eq(request.max_length, UINT32_MAX);
	ck_assert(request.has_resume);
	ck_assert_uint_eq(request.resume, step->resume);
	ck_assert_ptr_null(request.client);
	ck_assert_ptr_null(request.user);
	ck_assert_int_eq(sm_srvsvc_put_enum_answer(&answer, out, NULL), 0);
	sm_arena_free(&arena);
}

static void answer_del(const struct step *step, const uint8_t *stub, size_t len,
		       struct sm_out *out)
{
	struct sm_srvsvc_del_request request;
	struct sm_arena arena = {0};

	ck_assert_int_eq(
		sm_srvsvc_get_del_request(stub, len, &arena, &request, NULL),
		0);
	ck_assert_str_eq(request.client, step->client);
	ck_assert_str_eq(request.user, step->user);
	ck_assert_int_eq(sm_srvsvc_put_del_answer(step->status, out, NULL), 0);
	sm_arena_free(&arena);
}

static int fake_call(struct sm_carrier_conn *conn, uint16_t opnum,
		     const uint8_t *stub, size_t stub_len, size_t max,
		     uint8_t **answer, size_t *answer_len, struct sm_fail *fail)
{
	const struct step *step = NULL;
	struct sm_out out = {0};

	ck_assert_ptr_nonnull(conn);
	ck_assert_uint_lt(position, script_len);
	step = &script[position];
	calls++;
	if (!step->forever)
		position++;
	ck_assert_uint_eq(opnum,
			  step->del ? SM_SRVSVC_OP_DEL : SM_SRVSVC_OP_ENUM);
	if (step->del)
		answer_del(step, stub, stub_len, &out);
	else
		answer_enum(step, stub, stub_len, &out);
	if (step->code != 0) {
		sm_out_free(&out);
		return sm_fail_native(fail, step->code, SMBMGMT_NATIVE_NTSTATUS,
				      step->ntstatus, "Failed by the script.");
	}
	if (step->raw != NULL) {
		sm_out_free(&out);
		sm_out_bytes(&out, step->raw, step->raw_len);
	}
	ck_assert_uint_le(out.len, max);
	*answer = out.data;
	*answer_len = out.len;
	return 0;
}

static void fake_addresses(struct sm_carrier_conn *conn,
			   struct sm_identity *identity)
{
	ck_assert_ptr_nonnull(conn);
	snprintf(identity->addresses[0], sizeof(identity->addresses[0]),
		 "10.9.8.7");
}

static void fake_disconnect(struct sm_carrier_conn *conn)
{
	disconnects++;
	free(conn);
}

const struct sm_carrier fake_carrier = {
	.size = sizeof(struct sm_carrier),
	.name = "fake",
	.connect = fake_connect,
	.call = fake_call,
	.addresses = fake_addresses,
	.disconnect = fake_disconnect,
};

struct sm_transport_conn *fake_open(void)
{
	struct sm_target target = {.host = "server", .user = "boss"};
	struct sm_transport_conn *conn = NULL;

	sm_srvsvc_set_carrier(&fake_carrier);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, NULL), 0);
	return conn;
}

static int take_row(void *userdata, const struct sm_row *row,
		    struct sm_fail *fail)
{
	struct got *got = userdata;
	struct got_row *to = NULL;

	got->rows = reallocarray(got->rows, got->count + 1, sizeof(*got->rows));
	ck_assert_ptr_nonnull(got->rows);
	to = &got->rows[got->count++];
	memset(to, 0, sizeof(*to));
	to->row = *row;
	if (row->client != NULL)
		snprintf(to->client, sizeof(to->client), "%s", row->client);
	if (row->user != NULL)
		snprintf(to->user, sizeof(to->user), "%s", row->user);
	if (got->count == got->stop_after)
		return sm_fail(fail, SMBMGMT_E_TOO_LARGE, "Enough.");
	return 0;
}

int fake_list(struct sm_transport_conn *conn, struct got *got)
{
	struct sm_query query = {.ask_instance = false};
	struct sm_sink sink = {.row = take_row, .userdata = got};
	uint32_t stop_after = got->stop_after;

	memset(got, 0, sizeof(*got));
	got->stop_after = stop_after;
	return sm_srvsvc.enumerate(conn, &query, &sink, &got->listing,
				   &got->fail);
}

void fake_got_free(struct got *got)
{
	free(got->rows);
	memset(got, 0, sizeof(*got));
}
