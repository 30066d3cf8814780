/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What of a filter is left to a server, and that nothing is lost by it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <smbmgmt/error.h>

#include "core/match.h"
#include "core/select.h"
#include "fixture.h"
#include "suite.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define MANY 8192

static const char *const names[] = {
	[SM_SELECTED_ID] = "id",     [SM_SELECTED_CLIENT] = "client",
	[SM_SELECTED_USER] = "user", [SM_SELECTED_SCOPE] = "scope",
	[SM_SELECTED_NODE] = "node",
};

static void say(const struct sm_select *select, char *text)
{
	*text = '\0';
	for (size_t i = 0; i < select->count; i++) {
		const struct sm_selected *item = &select->items[i];

		if (item->property == SM_SELECTED_ID)
			fixture_add(text, "id=%" PRIu64 "..%" PRIu64,
				    item->first, item->last);
		else
			fixture_add(text, "%s=%s", names[item->property],
				    item->text);
	}
}

static const struct {
	const char *filter;
	const char *expected;
} cases[] = {
	{"", ""},
	{"all", ""},
	{"ids=5", "id=5..5"},
	{"ids=1..5,7", "id=1..5 id=7..7"},
	/* A server may compare signed; the whole property is not said then. */
	{"ids=9223372036854775807",
	 "id=9223372036854775807.."
	 "9223372036854775807"},
	{"ids=9223372036854775808", ""},
	{"ids=18446744073709551615", ""},
	{"ids=0..18446744073709551615", ""},
	{"ids=1,9223372036854775808", ""},
	{"ids=9223372036854775808 user=alice", "user=alice"},
	/* Clients: names, as they are without `\\`. */
	{"client=PC7", "client=PC7"},
	{"client=\\\\PC7", "client=PC7"},
	{"client=pc7.example.com,pc8", "client=pc7.example.com client=pc8"},
	/* An address is written in many ways. */
	{"client=10.0.0.5", ""},
	{"client=\\\\10.0.0.5", ""},
	{"client=::1", ""},
	{"client=2001:DB8:0:0::1", ""},
	{"client=[::1]", ""},
	{"client=\\\\[::1]", ""},
	{"client=::ffff:10.0.0.5", ""},
	{"client=fe80::1%eth0", ""},
	{"client=[fe80::1%eth0]", ""},
	{"client=PC7,10.0.0.5", ""},
	{"client=10.0.0.5,PC7", ""},
	/* What is nearly one. */
	{"client=[PC7]", ""},
	{"client=PC7]", ""},
	{"client=PC%1", ""},
	{"client=A\\PC7", ""},
	{"client=\\\\\\PC7", ""},
	{"client=\\\\", ""},
	/* Only ASCII has one upper case everywhere. */
	{"client=PC\xc3\xa9", ""},
	{"user=ALPHA\\alice", "user=ALPHA\\alice"},
	{"user=alice@example.com", "user=alice@example.com"},
	{"user=o'hara", "user=o'hara"},
	{"user=\"%_[a]*", "user=\"%_[a]*"},
	{"user=\xc3\x84nne", ""},
	{"user=alice,\xc3\x84nne,bob", ""},
	{"user=a\tb", ""},
	{"user=a\x7f", ""},
	{"user=\xc3\x84nne scope=FS1", "scope=FS1"},
	{"scope=*,FS1", "scope=* scope=FS1"},
	{"node=N1", "node=N1"},
	/* Whatever the order in which they were given. */
	{"node=N1 scope=FS1 user=a,b client=PC7 ids=3",
	 "id=3..3 client=PC7 user=a user=b scope=FS1 node=N1"},
	/* Nothing else is a server's to select. */
	{"dialect=3.1.1", ""},
	{"inst=1", ""},
	{"idle=5 age=5 opens=5 guest=1 unenc=1", ""},
	{"ids=1 idle=5", "id=1..1"},
};

START_TEST(test_made)
{
	smbmgmt_filter *filter = fixture_filter(cases[_i].filter);
	char text[FIXTURE_TEXT];
	struct sm_select select;

	memset(&select, 0xff, sizeof(select));
	sm_select_make(filter, &select);
	say(&select, text);
	ck_assert_msg(strcmp(text, cases[_i].expected) == 0,
		      "'%s': '%s' is not '%s'", cases[_i].filter, text,
		      cases[_i].expected);
	sm_filter_unref(filter);
}
END_TEST

