/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The carrier's own parts that need no SMB server: refusals and errors. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "listener.h"
#include "suite.h"
#include "transport/srvsvc/smbclient_carrier.h"

extern const struct sm_carrier smbmgmt_carrier;

static char over[257]; /* 256 letters, one more than a name may have */

/* What cannot be promised is refused before anything is connected. */
static const struct sm_target refusals[] = {
	{.host = "server", .protection = SMBMGMT_PROTECTION_ENCRYPT},
	{.host = "server", .kerberos = SMBMGMT_KERBEROS_DESIRED},
	{.host = "server", .kerberos = SMBMGMT_KERBEROS_REQUIRED},
	{.host = "server", .address = "10.0.0.5"},
	{.host = "::1"},
	{.host = "fe80::1%lo"},
	{.host = "server", .user = over},
	{.host = "server", .domain = over},
	{.host = "server", .password = over},
};

START_TEST(test_refused)
{
	struct sm_carrier_conn *conn = NULL;
	struct sm_fail fail = {0};

	memset(over, 'x', sizeof(over) - 1);
	ck_assert_int_eq(smbmgmt_carrier.connect(&refusals[_i], &conn, &fail),
			 SMBMGMT_E_NOT_SUPPORTED);
	ck_assert_ptr_null(conn);
	ck_assert_ptr_nonnull(strstr(fail.text, "carrier dcerpc"));
	ck_assert_ptr_null(strstr(fail.text, over));
}
END_TEST

/* 255 bytes are no reason, nor is anything that a URL leaves alone. */
START_TEST(test_not_refused)
{
	struct sm_target target = {
		.host = "file-server_1.example.org",
		.protection = SMBMGMT_PROTECTION_SIGN,
		.user = over + 1,
		.password = over + 1,
	};
	struct sm_fail fail = {0};

	memset(over, 'x', sizeof(over) - 1);
	ck_assert_int_eq(sm_smbclient_refuse(&target, &fail), 0);
	target.protection = SMBMGMT_PROTECTION_OFF;
	target.user = NULL;
	ck_assert_int_eq(sm_smbclient_refuse(&target, &fail), 0);
}
END_TEST

/* A name that would be something else in a URL is never put into one. */
START_TEST(test_odd_host)
{
	static const char *const hosts[] = {"a/b", "u@h", "a%2fb", "a?b", ""};
	struct sm_fail fail = {0};
	size_t i = 0;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct sm_target target = {.host = hosts[i], .deadline = 2000};

		ck_assert_int_ne(sm_smbclient_refuse(&target, &fail), 0);
	}
}
END_TEST

/* Without its home libsmbclient would read the machine's smb.conf. */
START_TEST(test_not_installed)
{
	struct sm_target target = {
		.host = "127.0.0.1",
		.user = "alice",
		.password = "s3cret",
	};
	struct sm_carrier_conn *conn = NULL;
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	ck_assert_int_eq(smbmgmt_carrier.connect(&target, &conn, &fail),
			 SMBMGMT_E_SYSTEM);
	ck_assert_ptr_nonnull(
		strstr(fail.text, "smbclient-home/.smb/smb.conf"));
	ck_assert_ptr_null(strstr(fail.text, "s3cret"));
	close(fd);
}
END_TEST

