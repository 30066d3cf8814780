/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The wsman transport's errors: each status, fault and trouble has its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "transport/wsman/certificate.h"
#include "transport/wsman/faults.h"
#include "transport/wsman/status.h"
#include "transport/wsman/trouble.h"

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

/* Of HTTP's statuses: the code when connecting, listing and closing. */
static const struct {
	long status;
	bool plain; /* Basic, over HTTP, and no body */
	int codes[3];
} statuses[] = {
	{302, false, {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_SERVER}},
	{401,
	 false,
	 {SMBMGMT_E_LOGON_FAILED, SMBMGMT_E_LOGON_FAILED,
	  SMBMGMT_E_LOGON_FAILED}},
	{403,
	 false,
	 {SMBMGMT_E_ACCESS_DENIED, SMBMGMT_E_ACCESS_DENIED,
	  SMBMGMT_E_ACCESS_DENIED}},
	{404,
	 false,
	 {SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE}},
	{405,
	 false,
	 {SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE}},
	{429, false, {SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA}},
	{503, false, {SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA}},
	{500,
	 true,
	 {SMBMGMT_E_NEGOTIATION, SMBMGMT_E_NEGOTIATION, SMBMGMT_E_NEGOTIATION}},
	/* What closes with these may have been closed. */
	{500,
	 false,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_CONNECTION_LOST}},
	{502,
	 false,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_CONNECTION_LOST}},
	{504,
	 true,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_CONNECTION_LOST}},
	{299,
	 false,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_CONNECTION_LOST}},
};

START_TEST(test_status)
{
	int doing = 0;

	for (doing = 0; doing < 3; doing++) {
		struct sm_status status = {
			.status = statuses[_i].status,
			.scheme = statuses[_i].plain ? SM_SCHEME_BASIC
						     : SM_SCHEME_NEGOTIATE,
			.sealed = !statuses[_i].plain,
			.empty = true,
			.doing = (enum sm_doing)doing,
		};
		struct sm_fail fail = {0};

		ck_assert_int_eq(sm_status_fail(&status, &fail),
				 statuses[_i].codes[doing]);
		ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_HTTP);
		ck_assert_uint_eq(fail.native, (uint32_t)status.status);
	}
}
END_TEST

/* A wrong password, or a way to log on that is not offered? */
START_TEST(test_offered)
{
	struct sm_offers offers = {.basic = true, .names = "Basic"};
	struct sm_status status = {
		.status = 401,
		.scheme = SM_SCHEME_NEGOTIATE,
		.offers = &offers,
	};
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_status_fail(&status, &fail), SMBMGMT_E_NEGOTIATION);
	ck_assert_ptr_nonnull(strstr(fail.text, "offers: Basic"));
	status.scheme = SM_SCHEME_BASIC;
	ck_assert_int_eq(sm_status_fail(&status, &fail),
			 SMBMGMT_E_LOGON_FAILED);
	status.scheme = SM_SCHEME_CERTIFICATE;
	ck_assert_int_eq(sm_status_fail(&status, &fail),
			 SMBMGMT_E_LOGON_FAILED);
	ck_assert_ptr_nonnull(strstr(fail.text, "certificate"));
}
END_TEST

/* Of faults, the same three. */
static const struct {
	enum sm_wsman_trouble trouble;
	int codes[3];
} faults[] = {
	{SM_WSMAN_OTHER,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_SERVER}},
	{SM_WSMAN_ACCESS_DENIED,
	 {SMBMGMT_E_ACCESS_DENIED, SMBMGMT_E_LIST_DENIED,
	  SMBMGMT_E_CLOSE_DENIED}},
	{SM_WSMAN_NO_INSTANCE,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_GONE}},
	{SM_WSMAN_NO_CLASS,
	 {SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE}},
	{SM_WSMAN_NO_SELECTOR,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_SERVER}},
	{SM_WSMAN_UNTOLD,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_PROTOCOL}},
	{SM_WSMAN_SLOW,
	 {SMBMGMT_E_TIMED_OUT, SMBMGMT_E_TIMED_OUT, SMBMGMT_E_TIMED_OUT}},
	{SM_WSMAN_QUOTA, {SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA}},
	{SM_WSMAN_NO_CONTEXT,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_SERVER}},
	{SM_WSMAN_TOO_SMALL,
	 {SMBMGMT_E_TOO_LARGE, SMBMGMT_E_TOO_LARGE, SMBMGMT_E_TOO_LARGE}},
	{SM_WSMAN_NO_WQL,
	 {SMBMGMT_E_NOT_SUPPORTED, SMBMGMT_E_NOT_SUPPORTED,
	  SMBMGMT_E_NOT_SUPPORTED}},
	{SM_WSMAN_NO_OPTION,
	 {SMBMGMT_E_NOT_SUPPORTED, SMBMGMT_E_NOT_SUPPORTED,
	  SMBMGMT_E_NOT_SUPPORTED}},
	{(enum sm_wsman_trouble)99,
	 {SMBMGMT_E_SERVER, SMBMGMT_E_SERVER, SMBMGMT_E_SERVER}},
};