static size_t made(const char *filter_text)
{
	smbmgmt_filter *filter = fixture_filter(filter_text);
	struct sm_select select;

	sm_select_make(filter, &select);
	for (size_t i = 1; i < select.count; i++)
		ck_assert_uint_ge(select.items[i].property,
				  select.items[i - 1].property);
	sm_filter_unref(filter);
	return select.count;
}

/* "KEY=1,2,...,n" behind what is there; ids not so near that they join. */
static void add_many(char *text, const char *key, int n)
{
	size_t len = strlen(text);

	len += (size_t)snprintf(text + len, MANY - len,
				"%s%s=", len > 0 ? " " : "", key);
	for (int i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, MANY - len, "%s%d",
					i > 0 ? "," : "", 10 * i);
}

static const struct {
	int ids, users, nodes;
	size_t expected;
} bounds[] = {
	{64, 0, 0, 64},
	{65, 0, 0, 0},
	{0, 64, 0, 64},
	{0, 65, 0, 0},
	/* A property that does not fit leaves its place to the next. */
	{60, 4, 0, 64},
	{60, 5, 0, 60},
	{60, 5, 4, 64},
	{65, 64, 1, 64},
	{65, 63, 1, 64},
	{64, 1, 1, 64},
	{500, 500, 500, 0},
};

START_TEST(test_bound)
{
	char text[MANY] = "";

	if (bounds[_i].ids > 0)
		add_many(text, "ids", bounds[_i].ids);
	if (bounds[_i].users > 0)
		add_many(text, "user", bounds[_i].users);
	if (bounds[_i].nodes > 0)
		add_many(text, "node", bounds[_i].nodes);
	ck_assert_uint_eq(made(text), bounds[_i].expected);
}
END_TEST

/* What is longer than any server's value, and would not fit a message. */
START_TEST(test_length)
{
	char text[300] = "user=";

	memset(text + 5, 'a', 256);
	ck_assert_uint_eq(made(text), 1);
	text[5 + 256] = 'a';
	ck_assert_uint_eq(made(text), 0);
}
END_TEST

/* Objects are told apart from what took their place in whole listings. */
START_TEST(test_sessions)
{
	smbmgmt_filter *filter = fixture_filter("ids=1 user=alice");
	struct sm_select select;

	filter->session_count = 1;
	sm_select_make(filter, &select);
	ck_assert_uint_eq(select.count, 0);
	filter->session_count = 0;
	sm_select_make(filter, &select);
	ck_assert_uint_eq(select.count, 2);
	sm_filter_unref(filter);
}
END_TEST

/* "-" and "" is a field that a row has not. */
static const char *const row_clients[] = {"-", "PC1", "\\\\pc1", "\\\\10.0.0.1",
					  "[::1]"};
static const char *const row_users[] = {"-", "ALICE", "ALPHA\\alice",
					"\xc3\xa4nne"};
static const char *const row_nodes[] = {"", "node=n1"};

static const char *const ids[] = {
	"", "ids=1", "ids=2..40,777",
	"ids=1..9,9223372036854775000..18446744073709551615"};
static const char *const clients[] = {"", "client=pc1", "client=\\\\PC1,pc9",
				      "client=10.0.0.1", "client=PC1,::1"};
static const char *const users[] = {"", "user=alice", "user=alpha\\ALICE,bob",
				    "user=\xc3\x84NNE,alice"};
static const char *const nodes[] = {"", "node=N1", "node=n2"};

#define ROWS (3 * COUNT(row_clients) * COUNT(row_users) * COUNT(row_nodes))
#define FILTERS (COUNT(ids) * COUNT(clients) * COUNT(users) * COUNT(nodes))
#define PICK(array, n) (array)[(n) % COUNT(array)]

static void make_filter(int n, char *text)
{
	*text = '\0';
	fixture_add(text, "%s", PICK(ids, n));
	n /= COUNT(ids);
	fixture_add(text, "%s", PICK(clients, n));
	n /= COUNT(clients);
	fixture_add(text, "%s", PICK(users, n));
	n /= COUNT(users);
	fixture_add(text, "%s", PICK(nodes, n));
}

/* As a server would: of ASCII, case apart; a client behind `\\` or not. */
static bool is_text(const char *have, const char *wanted)
{
	if (strcmp(have, "-") == 0 || *have == '\0')
		return false;
	return strcasecmp(have, wanted) == 0;
}

struct made_row {
	uint64_t id;
	const char *client;
	const char *user;
	const char *node;
};

/* Some ids are beyond what a signed number holds. */
static struct made_row row_of(int i)
{
	int n = i / 3;

