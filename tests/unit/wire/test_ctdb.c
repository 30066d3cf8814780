/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What ctdb 4.17 prints, as it printed it, whole, cut and spoilt; and what a
 * listing in such a cluster is worth.
 */
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "wire/ctdb/ctdb.h"

#define HEADER                                                                 \
	"|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|"     \
	"Inactive|PartiallyOnline|ThisNode|\n"
#define NODE0 "|0|127.1.0.1|0|0|0|0|0|0|0|0|Y|\n"
#define NODE1 "|1|127.1.0.2|0|0|0|0|0|0|0|0|N|\n"
#define NODE2(flags) "|2|127.1.0.3|" flags "|N|\n"
#define FINE "0|0|0|0|0|0|0|0"
#define WELL HEADER NODE0 NODE1 NODE2(FINE)

#define STATISTICS(frozen, recovering)                                         \
	"CTDB version|num_clients|frozen|recovering|max_call_latency|\n"       \
	"1|8|" frozen "|" recovering "|0.021394|\n"

#define UPTIME(took)                                                           \
	"Current time of node 0        :                Sat Nov 21 08:28:08 "  \
	"2026\n"                                                               \
	"Ctdbd start time              : (000 00:00:12) Sat Nov 21 08:27:56 "  \
	"2026\n"                                                               \
	"Time of last recovery/failover: (000 00:00:07) Sat Nov 21 08:28:01 "  \
	"2026\n"                                                               \
	"Duration of last recovery/failover: " took " seconds\n"

#define STATUS(mode, masters)                                                  \
	"Number of nodes:3\n"                                                  \
	"pnn:0 127.1.0.1    OK (THIS NODE)\n"                                  \
	"pnn:2 127.1.0.3    DISCONNECTED|UNHEALTHY|INACTIVE\n"                 \
	"Generation:1394135254\nSize:2\n" masters "Recovery mode:" mode        \
	"\nLeader:1\n"
#define TWO "hash:0 lmaster:0\nhash:1 lmaster:1\n"
#define THREE TWO "hash:2 lmaster:2\n"
#define NORMAL "NORMAL (0)"

typedef int (*read_fn)(const char *, size_t, struct sm_ctdb_view *,
		       struct sm_fail *);

static const struct {
	read_fn read;
	const char *good;
} outputs[] = {
	{sm_ctdb_read_nodes, WELL},
	{sm_ctdb_read_statistics, STATISTICS("0", "0")},
	{sm_ctdb_read_uptime, UPTIME("0.015608")},
	{sm_ctdb_read_status, STATUS(NORMAL, THREE)},
};

#define OUTPUTS (sizeof(outputs) / sizeof(outputs[0]))

/* From a copy of just that size, so that a sanitizer sees what is beyond. */
static int read_copy(read_fn read, const char *text, size_t len,
		     struct sm_ctdb_view *view)
{
	struct sm_fail fail = {.code = 0};
	char *copy = malloc(len > 0 ? len : 1);
	int ret = 0;

	memcpy(copy, text, len);
	memset(view, 0, sizeof(*view));
	ret = read(copy, len, view, &fail);
	free(copy);
	ck_assert_int_eq(ret, fail.code);
	return ret;
}

static void look(struct sm_ctdb_view *view, const char *nodes,
		 const char *statistics, const char *uptime, const char *status)
{
	struct sm_fail fail;

	memset(view, 0, sizeof(*view));
	ck_assert_int_eq(sm_ctdb_read_nodes(nodes, strlen(nodes), view, &fail),
			 0);
	ck_assert_int_eq(sm_ctdb_read_statistics(statistics, strlen(statistics),
						 view, &fail),
			 0);
	ck_assert_int_eq(
		sm_ctdb_read_uptime(uptime, strlen(uptime), view, &fail), 0);
	if (status != NULL)
		ck_assert_int_eq(sm_ctdb_read_status(status, strlen(status),
						     view, &fail),
				 0);
}

START_TEST(reads)
{
	struct sm_ctdb_view view;

	look(&view, WELL, STATISTICS("0", "0"), UPTIME("0.015608"),
	     STATUS(NORMAL, THREE));
	ck_assert_uint_eq(view.count, 3);
	ck_assert_uint_eq(view.self, 0);
	ck_assert_uint_eq(view.nodes[2].number, 2);
	ck_assert_str_eq(view.nodes[2].address, "127.1.0.3");
	ck_assert_uint_eq(view.nodes[2].flags, 0);
	ck_assert_str_eq(view.ended, "Sat Nov 21 08:28:01 2026");
	ck_assert_str_eq(view.took, "0.015608 seconds");
	ck_assert_str_eq(view.generation, "1394135254");
	ck_assert(view.normal && !view.busy);
	ck_assert_uint_eq(view.master_count, 3);
	ck_assert_uint_eq(view.masters[2], 2);
	ck_assert_ptr_eq(sm_ctdb_node(&view, 1), &view.nodes[1]);
	ck_assert_ptr_null(sm_ctdb_node(&view, 3));
}
END_TEST

