/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include <smbmgmt/error.h>

#include "core/match.h"
#include "fixture.h"
#include "suite.h"

static int add_missing(void *userdata, const struct sm_fail *fail)
{
	const char *value = strstr(fail->text, "equal to '");

	ck_assert_int_eq(fail->code, SMBMGMT_E_NOT_FOUND);
	if (value == NULL) {
		fixture_add(userdata, "none");
		return 0;
	}
	value += strlen("equal to '");
	fixture_add(userdata, "none:%.*s", (int)(strstr(value, "'.") - value),
		    value);
	return 0;
}

/* The rows that are selected, then what was not found; or the error. */
static void select_rows(struct sm_match *match, const struct sm_table *table,
			char *text)
{
	uint8_t selected[64];
	struct sm_fail fail;
	int ret = sm_match_select(match, table, selected, NULL, &fail);

	ck_assert_uint_le(table->count, sizeof(selected));
	if (ret != 0) {
		ck_assert_int_eq(ret, fail.code);
		fixture_add(text, "err:%s", fixture_code(ret));
		return;
	}
	for (size_t i = 0; i < table->count; i++) {
		if (selected[i])
			fixture_add(text, "%zu", i);
	}
}

#define THREE                                                                  \
	"\\\\10.0.0.5 alice id=1 age=100 idle=7 opens=0 guest=1 enc=0;"        \
	"10.0.0.6 Bob id=2 age=50 idle=0 opens=3 guest=0 enc=1;"               \
	"pc7 carol id=3"

