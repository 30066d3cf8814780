/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/own.h"
#include "fixture.h"
#include "suite.h"

#define ME "me=alice@10.0.0.9@30"

/* One letter a row: y, p or n; a `?` behind them if nobody is of our user. */
static const struct {
	const char *server;
	const char *rows;
	const char *expected;
} cases[] = {
	/* Address and age: ours, if it alone has as much as one of them. */
	{ME, "10.0.0.9 alice age=30", "y"},
	{ME, "10.0.0.9 alice age=30;10.0.0.8 alice age=99", "yn"},
	{ME, "10.0.0.9 alice age=30;10.0.0.9 alice age=99", "pp"},
	{ME, "10.0.0.9 alice age=30;10.0.0.8 alice age=30", "pp"},
	{ME, "10.0.0.9 alice age=30;10.0.0.9 alice age=30", "pp"},
	{ME, "10.0.0.9 alice age=30;10.0.0.9 bob age=30", "yn"},
	/* Two seconds. */
	{ME, "10.0.0.9 alice age=28", "y"},
	{ME, "10.0.0.9 alice age=32", "y"},
	{ME, "10.0.0.9 alice age=27", "p"},
	{ME, "10.0.0.9 alice age=33", "p"},
	{ME, "10.0.0.9 alice age=4294967295", "p"},
	/* Connecting took long: the session is older than the connection. */
	{ME "@5", "10.0.0.9 alice age=37", "y"},
	{ME "@5", "10.0.0.9 alice age=38", "p"},
	{ME "@5", "10.0.0.9 alice age=27", "p"},
	/* The listing took 3 s: ours may be younger or older by as much. */
	{ME " at=3000 began=0", "10.0.0.9 alice age=30", "p"},
	{ME " at=3000 began=0", "192.0.2.1 alice age=25;192.0.2.1 alice age=24",
	 "pn"},
	{ME " at=3000 began=0", "192.0.2.1 alice age=35;192.0.2.1 alice age=36",
	 "pn"},
	{ME "@5 at=3000 began=0", "10.0.0.9 alice age=34", "y"},
	{ME "@5 at=3000 began=0", "10.0.0.9 alice age=35", "p"},
	{ME " at=1000 began=0", "10.0.0.9 alice age=31", "y"},
	{ME " at=1000 began=0", "10.0.0.9 alice age=32", "p"},
	/* One of the two. */
	{ME, "10.0.0.9 alice", "p"},
	{ME, "192.0.2.1 alice age=31;192.0.2.1 alice age=99", "pn"},
	/* None fits: every row of our user. */
	{ME, "192.0.2.1 alice age=99;10.0.0.9 bob age=30;x alice age=1", "pnp"},
	{ME, "- alice", "p"},
	/* Our user has no row at all. */
	{ME, "10.0.0.9 bob age=30", "n?"},
	{ME, "10.0.0.9 '' age=30", "n?"},
	{ME, "", "?"},
	/* A server that does not tell users. */
	{ME, "10.0.0.9 - age=30", "p?"},
	{ME, "10.0.0.9 -;10.0.0.8 -", "pn?"},
	{ME, "192.0.2.1 -;192.0.2.2 -", "pp?"},
	{ME, "10.0.0.9 alice age=30;10.0.0.8 -", "yn"},
	/* Users without case and without their domain. */
	{ME, "10.0.0.9 ALICE age=30", "y"},
	{ME, "10.0.0.9 DOM\\Alice age=30", "y"},
	{ME, "10.0.0.9 alice\\bob age=30", "n?"},
	/* A principal's name, listed without its realm, or with it. */
	{"me=alice%REALM@10.0.0.9@30", "10.0.0.9 alice age=30", "y"},
	{"me=alice%REALM@10.0.0.9@30",
	 "10.0.0.9 alice age=30;10.0.0.9 alice@REALM age=30", "pp"},
	{"me=alice%REALM@10.0.0.9@30", "10.0.0.9 alic age=30", "n?"},
	{"me=alice%REALM@10.0.0.9@30", "10.0.0.9 alicee age=30", "n?"},
	{"me=alice@10.0.0.9@30", "10.0.0.9 alice@REALM age=30", "n?"},
	/* Addresses in any form; the second one counts too. */
	{ME, "\\\\10.0.0.9 alice age=30", "y"},
	{ME, "[::ffff:10.0.0.9] alice age=30", "y"},
	{ME, "fe80::9%eth0 alice age=30", "y"},
	{ME, "10.0.0.99 alice age=30", "p"},
	/* A transport that has no session of its own, or marks it itself. */
	{"", "10.0.0.9 alice age=30", "n"},
	{"", "a alice own=yes;b bob own=possible;c carol", "ypn"},
	/* Where we know who we are, what was marked before does not count. */
	{ME, "10.0.0.9 alice age=30;b bob own=yes", "yn"},
};

START_TEST(test_own)
{
	struct sm_table *table =
		fixture_table(cases[_i].server, cases[_i].rows, NULL);
	char text[32] = "";

	for (size_t i = 0; i < table->count; i++)
		text[i] = "npy"[table->sessions[i].row.own];
	if (table->own_unknown)
		text[table->count] = '?';
	ck_assert_str_eq(text, cases[_i].expected);
	sm_table_unref(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-own");
	TCase *tc = tcase_create("own");

	tcase_add_loop_test(tc, test_own, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