	return (struct made_row){
		.id = i % 3 == 2 ? UINT64_MAX - (uint64_t)i : (uint64_t)i + 1,
		.client = PICK(row_clients, n),
		.user = PICK(row_users, n / COUNT(row_clients)),
		.node = PICK(row_nodes,
			     n / COUNT(row_clients) / COUNT(row_users)),
	};
}

static bool takes(const struct sm_selected *item, const struct made_row *row)
{
	const char *client = row->client;

	switch (item->property) {
	case SM_SELECTED_ID:
		/* It knows no unsigned numbers. */
		return (int64_t)row->id >= (int64_t)item->first &&
		       (int64_t)row->id <= (int64_t)item->last;
	case SM_SELECTED_CLIENT:
		client += strncmp(client, "\\\\", 2) == 0 ? 2 : 0;
		return is_text(client, item->text);
	case SM_SELECTED_USER:
		return is_text(row->user, item->text);
	default:
		ck_assert_uint_eq(item->property, SM_SELECTED_NODE);
		return row->node[0] != '\0' &&
		       is_text(row->node + strlen("node="), item->text);
	}
}

static bool server_takes(const struct sm_select *select,
			 const struct made_row *row)
{
	bool asked[SM_SELECTED_NODE + 1] = {false};
	bool taken[SM_SELECTED_NODE + 1] = {false};

	for (size_t i = 0; i < select->count; i++) {
		uint32_t p = select->items[i].property;

		asked[p] = true;
		taken[p] = taken[p] || takes(&select->items[i], row);
	}
	return memcmp(asked, taken, sizeof(asked)) == 0;
}

/* Every @step-th row from @first on; what a server sends of them. */
static void make_rows(const struct sm_select *select, int first, int step,
		      char *text)
{
	size_t len = 0;

	*text = '\0';
	for (int i = first; i < ROWS; i += step) {
		struct made_row row = row_of(i);

		if (select != NULL && !server_takes(select, &row))
			continue;
		/* The age tells which one it is. */
		len += (size_t)snprintf(text + len, MANY - len,
					"%s%s %s id=%" PRIu64 " %s age=%d",
					len > 0 ? ";" : "", row.client,
					row.user, row.id, row.node, i);
	}
	ck_assert_uint_lt(len, MANY);
}

static int add_missing(void *userdata, const struct sm_fail *fail)
{
	char *text = userdata;
	size_t len = strlen(text);

	snprintf(text + len, MANY - len, " (%s)", fail->text);
	return 0;
}

/* What comes of a listing: the rows, and what was not found. */
static void list(const smbmgmt_filter *filter, const char *rows, char *text)
{
	struct sm_table *table =
		fixture_table("unit=session domains", rows, NULL);
	struct sm_match *match = NULL;
	uint8_t selected[ROWS];

	*text = '\0';
	ck_assert_uint_le(table->count, ROWS);
	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_match_select(match, table, selected, NULL, NULL),
			 0);
	for (size_t i = 0; i < table->count; i++) {
		size_t len = strlen(text);

		if (selected[i])
			snprintf(text + len, MANY - len, " %u",
				 table->sessions[i].row.exists);
	}
	ck_assert_int_eq(sm_match_missing(match, add_missing, text), 0);
	sm_match_free(match);
	sm_table_unref(table);
}

/* With the whole listing and with what a server selects, the same comes out. */
static void compare(int n, int step)
{
	static char rows[MANY], whole[MANY], part[MANY];
	char text[FIXTURE_TEXT];
	smbmgmt_filter *filter = NULL;
	struct sm_select select;

	make_filter(n, text);
	filter = fixture_filter(text);
	sm_select_make(filter, &select);
	make_rows(NULL, n % step, step, rows);
	list(filter, rows, whole);
	make_rows(&select, n % step, step, rows);
	list(filter, rows, part);
	ck_assert_msg(strcmp(whole, part) == 0, "'%s':\n  whole:%s\n  part:%s",
		      text, whole, part);
	sm_filter_unref(filter);
}

/* Of all rows, and of few, so that values are missing, too. */
static const int steps[] = {1, 4, 13, 40};

START_TEST(test_nothing_is_lost)
{
	for (int n = 0; n < FILTERS; n++)
		compare(n, steps[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-select");
	TCase *tc = tcase_create("select");

	tcase_add_loop_test(tc, test_made, 0, COUNT(cases));
	tcase_add_loop_test(tc, test_bound, 0, COUNT(bounds));
	tcase_add_test(tc, test_length);
	tcase_add_test(tc, test_sessions);
	tcase_add_loop_test(tc, test_nothing_is_lost, 0, COUNT(steps));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
