/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The srvsvc transport: levels, fields, rights, close; without a server. */
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "fake_carrier.h"
#include "suite.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define PLAY(steps) fake_play((steps), COUNT(steps))

#define ALICE                                                                  \
	{                                                                      \
		.client = "10.0.0.5", .user = "alice", .num_opens = 3,         \
		.time = 60, .idle = 7, .type = "", .transport = "TCP"          \
	}

static const struct sm_srvsvc_session one[] = {ALICE};

#define SAYS(l, s)                                                             \
	{                                                                      \
		.level = (l), .status = (s)                                    \
	}
#define LISTS(l)                                                               \
	{                                                                      \
		.level = (l), .rows = one, .count = 1, .total = 1, .next = 1   \
	}

/* What the ladder does: each path ends with the level that lists, or not. */
static const struct {
	struct step steps[6];
	size_t count;
	int code;
	uint32_t level;
	uint32_t native;
} ladders[] = {
	{{LISTS(502)}, 1, 0, 502, 0},
	{{SAYS(502, 124), LISTS(2)}, 2, 0, 2, 0},
	{{SAYS(502, 50), SAYS(2, 124), LISTS(1)}, 3, 0, 1, 0},
	{{SAYS(502, 124), SAYS(2, 50), SAYS(1, 124), LISTS(10)}, 4, 0, 10, 0},
	{{SAYS(502, 124), SAYS(2, 124), SAYS(1, 124), SAYS(10, 124), LISTS(0)},
	 5,
	 0,
	 0,
	 0},
	{{SAYS(502, 124), SAYS(2, 124), SAYS(1, 124), SAYS(10, 124),
	  SAYS(0, 124)},
	 5,
	 SMBMGMT_E_NOT_SUPPORTED,
	 0,
	 124},
	/* A right that is missing. */
	{{SAYS(502, 5), LISTS(10)}, 2, 0, 10, 0},
	{{SAYS(502, 5), SAYS(10, 5), LISTS(0)}, 3, 0, 0, 0},
	{{SAYS(502, 5), SAYS(10, 124), LISTS(0)}, 3, 0, 0, 0},
	{{SAYS(502, 5), SAYS(10, 5), SAYS(0, 5)},
	 3,
	 SMBMGMT_E_LIST_DENIED,
	 0,
	 5},
	{{SAYS(502, 5), SAYS(10, 124), SAYS(0, 124)},
	 3,
	 SMBMGMT_E_LIST_DENIED,
	 0,
	 5},
	{{SAYS(502, 124), SAYS(2, 5), LISTS(10)}, 3, 0, 10, 0},
	{{SAYS(502, 124), SAYS(2, 124), SAYS(1, 5), SAYS(10, 5), SAYS(0, 5)},
	 5,
	 SMBMGMT_E_LIST_DENIED,
	 0,
	 5},
	{{SAYS(502, 124), SAYS(2, 124), SAYS(1, 5), SAYS(10, 124), LISTS(0)},
	 5,
	 0,
	 0,
	 0},
	/* Nothing found is an empty list, at a level that works. */
	{{SAYS(502, 2312)}, 1, 0, 502, 0},
	{{SAYS(502, 124), SAYS(2, 2221)}, 2, 0, 2, 0},
	/* Any other error is the server's. */
	{{SAYS(502, 87)}, 1, SMBMGMT_E_SERVER, 0, 87},
	{{SAYS(502, 124), SAYS(2, 8)}, 2, SMBMGMT_E_SERVER, 0, 8},
	{{SAYS(502, 5), SAYS(10, 53)}, 2, SMBMGMT_E_SERVER, 0, 53},
	/* Faults that say what a status says. */
	{{{.level = 502, .code = SMBMGMT_E_SERVER, .ntstatus = 0xC0020022},
	  LISTS(2)},
	 2,
	 0,
	 2,
	 0},
	{{{.level = 502, .code = SMBMGMT_E_SERVER, .ntstatus = 0xC003000A},
	  LISTS(2)},
	 2,
	 0,
	 2,
	 0},
	{{{.level = 502, .code = SMBMGMT_E_SERVER, .ntstatus = 0xC0000022},
	  LISTS(10)},
	 2,
	 0,
	 10,
	 0},
	{{{.level = 502, .code = SMBMGMT_E_SERVER, .ntstatus = 0xC002002E}},
	 1,
	 SMBMGMT_E_SERVER,
	 0,
	 0xC002002E},
	{{SAYS(502, 124),
	  {.level = 2,
	   .code = SMBMGMT_E_CONNECTION_LOST,
	   .ntstatus = 0xC000020C}},
	 2,
	 SMBMGMT_E_CONNECTION_LOST,
	 0,
	 0xC000020C},
};