START_TEST(test_fault)
{
	struct sm_wsman_fault fault = {
		.trouble = faults[_i].trouble,
		.has_code = true,
		.code = 0x80338029,
		.has_cim = true,
		.cim = 6,
		.text = "Its own words.",
	};
	struct sm_fail fail = {0};
	int doing = 0;

	for (doing = 0; doing < 3; doing++)
		ck_assert_int_eq(
			sm_fault_fail(&fault, (enum sm_doing)doing, &fail),
			faults[_i].codes[doing]);
	ck_assert_ptr_nonnull(strstr(fail.text, "Its own words."));
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_WSMAN);
	ck_assert_uint_eq(fail.native, 0x80338029);
	fault.has_code = false;
	fault.text[0] = '\0';
	snprintf(fault.subcode, sizeof(fault.subcode), "InternalError");
	sm_fault_fail(&fault, SM_DOING_LIST, &fail);
	ck_assert_ptr_nonnull(strstr(fail.text, "InternalError"));
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_CIM);
	ck_assert_uint_eq(fail.native, 6);
	fault.has_cim = false;
	fault.subcode[0] = '\0';
	sm_fault_fail(&fault, SM_DOING_LIST, &fail);
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_NONE);
}
END_TEST

START_TEST(test_returned)
{
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_fault_returned(5, &fail), SMBMGMT_E_CLOSE_DENIED);
	ck_assert_int_eq(sm_fault_returned(1, &fail), SMBMGMT_E_SERVER);
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_WERROR);
	ck_assert_uint_eq(fail.native, 1);
}
END_TEST

/* Of libcurl's errors: before anything was sent, and afterwards. */
static const struct {
	CURLcode code;
	long number;
	int before;
	int after;
} troubles[] = {
	{CURLE_COULDNT_RESOLVE_HOST, 0, SMBMGMT_E_HOST_UNKNOWN,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_COULDNT_CONNECT, ECONNREFUSED, SMBMGMT_E_CONNECTION_REFUSED,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_COULDNT_CONNECT, ETIMEDOUT, SMBMGMT_E_TIMED_OUT,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_COULDNT_CONNECT, EHOSTUNREACH, SMBMGMT_E_UNREACHABLE,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_COULDNT_CONNECT, 0, SMBMGMT_E_UNREACHABLE,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_OPERATION_TIMEDOUT, 0, SMBMGMT_E_TIMED_OUT, SMBMGMT_E_TIMED_OUT},
	{CURLE_GOT_NOTHING, 0, SMBMGMT_E_CONNECTION_LOST,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_SEND_ERROR, 0, SMBMGMT_E_CONNECTION_LOST,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_RECV_ERROR, 0, SMBMGMT_E_CONNECTION_LOST,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_PARTIAL_FILE, 0, SMBMGMT_E_CONNECTION_LOST,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_PEER_FAILED_VERIFICATION, 0, SMBMGMT_E_CERTIFICATE,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_SSL_CONNECT_ERROR, 0, SMBMGMT_E_NEGOTIATION,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_SSL_CACERT_BADFILE, 0, SMBMGMT_E_CERTIFICATE,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_SSL_CERTPROBLEM, 0, SMBMGMT_E_INVALID,
	 SMBMGMT_E_CONNECTION_LOST},
	{CURLE_WEIRD_SERVER_REPLY, 0, SMBMGMT_E_PROTOCOL, SMBMGMT_E_PROTOCOL},
	{CURLE_UNSUPPORTED_PROTOCOL, 0, SMBMGMT_E_PROTOCOL, SMBMGMT_E_PROTOCOL},
	{CURLE_URL_MALFORMAT, 0, SMBMGMT_E_INVALID, SMBMGMT_E_CONNECTION_LOST},
	{CURLE_OUT_OF_MEMORY, 0, SMBMGMT_E_NOMEM, SMBMGMT_E_TOO_LARGE},
	{CURLE_BAD_FUNCTION_ARGUMENT, 0, SMBMGMT_E_SYSTEM,
	 SMBMGMT_E_CONNECTION_LOST},
};

