/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The wsman transport's listing and closing, over a connection that plays a
 * script: what is asked for, in which way, and how often.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "transport/wsman/conn.h"

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

/*
 * An answer as a text: digits, how many sessions it has; `c` a context for the
 * next Pull, `e` the end; else one letter for what goes wrong:
 */
static const struct {
	char letter;
	enum sm_wsman_trouble trouble;
} letters[] = {
	{'K', SM_WSMAN_NO_CLASS},      {'S', SM_WSMAN_TOO_SMALL},
	{'W', SM_WSMAN_NO_WQL},	       {'X', SM_WSMAN_NO_CONTEXT},
	{'D', SM_WSMAN_ACCESS_DENIED}, {'G', SM_WSMAN_NO_INSTANCE},
	{'Q', SM_WSMAN_QUOTA},	       {'N', SM_WSMAN_NO_SELECTOR},
};

static struct sm_transport_conn conn;
static const char *const *answers;
static char asked[256]; /* a letter for each, see note() */
static bool forever;	/* the last answer is given again and again */
static size_t rows;
static size_t stop_at;

/* E, P, R, C; small: in the WMI form; `?` before one with a query. */
static void note(const struct sm_out *message)
{
	static const char *const actions[] = {"Enumerate<", "Pull<", "Release<",
					      "ForceClose<"};
	const char *text = (const char *)message->data;
	char *end = asked + strlen(asked);
	char letter = '!';
	size_t i = 0;

	for (i = 0; i < 4; i++)
		if (memmem(text, message->len, actions[i],
			   strlen(actions[i])) != NULL)
			letter = "EPRC"[i];
	if (memmem(text, message->len, "/wsman/1/wmi/", 13) != NULL &&
	    memmem(text, message->len, "cim-schema/2/MSFT", 17) == NULL &&
	    memmem(text, message->len, "SELECT", 6) == NULL)
		letter = (char)(letter + 'a' - 'A');
	if (strlen(asked) + 3 > sizeof(asked))
		return;
	if (letter == 'E' && memmem(text, message->len, "SELECT", 6) != NULL)
		*end++ = '?';
	*end++ = letter;
	*end = '\0';
}

static int hand_out(const struct sm_question *question, int count,
		    struct sm_fail *fail)
{
	int ret = 0;

	while (question->session != NULL && ret == 0 && count-- > 0) {
		struct sm_row row = {.have = SMBMGMT_FIELD_ID, .id = 1};

		ret = question->session(question->userdata, &row, fail);
	}
	return ret;
}

static bool set_fault(struct sm_wsman_answer *answer, char letter)
{
	size_t i = 0;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (letters[i].letter != letter)
			continue;
		answer->faulted = true;
		answer->fault.trouble = letters[i].trouble;
	}
	return answer->faulted;
}

int sm_ask(struct sm_transport_conn *c, const struct sm_question *question,
	   struct sm_wsman_answer *answer, struct sm_fail *fail)
{
	const char *text = *answers;

	(void)c;
	memset(answer, 0, sizeof(*answer));
	note(question->message);
	ck_assert_msg(text != NULL, "asked %s, and no more was expected",
		      asked);
	if (!forever || answers[1] != NULL)
		answers++;
	if (set_fault(answer, text[0]))
		return 0;
	if (text[0] == 'L')
		return sm_fail(fail, SMBMGMT_E_CONNECTION_LOST, "lost");
	if (text[0] == '5')
		return sm_fail_native(fail, SMBMGMT_E_SERVER,
				      SMBMGMT_NATIVE_HTTP, 500, "empty");
	if (text[0] == 'V') {
		answer->has_return = true;
		answer->return_value = (uint32_t)atoi(text + 1);
		return 0;
	}
	answer->items = (size_t)atoi(text);
	answer->end = strchr(text, 'e') != NULL;
	if (strchr(text, 'c') != NULL)
		answer->context = strdup("uuid:context");
	return hand_out(question, (int)answer->items, fail);
}