START_TEST(test_ladder)
{
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};
	int ret = 0;

	fake_play(ladders[_i].steps, ladders[_i].count);
	ret = fake_list(conn, &got);
	ck_assert_int_eq(ret, ladders[_i].code);
	fake_done();
	if (ret != 0) {
		ck_assert_int_eq(got.fail.code, ret);
		ck_assert_uint_eq(got.fail.native, ladders[_i].native);
		ck_assert_uint_gt(strlen(got.fail.text), 0);
	} else {
		ck_assert(got.listing.has_level);
		ck_assert_uint_eq(got.listing.level, ladders[_i].level);
		ck_assert(!got.listing.incomplete);
	}
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_denied_names_the_rights)
{
	static const struct step steps[] = {SAYS(502, 5), SAYS(10, 5),
					    SAYS(0, 5)};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	PLAY(steps);
	ck_assert_int_eq(fake_list(conn, &got), SMBMGMT_E_LIST_DENIED);
	ck_assert_ptr_nonnull(strstr(got.fail.text, "Server Operators"));
	ck_assert_ptr_nonnull(strstr(got.fail.text, "BUILTIN\\Administrators"));
	/* The sentence is whole. */
	ck_assert_int_eq(got.fail.text[strlen(got.fail.text) - 1], '.');
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_level_is_kept)
{
	static const struct step steps[] = {SAYS(502, 124), SAYS(2, 124),
					    LISTS(1), LISTS(1), LISTS(1)};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};
	int i = 0;

	PLAY(steps);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(fake_list(conn, &got), 0);
		ck_assert_uint_eq(got.count, 1);
		fake_got_free(&got);
	}
	fake_done();
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* A level that worked and no longer does: the whole ladder again. */
START_TEST(test_kept_level_is_refused)
{
	static const struct step steps[] = {SAYS(502, 124), LISTS(2),
					    SAYS(2, 5),	    SAYS(502, 5),
					    LISTS(10),	    LISTS(10)};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};
	int i = 0;

	PLAY(steps);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(fake_list(conn, &got), 0);
		fake_got_free(&got);
	}
	fake_done();
	sm_srvsvc.disconnect(conn);
}
END_TEST

static const struct {
	uint32_t hint;
	struct step steps[4];
	size_t count;
	int code;
	uint32_t level;
} hints[] = {
	{1, {LISTS(1)}, 1, 0, 1},
	{0, {LISTS(0)}, 1, 0, 0},
	{1, {SAYS(1, 124), LISTS(502)}, 2, 0, 502},
	{2, {SAYS(2, 5), SAYS(502, 5), LISTS(10)}, 3, 0, 10},
	{0, {SAYS(0, 50), SAYS(502, 124), LISTS(2)}, 3, 0, 2},
	{1, {SAYS(1, 87)}, 1, SMBMGMT_E_SERVER, 0},
};

START_TEST(test_hint)
{
	struct sm_target target = {
		.host = "server",
		.user = "boss",
		.has_level_hint = true,
		.level_hint = hints[_i].hint,
	};
	struct sm_transport_conn *conn = NULL;
	struct got got = {0};
	int ret = 0;

	sm_srvsvc_set_carrier(&fake_carrier);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, NULL), 0);
	fake_play(hints[_i].steps, hints[_i].count);
	ret = fake_list(conn, &got);
	ck_assert_int_eq(ret, hints[_i].code);
	if (ret == 0)
		ck_assert_uint_eq(got.listing.level, hints[_i].level);
	fake_done();
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

#define F(name) SMBMGMT_FIELD_##name
#define ROW_10                                                                 \
	(F(ID) | F(CLIENT) | F(USER) | F(SECONDS_EXISTS) | F(SECONDS_IDLE))
#define ROW_2 (ROW_10 | F(NUM_OPENS) | F(GUEST) | F(CLIENT_TYPE))

static const struct {
	uint32_t level;
	uint64_t have;
	uint32_t caps;
} fields[] = {
	{502, ROW_2 | F(TRANSPORT_NAME), 0},
	{2, ROW_2, 0},
	{1, ROW_2 & ~(F(CLIENT_TYPE) | F(SECONDS_IDLE)),
	 SM_CAP_POSSIBLE_COLLATERAL},
	{10, ROW_10, SM_CAP_POSSIBLE_COLLATERAL},
	{0, F(CLIENT), SM_CAP_POSSIBLE_COLLATERAL},
};

