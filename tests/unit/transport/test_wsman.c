/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The wsman transport's decisions: how to log on, until when, what is offered.
 */
#include <stdint.h>
#include <string.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "suite.h"
#include "transport/wsman/choice.h"
#include "transport/wsman/offers.h"
#include "transport/wsman/ticket_errors.h"
#include "util/clock.h"
#include "util/step.h"

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

#define NEGOTIATE SMBMGMT_AUTH_NEGOTIATE
#define KERBEROS SMBMGMT_AUTH_KERBEROS
#define NTLM SMBMGMT_AUTH_NTLM
#define BASIC SMBMGMT_AUTH_BASIC
#define OFF SMBMGMT_KERBEROS_OFF
#define REQUIRED SMBMGMT_KERBEROS_REQUIRED

/* @way: K and N for the two in Negotiate, B, C; "": refused. */
static const struct {
	const char *way;
	const char *host;
	const char *user;
	const char *password;
	uint32_t auth;
	uint32_t kerberos;
	bool tls;
	bool allow_plaintext;
	const char *cert;
} choices[] = {
	{"N", "srv", "u", "p", NTLM, OFF, false, false, NULL},
	{"", "srv", "u", "", NTLM, OFF, false, false, NULL},
	{"N", "10.0.0.5", "u", "p", NTLM, OFF, true, false, NULL},
	{"", "srv", "u", NULL, NTLM, OFF, false, false, NULL},
	{"", "srv", NULL, NULL, NTLM, OFF, false, false, NULL},
	{"", "srv", "", "p", NTLM, OFF, false, false, NULL},
	{"", "srv", "u", "p", NTLM, REQUIRED, false, false, NULL},
	/* Kerberos and no other. */
	{"K", "srv", "u", "p", KERBEROS, OFF, false, false, NULL},
	{"K", "srv", NULL, NULL, KERBEROS, OFF, false, false, NULL},
	{"", "10.0.0.5", "u", "p", KERBEROS, OFF, false, false, NULL},
	{"", "fe80::1", "u", "p", KERBEROS, OFF, false, false, NULL},
	{"", "localhost", "u", "p", KERBEROS, OFF, false, false, NULL},
	/* Both, if there is something for both. */
	{"KN", "srv", "u", "p", NEGOTIATE, OFF, false, false, NULL},
	{"K", "srv", "u", NULL, NEGOTIATE, OFF, false, false, NULL},
	{"K", "srv", "u", "", NEGOTIATE, OFF, false, false, NULL},
	{"K", "srv", NULL, NULL, NEGOTIATE, OFF, false, false, NULL},
	{"K", "srv", "u", "p", NEGOTIATE, REQUIRED, false, false, NULL},
	{"N", "10.0.0.5", "u", "p", NEGOTIATE, OFF, false, false, NULL},
	{"", "10.0.0.5", "u", "p", NEGOTIATE, REQUIRED, false, false, NULL},
	{"", "10.0.0.5", NULL, NULL, NEGOTIATE, OFF, false, false, NULL},
	/* Basic shows the password. */
	{"B", "srv", "u", "p", BASIC, OFF, true, false, NULL},
	{"B", "srv", "u", "p", BASIC, OFF, false, true, NULL},
	{"", "srv", "u", "p", BASIC, OFF, false, false, NULL},
	{"", "srv", "u", NULL, BASIC, OFF, true, false, NULL},
	{"", "srv", "a:b", "p", BASIC, OFF, true, false, NULL},
	{"", "srv", "u", "p", BASIC, REQUIRED, true, false, NULL},
	/* A client certificate logs on where nobody is named. */
	{"C", "srv", NULL, NULL, NTLM, OFF, true, false, "/c"},
	{"N", "srv", "u", "p", NTLM, OFF, true, false, "/c"},
	{"K", "srv", NULL, NULL, KERBEROS, OFF, true, false, "/c"},
	{"K", "srv", NULL, NULL, NEGOTIATE, REQUIRED, true, false, "/c"},
	{"", "srv", NULL, NULL, NTLM, OFF, false, false, "/c"},
	{"", "srv", "u", "p", SMBMGMT_AUTH_DEFAULT, OFF, true, false, NULL},
	{"", "srv", "u", "p", 99, OFF, true, false, NULL},
};