START_TEST(test_hear)
{
	struct sm_smbclient_heard heard = {0};

	sm_smbclient_hear(&heard, "Connecting to 127.0.0.1 at port 445\n");
	ck_assert(!heard.refused && !heard.has_status);
	ck_assert_int_eq(heard.stage, SM_STAGE_REACH);
	sm_smbclient_hear(&heard, "SPNEGO login failed: No, never.\n");
	ck_assert(heard.refused);
	ck_assert_str_eq(heard.reason, "No, never.");
	sm_smbclient_hear(&heard, " session setup ok\n");
	ck_assert_int_eq(heard.stage, SM_STAGE_TREE);
	sm_smbclient_hear(&heard, "cli_status_to_errno: 0xc0000034 -> 2\n");
	ck_assert(heard.has_status);
	ck_assert_uint_eq(heard.status, 0xC0000034);
	/* A stage is never gone back to. */
	heard.stage = SM_STAGE_PIPE;
	sm_smbclient_hear(&heard, " session setup ok\n");
	ck_assert_int_eq(heard.stage, SM_STAGE_PIPE);
	/* Other words than the expected ones say nothing. */
	memset(&heard, 0, sizeof(heard));
	sm_smbclient_hear(&heard, "cli_status_to_errno: 0xzz");
	sm_smbclient_hear(&heard, "cli_status_to_errno: none");
	sm_smbclient_hear(&heard, "");
	ck_assert(!heard.refused && !heard.has_status);
}
END_TEST

/* The sentence that Samba has for a status leads back to it. */
static const struct {
	uint32_t ntstatus;
	int number;
	int code;
} refused[] = {
	{0xC000006D, EACCES, SMBMGMT_E_LOGON_FAILED},
	{0xC000006A, EACCES, SMBMGMT_E_LOGON_FAILED},
	{0xC0000064, EINVAL, SMBMGMT_E_LOGON_FAILED},
	{0xC0000234, EINVAL, SMBMGMT_E_ACCOUNT_LOCKED},
	{0xC0000072, EACCES, SMBMGMT_E_ACCOUNT_DISABLED},
	{0xC0000193, EINVAL, SMBMGMT_E_ACCOUNT_DISABLED},
	{0xC0000071, EACCES, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC0000224, EINVAL, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC000006E, EACCES, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC000006F, EACCES, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC0000070, EACCES, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC0000022, EACCES, SMBMGMT_E_ACCESS_DENIED},
	{0xC000005E, EINVAL, SMBMGMT_E_SERVER},
	{0xC00000C3, EINVAL, SMBMGMT_E_NEGOTIATION},
};

typedef struct {
	uint32_t v;
} nt_status;

START_TEST(test_logon_refused)
{
	struct sm_target target = {.host = "127.0.0.1", .deadline = 5000};
	struct sm_smbclient_heard heard = {.refused = true};
	struct sm_fail fail = {0};
	nt_status status = {refused[_i].ntstatus};
	union {
		void *pointer;
		const char *(*function)(nt_status);
	} text = {.pointer = dlsym(RTLD_DEFAULT, "get_friendly_nt_error_msg")};

	ck_assert_ptr_nonnull(text.pointer);
	snprintf(heard.reason, sizeof(heard.reason), "%s",
		 text.function(status));
	ck_assert_int_eq(sm_smbclient_connect_failed(&target, &heard,
						     refused[_i].number, &fail),
			 refused[_i].code);
	ck_assert_int_eq(fail.code, refused[_i].code);
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_NTSTATUS);
	ck_assert_uint_eq(fail.native, refused[_i].ntstatus);
	ck_assert_int_eq(fail.text[strlen(fail.text) - 1], '.');
}
END_TEST

/* A reason that no table has is still told, with what errno says. */
START_TEST(test_logon_unknown)
{
	struct sm_target target = {.host = "127.0.0.1", .deadline = 5000};
	struct sm_smbclient_heard heard = {.refused = true,
					   .reason = "Not on a Sunday."};
	struct sm_fail fail = {0};

	ck_assert_int_eq(
		sm_smbclient_connect_failed(&target, &heard, EACCES, &fail),
		SMBMGMT_E_LOGON_FAILED);
	ck_assert_ptr_nonnull(strstr(fail.text, "Not on a Sunday."));
	ck_assert_int_eq(
		sm_smbclient_connect_failed(&target, &heard, EINVAL, &fail),
		SMBMGMT_E_SERVER);
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_ERRNO);
}
END_TEST

