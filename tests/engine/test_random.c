/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Random tables, filters and faults (the same ones in every run), and what
 * must hold whatever happens: nothing ends that was not asked for, nothing is
 * called gone that is there, nothing is asked for twice.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "suite.h"

#define ROUNDS 60 /* for each combination */
#define ROWS_MAX 10
#define DEADLINE 60

static struct fix fix;
static uint32_t seed;

static uint32_t pick(uint32_t below)
{
	/* xorshift32: enough to be varied, and the same everywhere. */
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

/* A row of the table; its number is its count of opens, so it can be found. */
struct row {
	uint32_t client;
	uint32_t user;
	uint32_t process;
	bool own;
	bool selected;
	bool there; /* after the close */
};

static struct row rows[ROWS_MAX];
static uint32_t row_count;
static int32_t unit;
static bool possible;
static bool include_own;
static bool incomplete; /* a listing lacks a row, and says so */

static void add_row(uint32_t i)
{
	struct row *row = &rows[i];
	smbmgmt_session_builder *b = NULL;
	bool derived = unit == SMBMGMT_UNIT_CLIENT_USER;
	uint64_t id = derived ? 1 + row->client * 10 + row->user : 100 + i;
	char text[16];

	ck_assert_int_eq(smbmgmt_session_builder_new(&b, NULL), 0);
	smbmgmt_session_builder_set_id(b, id, derived, NULL);
	snprintf(text, sizeof(text), "c%u", row->client);
	smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_CLIENT, text, NULL);
	snprintf(text, sizeof(text), "u%u", row->user);
	smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_USER, text, NULL);
	smbmgmt_session_builder_set_number(b, SMBMGMT_FIELD_NUM_OPENS, i, NULL);
	smbmgmt_session_builder_set_number(b, SMBMGMT_FIELD_SECONDS_EXISTS,
					   10 + pick(100), NULL);
	snprintf(text, sizeof(text), "p%u", row->process);
	ck_assert_int_eq(smbmgmt_memory_add_session(fix.memory, b, text, NULL),
			 0);
	smbmgmt_session_builder_unref(b);
	if (row->own)
		ck_assert_int_eq(smbmgmt_memory_set_own(fix.memory, id,
							SMBMGMT_OWN_YES, NULL),
				 0);
}

static void make_table(void)
{
	row_count = 1 + pick(ROWS_MAX);
	for (uint32_t i = 0; i < row_count; i++) {
		rows[i].client = pick(3);
		rows[i].user = pick(3);
		/* A server's process serves one client. */
		rows[i].process = rows[i].client * 2 + pick(2);
		rows[i].own = i == 0 && pick(3) == 0;
		add_row(i);
	}
	/* In a unit of equal ids all rows are ours. */
	for (uint32_t i = 1; unit == SMBMGMT_UNIT_CLIENT_USER && i < row_count;
	     i++)
		rows[i].own = rows[0].own && rows[i].client == rows[0].client &&
			      rows[i].user == rows[0].user;
	smbmgmt_memory_set_unit(fix.memory, unit, NULL);
	smbmgmt_memory_set_possible_collateral(fix.memory, possible, NULL);
}

static void make_faults(void)
{
	static const int32_t errors[] = {SMBMGMT_E_SERVER, SMBMGMT_E_GONE,
					 SMBMGMT_E_CLOSE_DENIED,
					 SMBMGMT_E_PROTOCOL};

	for (uint32_t n = pick(5); n > 0; n--) {
		int32_t op = (int32_t)pick(3);
		int32_t kind = (int32_t)pick(4);
		int32_t code = op == SMBMGMT_OP_CLOSE ? errors[pick(4)]
						      : SMBMGMT_E_SERVER;

		incomplete = incomplete || (op == SMBMGMT_OP_LIST &&
					    kind == SMBMGMT_FAULT_INCOMPLETE);
		/* Some kinds do not happen to some operations: then none. */
		smbmgmt_memory_add_fault(fix.memory, op, 1 + pick(4), kind,
					 code, NULL);
	}
}

static const char *make_filter(void)
{
	static char text[32];
	uint32_t user = pick(3);
	uint32_t other = pick(3);

	snprintf(text, sizeof(text), "u=u%u u=u%u", user, other);
	for (uint32_t i = 0; i < row_count; i++)
		rows[i].selected =
			rows[i].user == user || rows[i].user == other;
	return text;
}

/* What is there now, by a listing that no fault spoils any more. */
static void look(void)
{
	smbmgmt_session_list *list = NULL;
	int32_t code = SMBMGMT_E_SERVER;

	for (int i = 0; i < 20 && code != 0; i++) {
		smbmgmt_session_list_unref(list);
		code = smbmgmt_list_sessions(fix.context, &fix.handle, 1, NULL,
					     NULL, &list, NULL);
	}
	ck_assert_int_eq(code, 0);
	for (uint32_t i = 0; i < row_count; i++)
		rows[i].there = false;
	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++) {
		smbmgmt_session *s = smbmgmt_session_list_get(list, i);

		rows[smbmgmt_session_num_opens(s)].there = true;
	}
	smbmgmt_session_list_unref(list);
}