START_TEST(test_choice)
{
	struct sm_target target = {
		.host = choices[_i].host,
		.user = choices[_i].user,
		.password = choices[_i].password,
		.auth = choices[_i].auth,
		.kerberos = choices[_i].kerberos,
		.tls = choices[_i].tls,
		.allow_plaintext = choices[_i].allow_plaintext,
		.client_cert = choices[_i].cert,
	};
	const char *way = choices[_i].way;
	struct sm_choice choice;
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_choose(&target, &choice, &fail),
			 way[0] == '\0' ? SMBMGMT_E_INVALID : 0);
	if (way[0] == '\0') {
		ck_assert_str_ne(fail.text, "");
		return;
	}
	ck_assert_int_eq(choice.kerberos, strchr(way, 'K') != NULL);
	ck_assert_int_eq(choice.ntlm, strchr(way, 'N') != NULL);
	ck_assert_int_eq(choice.basic, strchr(way, 'B') != NULL);
	ck_assert_int_eq(choice.certificate, strchr(way, 'C') != NULL);
}
END_TEST

#define KRB5(number) (-1765328384 + (number))

/* Of Kerberos' errors: what they are, and whether NTLM is tried then. */
static const struct {
	int32_t number;
	int code;
	bool goes_on;
} tickets[] = {
	{KRB5(1), SMBMGMT_E_ACCOUNT_DISABLED, false},
	{KRB5(6), SMBMGMT_E_LOGON_FAILED, true},
	{KRB5(7), SMBMGMT_E_TICKET_REFUSED, true},
	{KRB5(12), SMBMGMT_E_ACCOUNT_RESTRICTED, false},
	{KRB5(18), SMBMGMT_E_ACCOUNT_DISABLED, false},
	{KRB5(23), SMBMGMT_E_ACCOUNT_RESTRICTED, false},
	{KRB5(24), SMBMGMT_E_LOGON_FAILED, false},
	{KRB5(31), SMBMGMT_E_LOGON_FAILED, false},
	{KRB5(32), SMBMGMT_E_TICKET_EXPIRED, true},
	{KRB5(37), SMBMGMT_E_TICKET_REFUSED, true},
	{KRB5(141), SMBMGMT_E_NO_TICKET, true},
	{KRB5(154), SMBMGMT_E_KDC_UNREACHABLE, true},
	{KRB5(156), SMBMGMT_E_KDC_UNREACHABLE, true},
	{KRB5(195), SMBMGMT_E_NO_TICKET, true},
	{12345, SMBMGMT_E_TICKET_REFUSED, true},
};

START_TEST(test_ticket)
{
	const struct sm_choice both = {.kerberos = true, .ntlm = true};
	const struct sm_choice alone = {.kerberos = true};
	struct sm_fail fail = {0};
	int code = sm_ticket_failed("u@R", "HTTP/srv", tickets[_i].number,
				    "words\nmore", &fail);

	ck_assert_int_eq(code, tickets[_i].code);
	ck_assert_int_eq(fail.code, code);
	ck_assert_ptr_eq(strstr(fail.text, "u@R for HTTP/srv: "), fail.text);
	ck_assert_ptr_null(strchr(fail.text, '\n'));
	ck_assert_int_eq(sm_choice_goes_on(&both, code, tickets[_i].number),
			 tickets[_i].goes_on);
	ck_assert_int_eq(sm_choice_goes_on(&alone, code, tickets[_i].number),
			 false);
}
END_TEST

/* Not after what has nothing to do with Kerberos. */
START_TEST(test_goes_on)
{
	const struct sm_choice both = {.kerberos = true, .ntlm = true};

	ck_assert(sm_choice_goes_on(&both, SMBMGMT_E_INVALID, 0));
	ck_assert(!sm_choice_goes_on(&both, SMBMGMT_E_ACCESS_DENIED, 0));
	ck_assert(!sm_choice_goes_on(&both, SMBMGMT_E_CONNECTION_REFUSED, 0));
	ck_assert(!sm_choice_goes_on(&both, SMBMGMT_E_CERTIFICATE, 0));
	ck_assert(!sm_choice_goes_on(&both, SMBMGMT_E_ENCRYPTION_REFUSED, 0));
	ck_assert(!sm_choice_goes_on(&both, SMBMGMT_E_NEGOTIATION, 0));
	ck_assert(!sm_choice_goes_on(&both, SMBMGMT_E_NOMEM, 0));
}
END_TEST

/* Milliseconds that a step has, and what is left for us of them. */
static const struct {
	uint32_t given;
	int64_t ours;
} steps[] = {
	{1, 1},	      {8, 7},
	{800, 700},   {8000, 7000},
	{8800, 7800}, {60000, 59000},
	{0, 29000},   {UINT32_MAX, (int64_t)UINT32_MAX - 1000},
};