START_TEST(test_fields_of_a_level)
{
	const struct step step = LISTS(fields[_i].level);
	struct sm_target target = {
		.host = "server",
		.user = "boss",
		.has_level_hint = true,
		.level_hint = fields[_i].level,
	};
	struct sm_transport_conn *conn = NULL;
	struct got got = {0};
	const struct sm_row *row = NULL;

	sm_srvsvc_set_carrier(&fake_carrier);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, NULL), 0);
	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert_uint_eq(got.count, 1);
	row = &got.rows[0].row;
	ck_assert_uint_eq(got.listing.fields, fields[_i].have);
	ck_assert_uint_eq(row->have, fields[_i].have);
	ck_assert_uint_eq(got.listing.caps, fields[_i].caps);
	ck_assert_uint_eq(got.listing.unit, SM_UNIT_CLIENT_USER);
	ck_assert_str_eq(got.rows[0].client, "10.0.0.5");
	if ((row->have & F(USER)) != 0) {
		ck_assert_str_eq(got.rows[0].user, "alice");
		ck_assert_uint_eq(row->exists, 60);
		ck_assert_uint_eq(row->id_derived, 1);
		ck_assert_uint_eq(row->id, UINT64_C(0x40defc44e41b43cf));
	}
	if ((row->have & F(NUM_OPENS)) != 0)
		ck_assert_uint_eq(row->num_opens, 3);
	if ((row->have & F(SECONDS_IDLE)) != 0)
		ck_assert_uint_eq(row->idle, 7);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_unknown_is_not_empty)
{
	static const struct sm_srvsvc_session rows[] = {
		{.client = "PC1", .user = "", .type = "", .transport = ""},
		{.client = "PC1", .user = NULL},
		{.client = NULL, .user = "alice"},
		{.client = "", .user = ""},
		{.client = "PC1", .user = "eve", .flags = SM_SRVSVC_GUEST},
		{.client = "PC1",
		 .user = "bob",
		 .flags = SM_SRVSVC_NOENCRYPTION},
		{.client = "PC1",
		 .user = "carol",
		 .time = UINT32_MAX,
		 .idle = UINT32_MAX},
	};
	static const struct step step = {
		.level = 502, .rows = rows, .count = 7, .total = 7};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert_uint_eq(got.count, 7);
	/* An empty user is known, and the id is derived from it. */
	ck_assert_uint_eq(got.rows[0].row.have, ROW_2 | F(TRANSPORT_NAME));
	ck_assert_uint_eq(got.rows[0].row.id, UINT64_C(0x49ba449d184ee9df));
	ck_assert_uint_eq(got.rows[1].row.have,
			  ROW_2 & ~(F(USER) | F(ID) | F(CLIENT_TYPE)));
	ck_assert_uint_eq(got.rows[1].row.id_derived, 0);
	ck_assert_uint_eq(got.rows[2].row.have,
			  ROW_2 & ~(F(CLIENT) | F(ID) | F(CLIENT_TYPE)));
	ck_assert_uint_eq(got.rows[3].row.id, UINT64_C(0x6e340b9cffb37a98));
	ck_assert_uint_eq(got.rows[4].row.guest, 1);
	ck_assert_uint_eq(got.rows[5].row.guest, 0);
	ck_assert_uint_eq(got.rows[5].row.have & F(ENCRYPTED), 0);
	ck_assert_uint_eq(got.rows[6].row.exists, 0);
	ck_assert_uint_eq(got.rows[6].row.idle, 0);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_identity)
{
	static const struct step steps[] = {LISTS(502)};
	struct sm_target target = {.host = "server", .user = "CORP\\Boss"};
	struct sm_transport_conn *conn = NULL;
	struct got got = {0};

	sm_srvsvc_set_carrier(&fake_carrier);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, NULL), 0);
	PLAY(steps);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert(got.listing.identity.known);
	ck_assert_str_eq(got.listing.identity.user, "Boss");
	ck_assert_str_eq(got.listing.identity.addresses[0], "10.9.8.7");
	ck_assert_str_eq(got.listing.identity.addresses[1], "");
	ck_assert_uint_le(got.listing.identity.seconds, 60);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

static const char *ticket_owner(struct sm_carrier_conn *conn)
{
	(void)conn;
	return "Owner";
}

static const char *no_ticket(struct sm_carrier_conn *conn)
{
	(void)conn;
	return NULL;
}

