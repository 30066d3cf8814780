/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a computer's name and the options to open it say together, before
 * anything is connected: which transport, and what is refused, in which words.
 */
#include <check.h>
#include <stdbool.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

#include "suite.h"

struct given {
	const char *transport, *carrier, *address;
	uint32_t port;
	const char *user;
	int32_t kerberos, protection, auth;
	bool plaintext;
	const char *path, *ca, *cert;
};

#define USER .user = "alice"
#define CERT .cert = "/etc/me.pem"
#define BASIC .auth = SMBMGMT_AUTH_BASIC
#define NTLM .auth = SMBMGMT_AUTH_NTLM
#define NEGOTIATE .auth = SMBMGMT_AUTH_NEGOTIATE
#define KERBEROS .auth = SMBMGMT_AUTH_KERBEROS
#define DESIRED .kerberos = SMBMGMT_KERBEROS_DESIRED
#define REQUIRED .kerberos = SMBMGMT_KERBEROS_REQUIRED
#define ENCRYPT .protection = SMBMGMT_PROTECTION_ENCRYPT
#define OFF .protection = SMBMGMT_PROTECTION_OFF

static const struct {
	const char *computer;
	struct given given;
	const char *transport;
} taken[] = {
	{NULL, {0}, "samba"},
	{"", {0}, "samba"},
	{"samba:", {0}, "samba"},
	{"Samba:localhost", {DESIRED}, "samba"},
	{"fs1", {0}, "srvsvc"},
	{"fs1", {USER, .carrier = "auto", .port = 445}, "srvsvc"},
	{"srvsvc:fs1:445", {USER, .port = 445}, "srvsvc"},
	{"memory:demo", {0}, "memory"},
	{"demo", {.transport = "memory"}, "memory"},
	{"wsman:fs1", {USER}, "wsman"},
	{"WSMAN:fs1:80", {USER}, "wsman"},
	{"wsmans:[::1]:443", {USER}, "wsmans"},
	{"fs1", {USER, .transport = "wsman"}, "wsman"},
	{"fs1", {USER, .transport = "WSMANS", .port = 443}, "wsmans"},
	{"wsmans:fs1", {USER, .transport = "wsmans"}, "wsmans"},
	{"wsman:fs1", {USER, .address = "192.0.2.1", .path = "/x"}, "wsman"},
	/* Who logs on. */
	{"wsman:fs1", {USER, NTLM}, "wsman"},
	{"wsman:fs1", {USER, NEGOTIATE}, "wsman"},
	{"wsman:fs1", {NEGOTIATE}, "wsman"},
	{"wsman:fs1", {KERBEROS}, "wsman"},
	{"wsman:fs1", {DESIRED}, "wsman"},
	{"wsman:fs1", {REQUIRED}, "wsman"},
	{"wsman:fs1", {REQUIRED, NEGOTIATE}, "wsman"},
	{"wsman:fs1", {REQUIRED, KERBEROS}, "wsman"},
	{"wsman:fs1", {DESIRED, USER, NTLM}, "wsman"},
	{"wsmans:fs1", {CERT}, "wsmans"},
	{"wsmans:fs1", {CERT, USER}, "wsmans"},
	{"wsmans:fs1", {CERT, KERBEROS, .ca = "/etc/ca.pem"}, "wsmans"},
	/* And how it is protected. */
	{"wsmans:fs1", {USER, BASIC}, "wsmans"},
	{"wsmans:fs1", {USER, BASIC, ENCRYPT}, "wsmans"},
	{"wsman:fs1", {USER, BASIC, .plaintext = true}, "wsman"},
	{"wsman:fs1", {USER, BASIC, .plaintext = true, OFF}, "wsman"},
	{"wsman:fs1", {USER, NTLM, .plaintext = true, ENCRYPT}, "wsman"},
	{"wsmans:fs1", {USER, BASIC, .plaintext = true, ENCRYPT}, "wsmans"},
	{"wsman:fs1", {USER, OFF}, "wsman"},
};

#define LEAVE_OUT "'fs1' is asked over "
#define NOBODY "lets nobody in without a name"
#define ANOTHER "require Kerberos, and the authentication asked for is another"