/* What an errno means, by how far the connect came. */
static const struct {
	struct sm_smbclient_heard heard;
	int number;
	int code;
} connects[] = {
	{{SM_STAGE_REACH, false, 0, false, ""}, EACCES, SMBMGMT_E_LOGON_FAILED},
	{{SM_STAGE_REACH, false, 0, false, ""}, EINVAL, SMBMGMT_E_NEGOTIATION},
	{{SM_STAGE_REACH, false, 0, false, ""},
	 ECONNREFUSED,
	 SMBMGMT_E_UNREACHABLE},
	{{SM_STAGE_REACH, false, 0, false, ""},
	 ECONNABORTED,
	 SMBMGMT_E_CONNECTION_LOST},
	{{SM_STAGE_REACH, false, 0, false, ""}, ETIMEDOUT, SMBMGMT_E_TIMED_OUT},
	{{SM_STAGE_REACH, false, 0, false, ""}, ENOMEM, SMBMGMT_E_NOMEM},
	/* The log-on was broken off, not refused. */
	{{SM_STAGE_REACH, false, 0, true, "Connection reset."},
	 ENETRESET,
	 SMBMGMT_E_CONNECTION_LOST},
	{{SM_STAGE_TREE, false, 0, false, ""}, EACCES, SMBMGMT_E_ACCESS_DENIED},
	{{SM_STAGE_TREE, false, 0, false, ""}, ENOENT, SMBMGMT_E_NO_SERVICE},
	{{SM_STAGE_TREE, false, 0, false, ""}, EINVAL, SMBMGMT_E_SERVER},
	{{SM_STAGE_PIPE, false, 0, false, ""}, EACCES, SMBMGMT_E_ACCESS_DENIED},
	{{SM_STAGE_PIPE, false, 0, false, ""}, ENOENT, SMBMGMT_E_NO_SERVICE},
	{{SM_STAGE_PIPE, true, 0xC0000034, false, ""},
	 ENOENT,
	 SMBMGMT_E_NO_SERVICE},
	{{SM_STAGE_PIPE, true, 0xC00000AC, false, ""},
	 ENOSYS,
	 SMBMGMT_E_NO_SERVICE},
	{{SM_STAGE_PIPE, true, 0xC0000236, false, ""},
	 ECONNREFUSED,
	 SMBMGMT_E_NO_SERVICE},
	{{SM_STAGE_PIPE, true, 0xC0000022, false, ""},
	 EACCES,
	 SMBMGMT_E_ACCESS_DENIED},
	{{SM_STAGE_PIPE, true, 0xC0000205, false, ""},
	 EINVAL,
	 SMBMGMT_E_SERVER},
	{{SM_STAGE_PIPE, true, 0xC00000E5, false, ""},
	 EINVAL,
	 SMBMGMT_E_SERVER},
	{{SM_STAGE_PIPE, true, 0xC0000017, false, ""},
	 ENOMEM,
	 SMBMGMT_E_SERVER},
	{{SM_STAGE_PIPE, true, 0xC000020D, false, ""},
	 ENETRESET,
	 SMBMGMT_E_CONNECTION_LOST},
};

START_TEST(test_connect_failed)
{
	struct sm_target target = {
		.host = "127.0.0.1",
		.user = "alice",
		.password = "s3cret",
		.deadline = 5000,
	};
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	ck_assert_int_eq(
		sm_smbclient_connect_failed(&target, &connects[_i].heard,
					    connects[_i].number, &fail),
		connects[_i].code);
	ck_assert_int_eq(fail.code, connects[_i].code);
	ck_assert_ptr_null(strstr(fail.text, "s3cret"));
	if (connects[_i].heard.has_status && fail.kind != SMBMGMT_NATIVE_ERRNO)
		ck_assert_uint_eq(fail.native, connects[_i].heard.status);
	close(fd);
}
END_TEST