static const struct {
	const char *server;
	const char *rows;
	const char *filter;
	const char *expected;
} cases[] = {
	/* Nothing asked is everything. */
	{"", THREE, "", "0 1 2"},
	{"", THREE, "all", "0 1 2"},
	{"", "", "", ""},
	/* Values of one property are ORed, properties are ANDed. */
	{"", THREE, "user=alice", "0"},
	{"", THREE, "user=carol,alice", "0 2"},
	{"", THREE, "user=alice,bob client=10.0.0.6", "1"},
	{"", THREE, "ids=1..2 user=bob client=10.0.0.6,pc7", "1"},
	/* Without case, one to one, and literal. */
	{"", THREE, "user=ALICE", "0"},
	{"", "a \xc3\xbcnal id=1", "user=\xc3\x9cNAL", "0"},
	{"", "a STRASSE id=1",
	 "user=stra\xc3\x9f"
	 "e",
	 "none:stra\xc3\x9f"
	 "e"},
	{"", "a u\xcc\x88nal id=1", "user=\xc3\xbcnal", "none:\xc3\xbcnal"},
	{"", THREE, "user=a*", "none:a*"},
	{"", THREE, "user=alic", "none:alic"},
	{"", THREE, "client=10.0.0", "none:10.0.0"},
	/* Clients in canonical form. */
	{"", THREE, "client=10.0.0.5", "0"},
	{"", THREE, "client=\\\\10.0.0.6", "1"},
	{"", THREE, "client=::ffff:10.0.0.5", "0"},
	{"", THREE, "client=[::FFFF:10.0.0.5]", "0"},
	{"", THREE, "client=\\\\PC7", "2"},
	{"", "[fe80:0:0::1] a id=1", "client=FE80::1", "0"},
	/* Zones. */
	{"", "fe80::1%3 a id=1;fe80::2 a id=2", "client=fe80::1", "0"},
	{"", "fe80::1%3 a id=1;fe80::1%3 b id=2", "client=fe80::1", "0 1"},
	{"", "fe80::1%3 a id=1;fe80::1%4 b id=2", "client=fe80::1%4", "1"},
	{"", "fe80::1%eth0 a id=1", "client=fe80::1%ETH0", "0"},
	{"", "fe80::1%3 a id=1", "client=fe80::1%4", "none:fe80::1%4"},
	{"", "fe80::1 a id=1", "client=fe80::1%4", "none:fe80::1%4"},
	{"", "fe80::1%3 a id=1;fe80::1%4 b id=2", "client=fe80::1",
	 "err:AMBIGUOUS"},
	{"", "fe80::1%3 a id=1;fe80::1 b id=2", "client=fe80::1",
	 "err:AMBIGUOUS"},
	{"", "fe80::1%3 a id=1;fe80::1%4 b id=2", "client=fe80::1,fe80::1%4",
	 "err:AMBIGUOUS"},
	{"", "fe80::1%3 a id=1;fe80::2%4 b id=2", "client=fe80::1,fe80::2",
	 "0 1"},
	{"", "fe80::1%3 a id=1;fe80::1%4 b id=2", "client=fe80::1%3,fe80::1%4",
	 "0 1"},
	/* Not found: one entry a value, runs of ids, in order. */
	{"", THREE, "user=nobody,alice,none", "0 none:nobody none:none"},
	{"", THREE, "user=nobody,NOBODY,nobody", "none:nobody"},
	{"", THREE, "client=pc8,\\\\PC8,pc9", "none:pc8 none:pc9"},
	{"", THREE, "ids=1,3..7", "0 2 none:4..7"},
	{"", "a u id=1;a v id=3", "ids=1..5", "0 1 none:2 none:4..5"},
	{"", THREE, "ids=4,5", "none:4 none:5"},
	{"", THREE, "ids=0..18446744073709551615",
	 "0 1 2 none:0 none:4..18446744073709551615"},
	{"", "a u did=9;a u did=9;b v did=8", "ids=9", "0 1"},
	{"", "", "user=a", "none:a"},
	/* Several properties: one entry, if nothing had them all. */
	{"", THREE, "user=alice,nobody client=10.0.0.5", "0"},
	{"", THREE, "user=alice client=10.0.0.6", "none"},
	{"", THREE, "ids=1 user=bob", "none"},
	/* A predicate is no value: nothing is said about it. */
	{"", THREE, "user=alice idle=99", ""},
	{"", THREE, "user=alice client=10.0.0.5 idle=99", ""},
	{"", THREE, "idle=99", ""},
	/* Predicates, inclusive; an unknown field satisfies none. */
	{"", THREE, "idle=7", "0"},
	{"", THREE, "idle=8", ""},
	{"", THREE, "idle=0", "0 1"},
	{"", THREE, "age=50", "0 1"},
	{"", THREE, "age=51", "0"},
	{"", THREE, "opens=0", "0"},
	{"", THREE, "opens=3", "0 1"},
	{"", THREE, "guest=1", "0"},
	{"", THREE, "guest=0", "1"},
	{"", THREE, "unenc=1", "0"},
	{"", THREE, "unenc=0", "1"},
	/* Unknown is neither zero nor empty. */
	{"", "- u id=1;a - id=2;a u", "client=a user=u", "2"},
	{"", "a u", "ids=0", "none:0"},
	/* A node by its name, its address or its number; each is a hit. */
	{"", "a u node=n0 vnn=0 at=10.1.0.1;a v node=n1 vnn=1 at=10.1.0.2",
	 "node=N1", "1"},
	{"", "a u node=n0 vnn=0 at=10.1.0.1;a v node=n1 vnn=1 at=10.1.0.2",
	 "node=10.1.0.1", "0"},
	{"", "a u node=n0 vnn=0 at=10.1.0.1;a v node=n1 vnn=1 at=10.1.0.2",
	 "node=1,10.1.0.2,n1,2", "1 none:2"},
	{"", "a u node=n0 vnn=0 at=FD00::A", "node=fd00::a", "0"},
	{"", "a u node=n0;a v node=0", "node=0", "1"},
	{"", "a u vnn=0 at=10.1.0.1", "node=0", "none:0"},
	{"", "a u id=1 scope=s node=n dialect=3.1.1;a u id=2",
	 "scope=S node=N dialect=3.1.1", "0"},
	/* What the server cannot tell is an error. */
	{"knows=client", "a -", "user=u", "err:NOT_SUPPORTED"},
	{"knows=user", "- u", "client=a", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "ids=1", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "idle=0", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "age=0", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "opens=0", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "guest=0", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "unenc=1", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "scope=*", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "node=n", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "dialect=2.1", "err:NOT_SUPPORTED"},
	{"knows=client,user", "", "dialect=2.1", "err:NOT_SUPPORTED"},
	{"knows=client,user", "a u", "user=u", "0"},
	/* Domains. */
	{"", "a alice", "user=D\\alice", "err:NOT_SUPPORTED"},
	{"", "a alice", "user=bob,D\\alice", "err:NOT_SUPPORTED"},
	{"domains", "a D\\alice", "user=d\\ALICE", "0"},
	{"domains", "a D\\alice", "user=alice", "none:alice"},
	/* SMB instances: only rows that were found with one of them. */
	{"", "a u inst=1", "inst=1", "err:NOT_SUPPORTED"},
	{"instances", "a u inst=1;a u inst=0;a u;a u inst=33", "inst=1", "0"},
	{"instances", "a u inst=1;a v inst=2;a v inst=0", "inst=1 inst=2",
	 "0 1"},
	{"instances", "a u inst=1;a v inst=2", "inst=1 user=v", "none:v"},
};