/* How many closes at most: one for each unit with something selected. */
static uint32_t units(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < row_count; i++) {
		bool first = rows[i].selected;

		for (uint32_t j = 0; j < i; j++) {
			bool same =
				unit == SMBMGMT_UNIT_PROCESS
					? rows[j].process == rows[i].process
				: unit == SMBMGMT_UNIT_CLIENT_USER
					? rows[j].client == rows[i].client &&
						  rows[j].user == rows[i].user
					: false;

			first = first && !(same && rows[j].selected);
		}
		count += first;
	}
	return count;
}

static bool is_collateral(const smbmgmt_report *report, uint32_t row)
{
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		uint32_t n = smbmgmt_report_collateral_count(report, i);

		if (!smbmgmt_report_was_sent(report, i))
			continue;
		for (uint32_t j = 0; j < n; j++) {
			smbmgmt_session *s =
				smbmgmt_report_collateral(report, i, j);

			if (smbmgmt_session_num_opens(s) == row)
				return true;
		}
	}
	return false;
}

/* One entry of the report against what is there. */
static void check_entry(const smbmgmt_report *report, uint32_t i, bool strict)
{
	smbmgmt_session *s = smbmgmt_report_session(report, i);
	const struct row *row = NULL;

	if (s == NULL)
		return;
	row = &rows[smbmgmt_session_num_opens(s)];
	ck_assert(row->selected);
	switch (smbmgmt_report_outcome(report, i)) {
	case SMBMGMT_OUTCOME_CLOSED:
	case SMBMGMT_OUTCOME_ALREADY_GONE:
		ck_assert_msg(!row->there, "called gone, and it is there");
		break;
	case SMBMGMT_OUTCOME_STILL_PRESENT:
		ck_assert_msg(row->there, "called present, and it is gone");
		break;
	case SMBMGMT_OUTCOME_REFUSED_OWN:
	case SMBMGMT_OUTCOME_REFUSED_COLLATERAL:
	case SMBMGMT_OUTCOME_REFUSED_UNSAFE:
		ck_assert(!smbmgmt_report_was_sent(report, i));
		__attribute__((fallthrough));
	case SMBMGMT_OUTCOME_FAILED:
		if (strict && !smbmgmt_report_was_sent(report, i))
			ck_assert_msg(row->there, "not sent, and it is gone");
		break;
	case SMBMGMT_OUTCOME_SENT:
		ck_assert(smbmgmt_report_was_sent(report, i));
		break;
	default:
		ck_abort_msg("an outcome of %s",
			     smbmgmt_outcome_name(
				     smbmgmt_report_outcome(report, i)));
	}
}

static void check(const smbmgmt_report *report, unsigned int flags)
{
	bool collateral = (flags & (FIX_POSSIBLE | FIX_ALL)) != 0;
	/* Whoever allows all and everything allows what nobody saw, too. */
	bool blind = incomplete && (flags & FIX_ALL) != 0 && include_own;

	for (uint32_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];

		if (row->there)
			continue;
		ck_assert_msg(row->selected || blind ||
				      (collateral && is_collateral(report, i)),
			      "session %u ended, and nobody selected it", i);
		ck_assert_msg(!row->own || include_own, "our own has ended");
	}
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++)
		check_entry(report, i, !possible && !collateral);
	ck_assert_uint_le(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  units());
}

/* Policies, twice each: whether the table has possible collateral. */
static const unsigned int policies[] = {
	0, FIX_OWN, FIX_POSSIBLE, FIX_ALL, FIX_ALL | FIX_OWN,
};

#define POLICIES (int)(sizeof(policies) / sizeof(policies[0]))

static void play(unsigned int flags, uint32_t round)
{
	smbmgmt_report *report = NULL;
	const char *filter = NULL;

	seed = 1 + round * 7919u + (uint32_t)unit * 104729u + flags * 1299709u +
	       possible;
	memset(rows, 0, sizeof(rows));
	incomplete = false;
	fix_up(&fix);
	fix.deadline = DEADLINE;
	/* One connection, or several, and closes that take a moment. */
	fix.per_server = round % 2 == 0 ? 0 : 3;
	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_CLOSE, round % 2, NULL);
	make_table();
	filter = make_filter();
	make_faults();
	/* With a prompt now and then, which is one more listing. */
	free(fix_close(&fix, filter, flags | FIX_FORCE,
		       round % 4 == 0 ? "Y" : NULL, &report));
	look();
	check(report, flags);
	smbmgmt_report_unref(report);
	fix_down(&fix);
}

START_TEST(played)
{
	unsigned int flags = policies[_i % POLICIES];

	possible = _i >= POLICIES;
	include_own = (flags & FIX_OWN) != 0;
	for (unit = SMBMGMT_UNIT_SESSION; unit <= SMBMGMT_UNIT_PROCESS; unit++)
		for (uint32_t round = 0; round < ROUNDS; round++)
			play(flags, round);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("random");
	TCase *t = tcase_create("random");

	tcase_add_loop_test(t, played, 0, 2 * POLICIES);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