int sm_request_make(const struct sm_transport_conn *c,
		    struct sm_wsman_request *request, struct sm_fail *fail)
{
	(void)fail;
	memset(request, 0, sizeof(*request));
	request->to = "http://server:5985/wsman";
	request->max_envelope = c->envelope;
	request->form = c->form;
	snprintf(request->id, sizeof(request->id), "uuid:1");
	return 0;
}

void sm_http_set_deadline(struct sm_http *http, int64_t deadline)
{
	(void)http;
	(void)deadline;
}

uint32_t sm_http_left(const struct sm_http *http)
{
	(void)http;
	return 60000;
}

static int take_row(void *userdata, const struct sm_row *row,
		    struct sm_fail *fail)
{
	(void)userdata;
	(void)row;
	rows++;
	return rows == stop_at ? sm_fail(fail, SMBMGMT_E_PROTOCOL, "stop") : 0;
}

static void begin(const char *const *script)
{
	memset(&conn, 0, sizeof(conn));
	conn.envelope = SM_WSMAN_ENVELOPE;
	conn.ready = true;
	answers = script;
	asked[0] = '\0';
	forever = false;
	rows = 0;
	stop_at = 0;
}

static int list(bool with_query, struct sm_fail *fail)
{
	static const struct sm_sink sink = {.row = take_row};
	struct sm_query query = {.deadline = 60000};

	if (with_query) {
		query.select.count = 1;
		query.select.items[0].property = SM_SELECTED_ID;
		query.select.items[0].first = 7;
		query.select.items[0].last = 7;
	}
	return sm_list(&conn, &query, &sink, fail);
}

static const struct {
	const char *answers[6];
	const char *asked;
	size_t rows;
	int code;
	bool query;
} lists[] = {
	{{"3e"}, "E", 3, 0, false},
	{{"0e"}, "E", 0, 0, false},
	{{"0c", "2c", "1e"}, "EPP", 3, 0, false},
	{{"2c", "0c", "0e"}, "EPP", 2, 0, false},
	/* A Pull's answer may leave the context out, an Enumerate's not. */
	{{"1c", "1", "1e"}, "EPP", 3, 0, false},
	{{"1"}, "E", 1, SMBMGMT_E_PROTOCOL, false},
	/* In another way: once each, and only before the first session. */
	{{"K", "2e"}, "Ee", 2, 0, false},
	{{"K", "N", "2e"}, "Eee", 2, 0, false},
	{{"K", "N", "N"}, "Eee", 0, SMBMGMT_E_NO_SERVICE, false},
	{{"N", "1e"}, "?EE", 1, 0, true},
	{{"K", "1e"}, "?EE", 1, 0, true},
	{{"K", "K", "1e"}, "?EEe", 1, 0, true},
	{{"1c", "K"}, "EP", 1, SMBMGMT_E_NO_SERVICE, false},
	{{"S", "2e"}, "EE", 2, 0, false},
	{{"S", "S"}, "EE", 0, SMBMGMT_E_TOO_LARGE, false},
	{{"1c", "S"}, "EP", 1, SMBMGMT_E_TOO_LARGE, false},
	{{"0c", "S", "1e"}, "EPE", 1, 0, false},
	{{"W", "2e"}, "?EE", 2, 0, true},
	{{"5", "2e"}, "?EE", 2, 0, true},
	{{"W"}, "E", 0, SMBMGMT_E_NOT_SUPPORTED, false},
	{{"5"}, "E", 0, SMBMGMT_E_SERVER, false},
	{{"1c", "X"}, "EP", 1, SMBMGMT_E_SERVER, false},
	{{"D"}, "E", 0, SMBMGMT_E_LIST_DENIED, false},
	{{"1c", "D"}, "EP", 1, SMBMGMT_E_LIST_DENIED, false},
	{{"Q"}, "E", 0, SMBMGMT_E_QUOTA, false},
	{{"1c", "L"}, "EP", 1, SMBMGMT_E_CONNECTION_LOST, false},
};

START_TEST(test_list)
{
	struct sm_fail fail = {0};

	begin(lists[_i].answers);
	ck_assert_int_eq(list(lists[_i].query, &fail), lists[_i].code);
	ck_assert_str_eq(asked, lists[_i].asked);
	ck_assert_uint_eq(rows, lists[_i].rows);
	ck_assert_ptr_null(*answers);
}
END_TEST