START_TEST(test_match)
{
	struct sm_table *table =
		fixture_table(cases[_i].server, cases[_i].rows, NULL);
	smbmgmt_filter *filter = fixture_filter(cases[_i].filter);
	struct sm_match *match = NULL;
	char text[FIXTURE_TEXT] = "";

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	/* The match has a copy: the caller may drop the filter. */
	sm_filter_unref(filter);
	select_rows(match, table, text);
	if (strncmp(text, "err:", 4) != 0)
		ck_assert_int_eq(sm_match_missing(match, add_missing, text), 0);
	ck_assert_str_eq(text, cases[_i].expected);
	sm_match_free(match);
	sm_table_unref(table);
}
END_TEST

/* The sentence names the server, the property and who can tell it. */
static const struct {
	const char *filter;
	const char *server;
	const char *words[3];
} unsupported[] = {
	{"idle=1",
	 "knows=client",
	 {"fs1", "SecondsIdle", "memory, wsman, srvsvc"}},
	{"dialect=3",
	 "knows=client",
	 {"fs1", "Dialect", "memory, samba, wsman."}},
	{"ids=1",
	 "knows=client",
	 {"fs1", "SessionId", "memory, samba, wsman, srvsvc"}},
	{"inst=1", "", {"fs1", "SmbInstance", "memory, wsman."}},
	{"user=D\\al", "", {"'al'", "'D\\al'", "srvsvc"}},
};