START_TEST(test_trouble)
{
	struct sm_trouble trouble = {
		.code = troubles[_i].code,
		.number = troubles[_i].number,
		.host = "server",
		.where = "10.0.0.5",
		.port = 5985,
		.detail = "",
	};
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_trouble_fail(&trouble, &fail), troubles[_i].before);
	ck_assert_str_ne(fail.text, "");
	trouble.sent = true;
	ck_assert_int_eq(sm_trouble_fail(&trouble, &fail), troubles[_i].after);
	/* Another connection was not made, and nothing was sent. */
	trouble.sent = false;
	trouble.refused = true;
	ck_assert_int_eq(sm_trouble_fail(&trouble, &fail),
			 SMBMGMT_E_CONNECTION_LOST);
}
END_TEST

START_TEST(test_too_long)
{
	struct sm_trouble trouble = {
		.code = CURLE_WRITE_ERROR,
		.sent = true,
		.where = "10.0.0.5",
		.detail = "",
	};
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_trouble_fail(&trouble, &fail), SMBMGMT_E_NOMEM);
	trouble.over = true;
	ck_assert_int_eq(sm_trouble_fail(&trouble, &fail), SMBMGMT_E_TOO_LARGE);
}
END_TEST

/* Made with `openssl req -x509`; valid from November 2026 to 2036. */
static const char sha256_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBozCCAUigAwIBAgIUeQb9Qyphjla8oZ6w3AVcH8g7rs4wCgYIKoZIzj0EAwIw\n"
	"GTEXMBUGA1UEAwwOc2VydmVyLmV4YW1wbGUwHhcNMjYxMTIxMTEwMTA4WhcNMzYx\n"
	"MTE4MTEwMTA4WjAZMRcwFQYDVQQDDA5zZXJ2ZXIuZXhhbXBsZTBZMBMGByqGSM49\n"
	"AgEGCCqGSM49AwEHA0IABCYl2b2O2zbcZFFT8ecfggsHQ8edj1/RvtRRZDoHKz8Z\n"
	"DyJCQRePt+4+WRTF+rRT1wZVePwD/Iw+ah45JQivZ7OjbjBsMB0GA1UdDgQWBBQ9\n"
	"4GdDkfeltc4kviu9l+MnuAF8MjAfBgNVHSMEGDAWgBQ94GdDkfeltc4kviu9l+Mn\n"
	"uAF8MjAPBgNVHRMBAf8EBTADAQH/MBkGA1UdEQQSMBCCDnNlcnZlci5leGFtcGxl\n"
	"MAoGCCqGSM49BAMCA0kAMEYCIQCYbTLR3jzxL+PogWT4Eb8qXoLSQsPv6KrCfE4t\n"
	"Bug7ZgIhAKyy+oKyI5UHwDYeXG9cTFG7qTI4gnotaQFRxLWzAdOe\n"
	"-----END CERTIFICATE-----\n";

static const char sha384_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBojCCAUigAwIBAgIUK0VEmXIs7xThULjvFl0xUmCF0xAwCgYIKoZIzj0EAwMw\n"
	"GTEXMBUGA1UEAwwOc2VydmVyLmV4YW1wbGUwHhcNMjYxMTIxMTEwMTA5WhcNMzYx\n"
	"MTE4MTEwMTA5WjAZMRcwFQYDVQQDDA5zZXJ2ZXIuZXhhbXBsZTBZMBMGByqGSM49\n"
	"AgEGCCqGSM49AwEHA0IABBPvFUADPAkWrLgZVZ/auGXuKFrVfPG1K717uGchCEU2\n"
	"8zE9fsOrKy857k9hrbCVJUq/ASDLevfqYWuwVwr2wSGjbjBsMB0GA1UdDgQWBBR1\n"
	"lrYIJVm90SZ8nghqgQ40u61LBTAfBgNVHSMEGDAWgBR1lrYIJVm90SZ8nghqgQ40\n"
	"u61LBTAPBgNVHRMBAf8EBTADAQH/MBkGA1UdEQQSMBCCDnNlcnZlci5leGFtcGxl\n"
	"MAoGCCqGSM49BAMDA0gAMEUCIAH5Tk8Fj9gLsYmj8z2E5fai4taOgV+D+jiB9Gaq\n"
	"i1Z5AiEAhOy5r9i4+NyoAdLOuEhHI+LUEm7REPLeiVL1t6cte6w=\n"
	"-----END CERTIFICATE-----\n";

/* What `openssl dgst` says of them. */
static const struct {
	const char *pem;
	const char *hash;
} bindings[] = {
	{sha256_pem,
	 "553191a7bd1970f39f18ba1612fc674703c1796292d56084587dfdb8ea631105"},
	{sha384_pem,
	 "e6ac5ce3564a0db68b534794c893a663740f5697b5028abf85ddb2a18ea0c44cb81ff"
	 "096d02a55de87325fd4736a106d"},
};