/* libsmbclient answers a closed port and an unknown name with EINVAL too. */
START_TEST(test_second_look)
{
	char long_label[80];
	struct sm_target target = {.host = "127.0.0.1", .deadline = 5000};
	struct sm_smbclient_heard heard = {0};
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	close(fd); /* now nothing listens there */
	ck_assert_int_eq(
		sm_smbclient_connect_failed(&target, &heard, EINVAL, &fail),
		SMBMGMT_E_CONNECTION_REFUSED);
	/* No resolver asks the network about a label of 70 letters. */
	memset(long_label, 'x', sizeof(long_label));
	long_label[70] = '\0';
	target.host = long_label;
	ck_assert_int_eq(
		sm_smbclient_connect_failed(&target, &heard, EINVAL, &fail),
		SMBMGMT_E_HOST_UNKNOWN);
}
END_TEST

static const struct {
	bool has_status;
	uint32_t status;
	int number;
	bool first_read;
	bool alive;
	int code;
} calls[] = {
	{true, 0x80000005, EINVAL, true, true, SMBMGMT_E_NOT_SUPPORTED},
	{true, 0x80000005, EINVAL, false, true, SMBMGMT_E_NOT_SUPPORTED},
	{false, 0, EINVAL, true, true, SMBMGMT_E_NOT_SUPPORTED},
	{false, 0, EINVAL, true, false, SMBMGMT_E_CONNECTION_LOST},
	/* A write, or a pipe that was read in part before. */
	{false, 0, EINVAL, false, true, SMBMGMT_E_CONNECTION_LOST},
	{false, 0, EBADF, false, true, SMBMGMT_E_CONNECTION_LOST},
	{true, 0xC000000D, EINVAL, true, true, SMBMGMT_E_SERVER},
	{true, 0xC0000203, EINVAL, true, true, SMBMGMT_E_CONNECTION_LOST},
	{true, 0xC000035C, EINVAL, false, true, SMBMGMT_E_CONNECTION_LOST},
	{true, 0xC00000B0, EPIPE, false, true, SMBMGMT_E_CONNECTION_LOST},
	{false, 0, EPIPE, false, true, SMBMGMT_E_CONNECTION_LOST},
	{false, 0, ENETRESET, false, true, SMBMGMT_E_CONNECTION_LOST},
	{true, 0xC00000B5, ETIMEDOUT, false, true, SMBMGMT_E_TIMED_OUT},
	{true, 0xC0000022, EACCES, false, true, SMBMGMT_E_CONNECTION_LOST},
	{false, 0, EACCES, false, true, SMBMGMT_E_CONNECTION_LOST},
	{true, 0xC0000022, EACCES, false, false, SMBMGMT_E_CONNECTION_LOST},
	{false, 0, ENOMEM, false, true, SMBMGMT_E_NOMEM},
};

START_TEST(test_call_failed)
{
	struct sm_smbclient_heard heard = {
		.stage = SM_STAGE_PIPE,
		.has_status = calls[_i].has_status,
		.status = calls[_i].status,
	};
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_smbclient_call_failed(&heard, calls[_i].number,
						  calls[_i].first_read,
						  calls[_i].alive, &fail),
			 calls[_i].code);
	ck_assert_int_eq(fail.code, calls[_i].code);
	if (fail.code == SMBMGMT_E_NOT_SUPPORTED)
		ck_assert_ptr_nonnull(strstr(fail.text, "carrier dcerpc"));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("smbclient");
	TCase *tcase = tcase_create("smbclient");

	tcase_add_loop_test(tcase, test_refused, 0, COUNT(refusals));
	tcase_add_test(tcase, test_not_refused);
	tcase_add_test(tcase, test_odd_host);
	tcase_add_test(tcase, test_not_installed);
	tcase_add_test(tcase, test_hear);
	tcase_add_loop_test(tcase, test_logon_refused, 0, COUNT(refused));
	tcase_add_test(tcase, test_logon_unknown);
	tcase_add_loop_test(tcase, test_connect_failed, 0, COUNT(connects));
	tcase_add_test(tcase, test_second_look);
	tcase_add_loop_test(tcase, test_call_failed, 0, COUNT(calls));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