START_TEST(test_step)
{
	int64_t now = 5 * SM_SECOND;

	ck_assert_int_eq(sm_step_deadline(now, steps[_i].given) - now,
			 steps[_i].ours * SM_MS);
}
END_TEST

START_TEST(test_left)
{
	int64_t now = 5 * SM_SECOND;

	ck_assert_uint_eq(sm_step_left(now, now + 250 * SM_MS), 250);
	ck_assert_uint_eq(sm_step_left(now, now + SM_MS - 1), 0);
	ck_assert_uint_eq(sm_step_left(now, now), 0);
	ck_assert_uint_eq(sm_step_left(now, now - SM_SECOND), 0);
	ck_assert_uint_eq(sm_step_left(0, INT64_MAX), INT32_MAX);
	/* The server is never told that there is no bound. */
	ck_assert_uint_eq(sm_step_operation(0), 1);
	ck_assert_uint_eq(sm_step_operation(1), 1);
	ck_assert_uint_eq(sm_step_operation(800), 700);
	ck_assert_uint_eq(sm_step_operation(60000), 59000);
}
END_TEST

/* A header's value; what it offers, and the token that comes with it. */
static const struct {
	const char *value;
	bool negotiate;
	bool basic;
	bool kerberos;
	const char *token;
	const char *names;
} offers[] = {
	{"Negotiate", true, false, false, NULL, "Negotiate"},
	{"negotiate YWJj", true, false, false, "YWJj", "negotiate"},
	{"Negotiate oQcwBQ==", true, false, false, "oQcwBQ==", "Negotiate"},
	{"Negotiate  YWJj , Kerberos", true, false, true, "YWJj",
	 "Negotiate, Kerberos"},
	{"Basic realm=\"WSMAN\"", false, true, false, NULL, "Basic"},
	{"Basic realm=\"a, Negotiate x\", charset=\"UTF-8\"", false, true,
	 false, NULL, "Basic"},
	{"Basic realm=\"a\\\", Negotiate\"", false, true, false, NULL, "Basic"},
	{"Basic realm=WSMAN, Negotiate", true, true, false, NULL,
	 "Basic, Negotiate"},
	{"Basic realm = \"x\", Negotiate, Kerberos", true, true, true, NULL,
	 "Basic, Negotiate, Kerberos"},
	{"NTLM TlRM", false, false, false, NULL, "NTLM"},
	{"Negotiated YWJj", false, false, false, NULL, "Negotiated"},
	{",, ,Negotiate", true, false, false, NULL, "Negotiate"},
	{"", false, false, false, NULL, ""},
	{"\"", false, false, false, NULL, ""},
	{"Basic realm=\"never closed, Negotiate", false, true, false, NULL,
	 "Basic"},
	{"ANameThatIsFarTooLongForAScheme x", false, false, false, NULL, ""},
};

START_TEST(test_offers)
{
	struct sm_offers got = {0};

	sm_offers_add(&got, offers[_i].value, strlen(offers[_i].value));
	ck_assert_int_eq(got.negotiate, offers[_i].negotiate);
	ck_assert_int_eq(got.basic, offers[_i].basic);
	ck_assert_int_eq(got.kerberos, offers[_i].kerberos);
	ck_assert_pstr_eq(got.token, offers[_i].token);
	ck_assert_str_eq(got.names, offers[_i].names);
	sm_offers_clear(&got);
}
END_TEST

/* Several headers; the first token is the one, and names have a bound. */
START_TEST(test_offers_many)
{
	struct sm_offers got = {0};
	int i = 0;

	sm_offers_add(&got, "Basic realm=\"x\"", 15);
	sm_offers_add(&got, "Negotiate YWJj", 14);
	sm_offers_add(&got, "Negotiate ZGVm", 14);
	ck_assert(got.negotiate && got.basic);
	ck_assert_str_eq(got.token, "YWJj");
	for (i = 0; i < 1000; i++)
		sm_offers_add(&got, "Digest", 6);
	ck_assert_uint_lt(strlen(got.names), sizeof(got.names));
	sm_offers_clear(&got);
	ck_assert_ptr_null(got.token);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman");
	TCase *tcase = tcase_create("wsman");

	tcase_add_loop_test(tcase, test_choice, 0, COUNT(choices));
	tcase_add_loop_test(tcase, test_ticket, 0, COUNT(tickets));
	tcase_add_test(tcase, test_goes_on);
	tcase_add_loop_test(tcase, test_step, 0, COUNT(steps));
	tcase_add_test(tcase, test_left);
	tcase_add_loop_test(tcase, test_offers, 0, COUNT(offers));
	tcase_add_test(tcase, test_offers_many);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