static const struct {
	const char *nodes;
	const char *statistics;
	const char *took;
	const char *status;
	enum sm_ctdb_state state;
	const char *why;
} states[] = {
	{WELL, STATISTICS("0", "0"), UPTIME("0.1"), NULL, SM_CTDB_WHOLE, ""},
	/* Disabled, unhealthy and partially online take part. */
	{HEADER NODE0 NODE2("0|0|0|1|1|0|0|1"), STATISTICS("0", "0"),
	 UPTIME("0.1"), NULL, SM_CTDB_WHOLE, ""},
	{WELL, STATISTICS("0", "1"), UPTIME("0.1"), NULL, SM_CTDB_MOVING,
	 "in recovery"},
	{WELL, STATISTICS("1", "0"), UPTIME("0.2"), NULL, SM_CTDB_MOVING,
	 "in recovery"},
	{WELL, STATISTICS("0", "0"), UPTIME("-3.1"), NULL, SM_CTDB_MOVING,
	 "in recovery"},
	{HEADER NODE0 NODE2("0|0|0|0|0|1|1|0"), STATISTICS("0", "0"),
	 UPTIME("0.1"), NULL, SM_CTDB_PART, "Node 2 (127.1.0.3) is stopped"},
	{HEADER NODE0 NODE2("0|0|1|0|0|0|1|0"), STATISTICS("0", "1"),
	 UPTIME("0.1"), NULL, SM_CTDB_PART, "Node 2 (127.1.0.3) is banned"},
	{HEADER NODE0 NODE2("0|0|0|0|0|0|1|0"), STATISTICS("0", "0"),
	 UPTIME("0.1"), NULL, SM_CTDB_PART, "Node 2 (127.1.0.3) is inactive"},
	{HEADER NODE0 NODE2("1|0|0|0|1|0|1|0"), STATISTICS("0", "0"),
	 UPTIME("0.1"), STATUS(NORMAL, TWO), SM_CTDB_WHOLE, ""},
	{HEADER NODE0 NODE2("1|0|0|0|1|0|1|0"), STATISTICS("0", "0"),
	 UPTIME("0.1"), STATUS(NORMAL, THREE), SM_CTDB_MOVING, "not yet out"},
	{HEADER NODE0 NODE2("0|1|0|0|0|0|0|0"), STATISTICS("0", "0"),
	 UPTIME("0.1"), STATUS(NORMAL, THREE), SM_CTDB_MOVING,
	 "in an unknown state and not yet out"},
	{HEADER NODE0 NODE2("1|0|0|0|1|0|1|0"), STATISTICS("0", "0"),
	 UPTIME("0.1"), STATUS("RECOVERY (1)", TWO), SM_CTDB_MOVING,
	 "in recovery"},
};

START_TEST(judges)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct sm_ctdb_view view;
		struct sm_fail fail = {.text = ""};

		look(&view, states[i].nodes, states[i].statistics,
		     states[i].took, states[i].status);
		ck_assert_int_eq(sm_ctdb_needs_status(&view),
				 states[i].status != NULL);
		ck_assert_msg(sm_ctdb_judge(&view, &fail) == states[i].state,
			      "%zu: %s", i, fail.text);
		ck_assert_msg(strstr(fail.text, states[i].why) != NULL,
			      "%zu: %s", i, fail.text);
		/* Each is another than the rest, and the same as itself. */
		for (size_t j = 0; j <= i; j++) {
			struct sm_ctdb_view other;

			look(&other, states[j].nodes, states[j].statistics,
			     states[j].took, states[j].status);
			ck_assert_int_eq(sm_ctdb_same(&view, &other), i == j);
		}
	}
}
END_TEST

/* What is cut is no output, but for a last newline; none is read beyond. */
START_TEST(cut)
{
	struct sm_ctdb_view view;

	for (size_t i = 0; i < OUTPUTS; i++) {
		size_t len = strlen(outputs[i].good);

		for (size_t n = 0; n < len; n++) {
			int ret = read_copy(outputs[i].read, outputs[i].good, n,
					    &view);

			ck_assert(ret == 0 || ret == SMBMGMT_E_PROTOCOL);
			/* A row less is a cluster of fewer nodes. */
			ck_assert_uint_le(view.count, 3);
		}
		ck_assert_int_eq(
			read_copy(outputs[i].read, outputs[i].good, 0, &view),
			SMBMGMT_E_PROTOCOL);
	}
}
END_TEST

/* Any byte may become any other: no crash, no more than there is room for. */
START_TEST(spoilt)
{
	static const char with[] = "|:\n 0-9)\xff";
	struct sm_ctdb_view view;
	char text[1024];

	for (size_t i = 0; i < OUTPUTS; i++) {
		size_t len = strlen(outputs[i].good);

		for (size_t at = 0; at < len; at++) {
			/* The terminating NUL, too. */
			for (size_t k = 0; k < sizeof(with); k++) {
				memcpy(text, outputs[i].good, len);
				text[at] = with[k];
				read_copy(outputs[i].read, text, len, &view);
				ck_assert_uint_le(view.count, 4);
			}
		}
	}
}
END_TEST