/* What a server cannot do it is not asked for once more. */
START_TEST(test_remembers)
{
	static const char *const script[] = {"K", "S", "1e", "1e", NULL};
	struct sm_fail fail = {0};

	begin(script);
	ck_assert_int_eq(list(false, &fail), 0);
	asked[0] = '\0';
	ck_assert_int_eq(list(false, &fail), 0);
	ck_assert_str_eq(asked, "e");
	ck_assert_uint_gt(conn.envelope, SM_WSMAN_ENVELOPE);
}
END_TEST

/* Whoever stops early says so to the server. */
START_TEST(test_stops)
{
	static const char *const script[] = {"1c", "3c", "0", NULL};
	struct sm_fail fail = {0};

	begin(script);
	stop_at = 2;
	ck_assert_int_eq(list(false, &fail), SMBMGMT_E_PROTOCOL);
	ck_assert_str_eq(fail.text, "stop");
	ck_assert_str_eq(asked, "EPR");
	ck_assert_uint_eq(rows, 2);
}
END_TEST

/* A listing that never ends, with nothing in it, and with sessions. */
START_TEST(test_endless)
{
	static const char *const nothing[] = {"0c", NULL};
	static const char *const sessions[] = {"6000c", NULL};
	struct sm_fail fail = {0};

	begin(nothing);
	forever = true;
	ck_assert_int_eq(list(false, &fail), SMBMGMT_E_PROTOCOL);
	begin(sessions);
	forever = true;
	ck_assert_int_eq(list(false, &fail), SMBMGMT_E_TOO_LARGE);
	ck_assert_uint_le(rows, 500000);
}
END_TEST

static const struct {
	const char *answers[4];
	const char *asked;
	int code;
} closes[] = {
	{{"0"}, "C", 0},
	{{"V0"}, "C", 0},
	{{"V1"}, "C", SMBMGMT_E_SERVER},
	{{"V5"}, "C", SMBMGMT_E_CLOSE_DENIED},
	{{"G"}, "C", SMBMGMT_E_GONE},
	{{"D"}, "C", SMBMGMT_E_CLOSE_DENIED},
	{{"Q"}, "C", SMBMGMT_E_QUOTA},
	{{"5"}, "C", SMBMGMT_E_SERVER},
	{{"L"}, "C", SMBMGMT_E_CONNECTION_LOST},
	/* Twice only where the first was not carried out for sure. */
	{{"K", "0"}, "Cc", 0},
	{{"K", "N", "0"}, "Ccc", 0},
	{{"K", "N", "N"}, "Ccc", SMBMGMT_E_NO_SERVICE},
	{{"K", "G"}, "Cc", SMBMGMT_E_PROTOCOL},
	{{"K", "L"}, "Cc", SMBMGMT_E_CONNECTION_LOST},
};

START_TEST(test_close)
{
	struct sm_close close = {.unit = SM_UNIT_SESSION, .id = 7};
	struct sm_fail fail = {0};

	begin(closes[_i].answers);
	ck_assert_int_eq(sm_close_session(&conn, &close, &fail),
			 closes[_i].code);
	ck_assert_str_eq(asked, closes[_i].asked);
	ck_assert_ptr_null(*answers);
	if (closes[_i].code == SMBMGMT_E_CONNECTION_LOST)
		ck_assert_ptr_nonnull(strstr(fail.text, "may have happened"));
}
END_TEST

START_TEST(test_close_unit)
{
	static const char *const script[] = {NULL};
	struct sm_close close = {.unit = SM_UNIT_CLIENT_USER, .id = 7};
	struct sm_fail fail = {0};

	begin(script);
	ck_assert_int_eq(sm_close_session(&conn, &close, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	ck_assert_str_eq(asked, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman_list");
	TCase *tcase = tcase_create("wsman_list");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_list, 0, COUNT(lists));
	tcase_add_test(tcase, test_remembers);
	tcase_add_test(tcase, test_stops);
	tcase_add_test(tcase, test_endless);
	tcase_add_loop_test(tcase, test_close, 0, COUNT(closes));
	tcase_add_test(tcase, test_close_unit);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