static const struct {
	const char *computer;
	struct given given;
	const char *says;
} refused[] = {
	{"ftp:fs1", {0}, "names no server"},
	{"wsman:", {USER}, "names no server"},
	/* Two things at once. */
	{"wsman:fs1",
	 {USER, .transport = "wsmans"},
	 "asks for transport wsman"},
	{"srvsvc:fs1", {USER, .transport = "wsman"}, "the options for wsman"},
	{"samba:", {.transport = "wsman"}, "asks for transport samba"},
	{"wsman:fs1:1",
	 {USER, .port = 2},
	 "names port 1, and the options name 2"},
	/* This machine. */
	{"samba:fs1", {0}, "reaches no 'fs1'"},
	{"samba:", {.port = 1}, "needs no port"},
	{NULL, {.port = 1}, "needs no port"},
	{"samba:", {.address = "::1"}, "needs no address"},
	{"samba:", {.carrier = "auto"}, "needs no carrier"},
	{"samba:", {USER}, "needs no user"},
	/* What is another transport's. */
	{"wsman:fs1",
	 {USER, .carrier = "auto"},
	 "A carrier is for transport "
	 "srvsvc, and " LEAVE_OUT "wsman;"},
	{"wsmans:fs1", {USER, .carrier = "auto"}, LEAVE_OUT "wsmans;"},
	{"fs1",
	 {USER, NTLM},
	 "An authentication is for transport wsman and "
	 "wsmans, and " LEAVE_OUT "srvsvc;"},
	{"memory:fs1", {BASIC}, LEAVE_OUT "memory;"},
	{"samba:", {NTLM}, "is asked over samba;"},
	{"fs1",
	 {.plaintext = true},
	 "Allowing plaintext is for transport wsman, "},
	{"fs1", {.path = "/x"}, "A path of WS-Management is for "},
	{"wsman:fs1", {USER, .ca = "/x"}, "A CA file is for transport wsmans,"},
	{"fs1", {.ca = "/x"}, "A CA file is for transport wsmans,"},
	{"wsman:fs1",
	 {USER, CERT},
	 "A client certificate is for transport "
	 "wsmans,"},
	{"memory:fs1", {CERT}, "A client certificate is for "},
	/* Nobody. */
	{"wsman:fs1", {0}, NOBODY},
	{"wsmans:fs1", {0}, NOBODY},
	{"wsman:fs1", {.user = ""}, NOBODY},
	{"wsman:fs1", {NTLM}, NOBODY},
	{"wsman:fs1", {DESIRED, NTLM}, NOBODY},
	{"wsmans:fs1", {BASIC}, NOBODY},
	{"wsman:fs1", {BASIC, .plaintext = true}, NOBODY},
	/* Another than is required. */
	{"wsman:fs1", {USER, REQUIRED, NTLM}, ANOTHER},
	{"wsmans:fs1", {USER, REQUIRED, BASIC}, ANOTHER},
	/* In the clear. */
	{"wsman:fs1",
	 {USER, BASIC},
	 "use 'wsmans:fs1', another "
	 "authentication, or allow plaintext"},
	{"wsman:fs1", {USER, BASIC, OFF}, "everybody on the way"},
	{"wsman:fs1", {USER, BASIC, ENCRYPT}, "everybody on the way"},
	{"wsman:fs1",
	 {USER, BASIC, ENCRYPT, .plaintext = true},
	 "Encryption "
	 "is asked for"},
};

static smbmgmt_context *context;

static void up(void)
{
	ck_assert_int_eq(smbmgmt_context_new(&context, NULL), 0);
}

static void down(void)
{
	smbmgmt_context_unref(context);
}

typedef int32_t text_setter(smbmgmt_open_options *o, const char *text,
			    smbmgmt_error **err);

static void set(smbmgmt_open_options *o, const char *text, text_setter *setter)
{
	if (text != NULL)
		ck_assert_int_eq(setter(o, text, NULL), 0);
}

static void set_who(smbmgmt_open_options *o, const struct given *given)
{
	smbmgmt_credentials *c = NULL;

	if (given->user == NULL && given->kerberos == SMBMGMT_KERBEROS_OFF)
		return;
	ck_assert_int_eq(smbmgmt_credentials_new(&c, NULL), 0);
	if (given->user != NULL && given->user[0] != '\0')
		ck_assert_int_eq(
			smbmgmt_credentials_set_user(c, given->user, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_credentials_set_kerberos(c, given->kerberos, NULL), 0);
	ck_assert_int_eq(smbmgmt_open_options_set_credentials(o, c, NULL), 0);
	smbmgmt_credentials_unref(c);
}

static int32_t open_it(const char *computer, const struct given *given,
		       smbmgmt_handle **handle, smbmgmt_error **error)
{
	smbmgmt_open_options *o = NULL;
	int32_t code = 0;

	ck_assert_int_eq(smbmgmt_open_options_new(&o, NULL), 0);
	set(o, given->transport, smbmgmt_open_options_set_transport);
	set(o, given->carrier, smbmgmt_open_options_set_carrier);
	set(o, given->address, smbmgmt_open_options_set_address);
	set(o, given->path, smbmgmt_open_options_set_wsman_path);
	set(o, given->ca, smbmgmt_open_options_set_ca_file);
	if (given->cert != NULL)
		ck_assert_int_eq(smbmgmt_open_options_set_client_cert(
					 o, given->cert, NULL, NULL),
				 0);
	if (given->port != 0)
		ck_assert_int_eq(
			smbmgmt_open_options_set_port(o, given->port, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_open_options_set_protection(o, given->protection, NULL),
		0);
	ck_assert_int_eq(smbmgmt_open_options_set_auth(o, given->auth, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_open_options_set_allow_plaintext(
				 o, given->plaintext, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_open_options_set_skip_test(o, 1, NULL), 0);
	set_who(o, given);
	code = smbmgmt_open_handle(context, computer, o, handle, error);
	smbmgmt_open_options_unref(o);
	return code;
}

START_TEST(test_taken)
{
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;
	int32_t code =
		open_it(taken[_i].computer, &taken[_i].given, &handle, &error);

	ck_assert_msg(code == 0, "%s", smbmgmt_error_message(error));
	ck_assert_str_eq(smbmgmt_handle_transport(handle), taken[_i].transport);
	/* Nothing was connected. */
	ck_assert_int_eq(smbmgmt_handle_state(handle),
			 SMBMGMT_STATE_DISCONNECTED);
	smbmgmt_handle_unref(handle);
}
END_TEST

START_TEST(test_refused)
{
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;
	const char *message = NULL;

	ck_assert_int_eq(open_it(refused[_i].computer, &refused[_i].given,
				 &handle, &error),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_null(handle);
	message = smbmgmt_error_message(error);
	ck_assert_msg(strstr(message, refused[_i].says) != NULL,
		      "'%s' does not say '%s'", message, refused[_i].says);
	smbmgmt_error_unref(error);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("resolve");
	TCase *tcase = tcase_create("resolve");

	tcase_add_checked_fixture(tcase, up, down);
	tcase_add_loop_test(tcase, test_taken, 0, COUNT(taken));
	tcase_add_loop_test(tcase, test_refused, 0, COUNT(refused));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