START_TEST(refused)
{
	static const char *const nodes[] = {
		"",
		"\n",
		"|\n",
		"||\n",
		HEADER,
		HEADER NODE1,
		"connect() failed, errno=111\n",
		NODE0,
		HEADER NODE0 NODE0,
		HEADER NODE0 "|1|127.1.0.2|0|\n",
		HEADER NODE0 "|x|127.1.0.2|0|0|0|0|0|0|0|0|N|\n",
		HEADER NODE0 "|-1|127.1.0.2|0|0|0|0|0|0|0|0|N|\n",
		HEADER NODE0 "|4294967295|127.1.0.2|0|0|0|0|0|0|0|0|N|\n",
		HEADER NODE0 "|1|there|0|0|0|0|0|0|0|0|N|\n",
		HEADER NODE0 "|1||0|0|0|0|0|0|0|0|N|\n",
		HEADER NODE0 "|1|127.1.0.2|0|0|2|0|0|0|0|0|N|\n",
		HEADER NODE0 "|1|127.1.0.2|0|0|0|0|0|0|0|0|N\n",
	};
	static const char *const status[] = {
		STATUS(NORMAL, ""),
		STATUS(NORMAL, "hash:0\n"),
		STATUS(NORMAL, "hash:0 lmaster:x\n"),
		"Generation:1\nhash:0 lmaster:0\n",
		TWO "Recovery mode:NORMAL (0)\n",
	};
	struct sm_ctdb_view view;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		ck_assert_msg(read_copy(sm_ctdb_read_nodes, nodes[i],
					strlen(nodes[i]),
					&view) == SMBMGMT_E_PROTOCOL,
			      "%zu", i);
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		ck_assert_msg(read_copy(sm_ctdb_read_status, status[i],
					strlen(status[i]),
					&view) == SMBMGMT_E_PROTOCOL,
			      "%zu", i);
}
END_TEST

START_TEST(too_many)
{
	struct sm_ctdb_view view;
	struct sm_fail fail;
	char *text = malloc(1u << 20);
	size_t len = (size_t)sprintf(text, "%s", HEADER NODE0);

	for (int i = 1; i <= SM_CTDB_NODES; i++) {
		len += (size_t)sprintf(text + len,
				       "|%d|10.0.%d.%d|0|0|0|0|0|0|0|0|N|\n", i,
				       i / 256, i % 256);
		memset(&view, 0, sizeof(view));
		ck_assert_int_eq(sm_ctdb_read_nodes(text, len, &view, &fail),
				 i < SM_CTDB_NODES ? 0 : SMBMGMT_E_TOO_LARGE);
	}
	len = 0;
	for (int i = 0; i <= SM_CTDB_NODES; i++)
		len += (size_t)sprintf(text + len, "hash:%d lmaster:0\n", i);
	memset(&view, 0, sizeof(view));
	ck_assert_int_eq(sm_ctdb_read_status(text, len, &view, &fail),
			 SMBMGMT_E_PROTOCOL);
	free(text);
}
END_TEST

static const struct {
	const char *text;
	const char *names; /* of the three nodes */
} hosts[] = {
	{"", ",,"},
	{"127.1.0.1       a.example a\n127.1.0.3\tC c\n", "a.example,,C"},
	{"127.1.0.1 a", "a,,"},
	{"127.1.0.1\n127.9.0.1 x\n\n   \n", ",,"},
	/* What could be another node, a number or an address is no name. */
	{"127.1.0.1 a\n127.1.0.2 A\n127.1.0.3 c\n", ",,c"},
	{"127.1.0.1 2\n127.1.0.2 127.1.0.1\n127.1.0.3 fd00::1\n", ",,"},
	{"127.1.0.1 a b\n127.1.0.2 a\x1b[2J\n127.1.0.3 \xc3\xbc\n", "a,,"},
};

START_TEST(names)
{
	struct sm_ctdb_view view;
	struct sm_ctdb_names found;

	look(&view, WELL, STATISTICS("0", "0"), UPTIME("0.1"), NULL);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		char text[1024];

		sm_ctdb_read_hosts(hosts[i].text, strlen(hosts[i].text), &view,
				   &found);
		snprintf(text, sizeof(text), "%s,%s,%s", found.name[0],
			 found.name[1], found.name[2]);
		ck_assert_str_eq(text, hosts[i].names);
	}
}
END_TEST

/* Longer than a name, than a line, and without an end. */
START_TEST(long_names)
{
	struct sm_ctdb_view view;
	struct sm_ctdb_names found;
	char text[8192];

	look(&view, WELL, STATISTICS("0", "0"), UPTIME("0.1"), NULL);
	for (size_t len = 200; len < sizeof(text); len += 28) {
		size_t n = (size_t)sprintf(text, "127.1.0.1 ");

		memset(text + n, 'x', len - n);
		sm_ctdb_read_hosts(text, len, &view, &found);
		ck_assert_uint_eq(strlen(found.name[0]),
				  len - n < SM_CTDB_NAME ? len - n : 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ctdb");
	TCase *tcase = tcase_create("ctdb");

	tcase_add_test(tcase, reads);
	tcase_add_test(tcase, judges);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, spoilt);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, too_many);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, long_names);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