START_TEST(test_binding)
{
	uint8_t binding[SM_BINDING_MOST];
	char hex[2 * SM_BINDING_MOST + 1] = "";
	const size_t prefix = strlen(SM_BINDING_PREFIX);
	struct sm_fail fail = {0};
	size_t len = 0;
	size_t i = 0;

	ck_assert_int_eq(
		sm_certificate_binding(bindings[_i].pem, binding, &len, &fail),
		0);
	ck_assert_mem_eq(binding, SM_BINDING_PREFIX, prefix);
	for (i = prefix; i < len; i++)
		snprintf(hex + 2 * (i - prefix), 3, "%02x", binding[i]);
	ck_assert_str_eq(hex, bindings[_i].hash);
}
END_TEST

START_TEST(test_no_binding)
{
	uint8_t binding[SM_BINDING_MOST];
	struct sm_fail fail = {0};
	size_t len = 0;

	ck_assert_int_eq(sm_certificate_binding(NULL, binding, &len, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	ck_assert_int_eq(
		sm_certificate_binding("nothing", binding, &len, &fail),
		SMBMGMT_E_NOT_SUPPORTED);
}
END_TEST

/* In 2027; and what libcurl says where it hands no certificate out. */
#define THEN ((time_t)1830000000)
#define NEITHER "server certificate verification failed. CAfile: /has expired"

static const struct {
	const char *pem;
	const char *host;
	time_t now;
	const char *said;
	enum sm_certificate_flaw flaw;
} flaws[] = {
	{sha256_pem, "server.example", THEN, NEITHER, SM_CERTIFICATE_UNTRUSTED},
	{sha256_pem, "other.example", THEN, NEITHER, SM_CERTIFICATE_NAME},
	{sha256_pem, "server.example", THEN + 10L * 366 * 86400, NEITHER,
	 SM_CERTIFICATE_EXPIRED},
	{sha256_pem, "server.example", 1700000000, NEITHER,
	 SM_CERTIFICATE_EARLY},
	{NULL, "server.example", THEN, "", SM_CERTIFICATE_UNTRUSTED},
	{NULL, "server.example", THEN,
	 "SSL certificate problem: self-signed certificate",
	 SM_CERTIFICATE_UNTRUSTED},
	{NULL, "server.example", THEN,
	 "SSL certificate problem: certificate has expired",
	 SM_CERTIFICATE_EXPIRED},
	{NULL, "server.example", THEN,
	 "SSL certificate problem: certificate is not yet valid",
	 SM_CERTIFICATE_EARLY},
	{NULL, "server.example", THEN,
	 "SSL: no alternative certificate subject name matches target host "
	 "name 'server.example'",
	 SM_CERTIFICATE_NAME},
};

START_TEST(test_flaw)
{
	ck_assert_int_eq(sm_certificate_flaw(flaws[_i].pem, flaws[_i].host,
					     flaws[_i].now, flaws[_i].said),
			 flaws[_i].flaw);
}
END_TEST

/* Whose certificate it is, and not where we are connected to. */
START_TEST(test_flaw_text)
{
	static const struct {
		enum sm_certificate_flaw flaw;
		const char *text;
	} texts[] = {
		{SM_CERTIFICATE_UNTRUSTED, "--ca-file"},
		{SM_CERTIFICATE_EXPIRED, "expired"},
		{SM_CERTIFICATE_EARLY, "not valid yet"},
		{SM_CERTIFICATE_NAME, "another server's"},
	};
	size_t i = 0;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sm_trouble trouble = {
			.code = CURLE_PEER_FAILED_VERIFICATION,
			.host = "server.example",
			.where = "10.0.0.5",
			.detail = "",
			.flaw = texts[i].flaw,
		};
		struct sm_fail fail = {0};

		sm_trouble_fail(&trouble, &fail);
		ck_assert_ptr_nonnull(strstr(fail.text, texts[i].text));
		ck_assert_ptr_nonnull(strstr(fail.text, "server.example"));
	}
}
END_TEST

START_TEST(test_client)
{
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_certificate_check("/nonexistent/cert",
					      "/nonexistent/key", &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_nonnull(strstr(fail.text, "/nonexistent/cert"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman_errors");
	TCase *tcase = tcase_create("wsman_errors");

	tcase_add_loop_test(tcase, test_status, 0, COUNT(statuses));
	tcase_add_test(tcase, test_offered);
	tcase_add_loop_test(tcase, test_fault, 0, COUNT(faults));
	tcase_add_test(tcase, test_returned);
	tcase_add_loop_test(tcase, test_trouble, 0, COUNT(troubles));
	tcase_add_test(tcase, test_too_long);
	tcase_add_loop_test(tcase, test_binding, 0, COUNT(bindings));
	tcase_add_test(tcase, test_no_binding);
	tcase_add_loop_test(tcase, test_flaw, 0, COUNT(flaws));
	tcase_add_test(tcase, test_flaw_text);
	tcase_add_test(tcase, test_client);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