/* With Kerberos nobody need be named, and the ticket says who we are. */
START_TEST(test_ticket_identity)
{
	static const struct step steps[] = {LISTS(502)};
	struct sm_carrier carrier = fake_carrier;
	struct sm_target target = {.host = "server",
				   .user = _i == 0 ? NULL : "boss",
				   .kerberos = SMBMGMT_KERBEROS_DESIRED};
	struct sm_transport_conn *conn = NULL;
	struct got got = {0};

	carrier.user = _i == 2 ? no_ticket : ticket_owner;
	sm_srvsvc_set_carrier(&carrier);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, NULL), 0);
	PLAY(steps);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert_str_eq(got.listing.identity.user, _i == 2 ? "boss" : "Owner");
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
	sm_srvsvc_set_carrier(&fake_carrier);
}
END_TEST

START_TEST(test_anonymous_identity)
{
	static const struct step steps[] = {LISTS(502)};
	struct sm_target target = {.host = "server"};
	struct sm_transport_conn *conn = NULL;
	struct got got = {0};
	struct sm_fail fail;
	uint32_t connects = fake_connects();

	sm_srvsvc_set_carrier(&fake_carrier);
	/* A null session has no key to sign or encrypt with. */
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	target.protection = SMBMGMT_PROTECTION_ENCRYPT;
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	ck_assert_uint_eq(fake_connects(), connects);
	target.protection = SMBMGMT_PROTECTION_OFF;
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, NULL), 0);
	PLAY(steps);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert(got.listing.identity.known);
	ck_assert_str_eq(got.listing.identity.user, "");
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_instance_is_not_supported)
{
	struct sm_query query = {.ask_instance = true, .instance = 1};
	struct sm_transport_conn *conn = fake_open();
	struct sm_sink sink = {0};
	struct sm_listing listing;

	fake_play(NULL, 0);
	ck_assert_int_eq(
		sm_srvsvc.enumerate(conn, &query, &sink, &listing, NULL),
		SMBMGMT_E_NOT_SUPPORTED);
	ck_assert_uint_eq(fake_calls(), 0);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_sink_stops_the_listing)
{
	static const struct sm_srvsvc_session rows[] = {ALICE, ALICE, ALICE};
	static const struct step step = {
		.level = 502, .rows = rows, .count = 3, .total = 3};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {.stop_after = 2};

	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), SMBMGMT_E_TOO_LARGE);
	ck_assert_str_eq(got.fail.text, "Enough.");
	ck_assert_uint_eq(got.count, 2);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_connect)
{
	struct sm_target target = {.host = "server", .user = "boss"};
	struct sm_transport_conn *conn = NULL;
	struct sm_fail fail;
	uint32_t connects = fake_connects();
	uint32_t disconnects = fake_disconnects();

	sm_srvsvc_set_carrier(NULL);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	sm_srvsvc_set_carrier(&fake_carrier);
	fake_refuse(SMBMGMT_E_LOGON_FAILED);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, &fail),
			 SMBMGMT_E_LOGON_FAILED);
	ck_assert_str_eq(fail.text, "Refused by the script.");
	ck_assert_ptr_null(conn);
	ck_assert_uint_eq(fake_disconnects(), disconnects);
	fake_refuse(0);
	ck_assert_int_eq(sm_srvsvc.connect(&target, &conn, &fail), 0);
	sm_srvsvc.disconnect(conn);
	ck_assert_uint_eq(fake_connects(), connects + 2);
	ck_assert_uint_eq(fake_disconnects(), disconnects + 1);
	sm_srvsvc.disconnect(NULL);
}
END_TEST