START_TEST(test_unsupported)
{
	struct sm_table *table =
		fixture_table(unsupported[_i].server, "a -", NULL);
	smbmgmt_filter *filter = fixture_filter(unsupported[_i].filter);
	struct sm_match *match = NULL;
	struct sm_fail fail;
	uint8_t selected[1];

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_match_select(match, table, selected, NULL, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	for (size_t i = 0; i < 3; i++)
		ck_assert_msg(
			strstr(fail.text, unsupported[_i].words[i]) != NULL,
			"'%s' lacks '%s'", fail.text, unsupported[_i].words[i]);
	sm_match_free(match);
	sm_filter_unref(filter);
	sm_table_unref(table);
}
END_TEST

/* A value is not found only if no server of the call has it. */
START_TEST(test_many_servers)
{
	struct sm_table *one = fixture_table("", "a alice id=1", NULL);
	struct sm_table *two = fixture_table("", "b bob id=3", NULL);
	smbmgmt_filter *filter = fixture_filter("ids=1..4");
	struct sm_match *match = NULL;
	char text[FIXTURE_TEXT] = "";

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	select_rows(match, one, text);
	select_rows(match, two, text);
	ck_assert_int_eq(sm_match_missing(match, add_missing, text), 0);
	ck_assert_str_eq(text, "0 0 none:2 none:4");
	sm_match_free(match);
	sm_filter_unref(filter);
	sm_table_unref(one);
	sm_table_unref(two);
}
END_TEST

/* Zones of two servers have nothing to do with each other, even where the
 * second listing lies where the first one was. */
START_TEST(test_zone_of_another_listing)
{
	struct sm_table *one = fixture_table("", "fe80::1%3 a id=1", NULL);
	struct sm_table *two = fixture_table("", "fe80::1%4 a id=1", NULL);
	smbmgmt_filter *filter = fixture_filter("client=fe80::1");
	struct sm_match *match = NULL;
	struct sm_table here = *one;
	char text[FIXTURE_TEXT] = "";

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	select_rows(match, &here, text);
	here = *two;
	select_rows(match, &here, text);
	ck_assert_str_eq(text, "0 0");
	sm_match_free(match);
	sm_filter_unref(filter);
	sm_table_unref(one);
	sm_table_unref(two);
}
END_TEST

static int stop(void *userdata, const struct sm_fail *fail)
{
	(void)fail;
	++*(int *)userdata;
	return SMBMGMT_E_NOMEM;
}

START_TEST(test_missing_stops)
{
	static const char *const filters[] = {"user=x,y", "ids=1,2",
					      "ids=1 user=x"};

	for (size_t i = 0; i < 3; i++) {
		smbmgmt_filter *filter = fixture_filter(filters[i]);
		struct sm_match *match = NULL;
		int calls = 0;

		ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
		ck_assert_int_eq(sm_match_missing(match, stop, &calls),
				 SMBMGMT_E_NOMEM);
		ck_assert_int_eq(calls, 1);
		sm_match_free(match);
		sm_filter_unref(filter);
	}
}
END_TEST

static const struct {
	const char *filter;
	bool all;
	bool empty;
} kinds[] = {
	{"", true, true},
	{"all", true, false},
	/* An instance is a part of the server, not a session in it. */
	{"inst=1", true, true},
	{"inst=1 all", true, false},
	{"user=a", false, false},
	{"user=a all", false, false},
	{"ids=1", false, false},
	/* A predicate alone makes a filter non-empty. */
	{"idle=0", false, false},
	{"age=0", false, false},
	{"opens=9", false, false},
	{"guest=0", false, false},
	{"unenc=0", false, false},
	{"scope=s", false, false},
	{"node=n", false, false},
	{"dialect=3", false, false},
	{"client=c", false, false},
};

START_TEST(test_kinds)
{
	smbmgmt_filter *filter = fixture_filter(kinds[_i].filter);
	struct sm_match *match = NULL;

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_match_is_all(match), kinds[_i].all);
	ck_assert_int_eq(sm_filter_is_empty(filter), kinds[_i].all);
	ck_assert_int_eq(sm_match_is_empty(match), kinds[_i].empty);
	ck_assert_uint_eq(sm_match_instances(match),
			  strstr(kinds[_i].filter, "inst=1") ? 2 : 0);
	sm_match_free(match);
	sm_filter_unref(filter);
}
END_TEST

START_TEST(test_no_filter)
{
	struct sm_match *match = NULL;

	ck_assert_int_eq(sm_match_new(NULL, &match, NULL), 0);
	ck_assert(sm_match_is_all(match));
	ck_assert(sm_match_is_empty(match));
	sm_match_free(match);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-match");
	TCase *tc = tcase_create("match");

	tcase_add_loop_test(tc, test_match, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_loop_test(
		tc, test_unsupported, 0,
		(int)(sizeof(unsupported) / sizeof(unsupported[0])));
	tcase_add_test(tc, test_many_servers);
	tcase_add_test(tc, test_zone_of_another_listing);
	tcase_add_test(tc, test_missing_stops);
	tcase_add_loop_test(tc, test_kinds, 0,
			    (int)(sizeof(kinds) / sizeof(kinds[0])));
	tcase_add_test(tc, test_no_filter);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