static const struct {
	const char *client;
	const char *user;
	struct step step; /* user NULL: nothing may be sent */
	int code;
	uint32_t native;
	const char *says;
} closes[] = {
	{"10.0.0.5", "alice", {.client = "\\\\10.0.0.5", .user = "alice"}, 0},
	{"\\\\10.0.0.5",
	 "alice",
	 {.client = "\\\\10.0.0.5", .user = "alice"},
	 0},
	{"[fe80::1%3]", "bob", {.client = "\\\\[fe80::1%3]", .user = "bob"}, 0},
	{"\\PC1", "bob", {.client = "\\\\\\PC1", .user = "bob"}, 0},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1", .user = "alice", .status = 2312},
	 SMBMGMT_E_GONE,
	 2312},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1", .user = "alice", .status = 2221},
	 SMBMGMT_E_GONE,
	 2221},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1", .user = "alice", .status = 5},
	 SMBMGMT_E_CLOSE_DENIED,
	 5,
	 "list again"},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1",
	  .user = "alice",
	  .code = SMBMGMT_E_SERVER,
	  .ntstatus = 0xC0000022},
	 SMBMGMT_E_CLOSE_DENIED,
	 5},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1", .user = "alice", .status = 87},
	 SMBMGMT_E_SERVER,
	 87},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1", .user = "alice", .status = 124},
	 SMBMGMT_E_SERVER,
	 124},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1",
	  .user = "alice",
	  .code = SMBMGMT_E_SERVER,
	  .ntstatus = 0xC002002E},
	 SMBMGMT_E_SERVER,
	 0xC002002E},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1",
	  .user = "alice",
	  .code = SMBMGMT_E_CONNECTION_LOST,
	  .ntstatus = 0xC000020C},
	 SMBMGMT_E_CONNECTION_LOST,
	 0xC000020C,
	 "may have happened"},
	{"pc1",
	 "alice",
	 {.client = "\\\\pc1", .user = "alice", .raw = "\0\0\0", .raw_len = 3},
	 SMBMGMT_E_PROTOCOL,
	 0},
	/* What names no (client, user) is never sent. */
	{NULL, "alice", {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
	{"", "alice", {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
	{"\\\\", "alice", {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
	{"\\\\\\\\", "alice", {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
	{"pc1", NULL, {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
	{"pc1", "", {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
	{NULL, NULL, {.client = NULL}, SMBMGMT_E_REFUSED_UNSAFE, 0},
};

START_TEST(test_close)
{
	struct sm_close unit = {
		.unit = SM_UNIT_CLIENT_USER,
		.client = closes[_i].client,
		.user = closes[_i].user,
	};
	struct step step = closes[_i].step;
	struct sm_transport_conn *conn = fake_open();
	struct sm_fail fail = {0};

	step.del = true;
	fake_play(&step, step.client != NULL ? 1 : 0);
	ck_assert_int_eq(sm_srvsvc.close_unit(conn, &unit, &fail),
			 closes[_i].code);
	ck_assert_int_eq(fail.code, closes[_i].code);
	ck_assert_uint_eq(fail.native, closes[_i].native);
	if (closes[_i].says != NULL)
		ck_assert_ptr_nonnull(strstr(fail.text, closes[_i].says));
	if (closes[_i].code != 0)
		ck_assert_int_eq(fail.text[strlen(fail.text) - 1], '.');
	fake_done();
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_close_of_another_unit)
{
	struct sm_close unit = {.unit = SM_UNIT_SESSION, .id = 5};
	struct sm_transport_conn *conn = fake_open();

	fake_play(NULL, 0);
	ck_assert_int_eq(sm_srvsvc.close_unit(conn, &unit, NULL),
			 SMBMGMT_E_NOT_SUPPORTED);
	ck_assert_uint_eq(fake_calls(), 0);
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* Computed with Python's hashlib. */
static const struct {
	const char *client;
	const char *user;
	uint64_t id;
} ids[] = {
	{"10.0.0.5", "alice", UINT64_C(0x40defc44e41b43cf)},
	{"10.0.0.5", "ALICE", UINT64_C(0x40defc44e41b43cf)},
	{"\\\\10.0.0.5", "alice", UINT64_C(0xad9eddc99bdc2a47)},
	{"PC1", "j\xc3\xbcrgen", UINT64_C(0x9d951a567168fda3)},
	{"PC1", "J\xc3\x9cRGEN", UINT64_C(0x9d951a567168fda3)},
	{"PC1", "", UINT64_C(0x49ba449d184ee9df)},
	{"", "", UINT64_C(0x6e340b9cffb37a98)},
};

START_TEST(test_id)
{
	uint64_t id = 0;

	ck_assert_int_eq(sm_srvsvc_id(ids[_i].client, ids[_i].user, &id), 0);
	ck_assert_uint_eq(id, ids[_i].id);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("srvsvc");
	TCase *tcase = tcase_create("srvsvc");

	tcase_add_loop_test(tcase, test_ladder, 0, COUNT(ladders));
	tcase_add_test(tcase, test_denied_names_the_rights);
	tcase_add_test(tcase, test_level_is_kept);
	tcase_add_test(tcase, test_kept_level_is_refused);
	tcase_add_loop_test(tcase, test_hint, 0, COUNT(hints));
	tcase_add_loop_test(tcase, test_fields_of_a_level, 0, COUNT(fields));
	tcase_add_test(tcase, test_unknown_is_not_empty);
	tcase_add_test(tcase, test_identity);
	tcase_add_loop_test(tcase, test_ticket_identity, 0, 3);
	tcase_add_test(tcase, test_anonymous_identity);
	tcase_add_test(tcase, test_instance_is_not_supported);
	tcase_add_test(tcase, test_sink_stops_the_listing);
	tcase_add_test(tcase, test_connect);
	tcase_add_loop_test(tcase, test_close, 0, COUNT(closes));
	tcase_add_test(tcase, test_close_of_another_unit);
	tcase_add_loop_test(tcase, test_id, 0, COUNT(ids));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
