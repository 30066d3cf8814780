/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What credentials and open options take, and what they refuse and why. */
#include <check.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

#include "suite.h"

static smbmgmt_credentials *credentials;
static smbmgmt_open_options *options;

static void up(void)
{
	ck_assert_int_eq(smbmgmt_credentials_new(&credentials, NULL), 0);
	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
}

static void down(void)
{
	smbmgmt_credentials_unref(credentials);
	smbmgmt_open_options_unref(options);
}

typedef int32_t credentials_setter(smbmgmt_credentials *c, const char *text,
				   smbmgmt_error **err);
typedef int32_t options_setter(smbmgmt_open_options *o, const char *text,
			       smbmgmt_error **err);

static int32_t set_cert(smbmgmt_open_options *o, const char *text,
			smbmgmt_error **err)
{
	return smbmgmt_open_options_set_client_cert(o, text, NULL, err);
}

/* Without one the key is in the certificate's file. */
static int32_t set_key(smbmgmt_open_options *o, const char *text,
		       smbmgmt_error **err)
{
	return smbmgmt_open_options_set_client_cert(
		o, text == NULL ? NULL : "/etc/me.pem", text, err);
}

static const struct {
	credentials_setter *credentials;
	options_setter *options;
	const char *text;
	const char *says; /* the refusal; NULL: it is taken */
} texts[] = {
	{smbmgmt_credentials_set_ccache, NULL, "/tmp/krb5cc_0", NULL},
	{smbmgmt_credentials_set_ccache, NULL, "FILE:/tmp/krb5cc_0", NULL},
	{smbmgmt_credentials_set_ccache, NULL, "DIR:/run/user/0/krb5cc", NULL},
	{smbmgmt_credentials_set_ccache, NULL, "KCM:", "absolute"},
	{smbmgmt_credentials_set_ccache, NULL, "KCM:0", NULL},
	{smbmgmt_credentials_set_ccache, NULL, "KEYRING:persistent:0", NULL},
	{smbmgmt_credentials_set_ccache, NULL, "", "absolute"},
	{smbmgmt_credentials_set_ccache, NULL, "krb5cc_0", "absolute"},
	{smbmgmt_credentials_set_ccache, NULL, "FILE:krb5cc_0", "absolute"},
	{smbmgmt_credentials_set_ccache, NULL, "DIR:krb5cc", "absolute"},
	{smbmgmt_credentials_set_ccache, NULL, "MEMORY:x", "memory"},
	{smbmgmt_credentials_set_ccache, NULL, "/tmp/\xff", "UTF-8"},
	{NULL, smbmgmt_open_options_set_krb5_conf, "/etc/krb5.conf", NULL},
	{NULL, smbmgmt_open_options_set_krb5_conf, "krb5.conf", "absolute"},
	{NULL, smbmgmt_open_options_set_krb5_conf, "", "absolute"},
	{NULL, smbmgmt_open_options_set_samba_path, "/usr/bin", NULL},
	{NULL, smbmgmt_open_options_set_samba_path, "bin", "absolute"},
	{NULL, smbmgmt_open_options_set_smb_conf, "/etc/smb.conf", NULL},
	{NULL, smbmgmt_open_options_set_smb_conf, "smb.conf", "absolute"},
	{NULL, smbmgmt_open_options_set_ca_file, "/etc/ca.pem", NULL},
	{NULL, smbmgmt_open_options_set_ca_file, "ca.pem", "CA file"},
	{NULL, smbmgmt_open_options_set_ca_file, "", "absolute"},
	{NULL, smbmgmt_open_options_set_ca_file, "/\xff", "UTF-8"},
	{NULL, set_cert, "/etc/me.pem", NULL},
	{NULL, set_cert, "me.pem", "client certificate, 'me.pem'"},
	{NULL, set_cert, "", "absolute"},
	{NULL, set_cert, "/\xff", "UTF-8"},
	{NULL, set_key, "/etc/me.key", NULL},
	{NULL, set_key, "me.key", "client certificate's key, 'me.key'"},
	{NULL, set_key, "", "absolute"},
	{NULL, smbmgmt_open_options_set_wsman_path, "/wsman", NULL},
	{NULL, smbmgmt_open_options_set_wsman_path, "/", NULL},
	{NULL, smbmgmt_open_options_set_wsman_path, "wsman", "absolute"},
	{NULL, smbmgmt_open_options_set_wsman_path, "", "absolute"},
	{NULL, smbmgmt_open_options_set_wsman_path, "/\xff", "UTF-8"},
	{NULL, smbmgmt_open_options_set_transport, "wsman", NULL},
	{NULL, smbmgmt_open_options_set_transport, "WSMANS", NULL},
	{NULL, smbmgmt_open_options_set_transport, "winrm", "wsmans"},
	{NULL, smbmgmt_open_options_set_address, "192.0.2.1", NULL},
	{NULL, smbmgmt_open_options_set_address, "2001:db8::1", NULL},
	{NULL, smbmgmt_open_options_set_address, "fe80::1%eth0", NULL},
	{NULL, smbmgmt_open_options_set_address, "", "no IPv4"},
	{NULL, smbmgmt_open_options_set_address, "host", "no IPv4"},
	{NULL, smbmgmt_open_options_set_address, "[::1]", "brackets"},
	{NULL, smbmgmt_open_options_set_address, "192.0.2.1:445", "no IPv4"},
	{NULL, smbmgmt_open_options_set_carrier, "auto", NULL},
	{NULL, smbmgmt_open_options_set_carrier, "dcerpc", NULL},
	{NULL, smbmgmt_open_options_set_carrier, "smbclient", NULL},
	{NULL, smbmgmt_open_options_set_carrier, "", "no carrier"},
	{NULL, smbmgmt_open_options_set_carrier, "DCERPC", "no carrier"},
};

static int32_t set(int i, const char *text, smbmgmt_error **error)
{
	if (texts[i].credentials != NULL)
		return texts[i].credentials(credentials, text, error);
	return texts[i].options(options, text, error);
}

START_TEST(test_text)
{
	const char *says = texts[_i].says;
	smbmgmt_error *error = NULL;
	int32_t code = set(_i, texts[_i].text, &error);

	ck_assert_int_eq(code, says == NULL ? 0 : SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_error_code(error), code);
	if (says != NULL)
		ck_assert_ptr_nonnull(
			strstr(smbmgmt_error_message(error), says));
	smbmgmt_error_unref(error);
	/* Again, over what was set; and nothing at all. */
	ck_assert_int_eq(set(_i, texts[_i].text, NULL), code);
	ck_assert_int_eq(set(_i, NULL, NULL), SMBMGMT_E_INVALID);
}
END_TEST

START_TEST(test_kerberos)
{
	static const int32_t bad[] = {-1, 3, INT32_MIN, INT32_MAX};
	int32_t value;

	for (value = SMBMGMT_KERBEROS_OFF; value <= SMBMGMT_KERBEROS_REQUIRED;
	     value++)
		ck_assert_int_eq(smbmgmt_credentials_set_kerberos(credentials,
								  value, NULL),
				 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(smbmgmt_credentials_set_kerberos(credentials,
								  bad[i], NULL),
				 SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_credentials_set_kerberos(NULL, 0, NULL),
			 SMBMGMT_E_INVALID);
}
END_TEST

typedef int32_t number_setter(smbmgmt_open_options *o, int32_t number,
			      smbmgmt_error **err);

static const struct {
	number_setter *set;
	int32_t last;
} numbers[] = {
	{smbmgmt_open_options_set_auth, SMBMGMT_AUTH_BASIC},
	{smbmgmt_open_options_set_allow_plaintext, 1},
	{smbmgmt_open_options_set_protection, SMBMGMT_PROTECTION_OFF},
	{smbmgmt_open_options_set_skip_test, 1},
};

/* From 0 on. */
START_TEST(test_number)
{
	const int32_t bad[] = {-1, numbers[_i].last + 1, INT32_MIN, INT32_MAX};

	for (int32_t value = 0; value <= numbers[_i].last; value++)
		ck_assert_int_eq(numbers[_i].set(options, value, NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(numbers[_i].set(options, bad[i], NULL),
				 SMBMGMT_E_INVALID);
	ck_assert_int_eq(numbers[_i].set(NULL, 0, NULL), SMBMGMT_E_INVALID);
}
END_TEST

/* A carrier is srvsvc's: where another transport is meant, it is a mistake. */
START_TEST(test_carrier_elsewhere)
{
	smbmgmt_context *context = NULL;
	smbmgmt_memory *memory = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;

	ck_assert_int_eq(smbmgmt_context_new(&context, NULL), 0);
	ck_assert_int_eq(smbmgmt_memory_new(&memory, NULL), 0);
	ck_assert_int_eq(smbmgmt_open_options_set_memory(options, memory, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_open_handle(context, "memory:m", options,
					     &handle, NULL),
			 0);
	smbmgmt_handle_unref(handle);
	handle = NULL;
	ck_assert_int_eq(
		smbmgmt_open_options_set_carrier(options, "auto", NULL), 0);
	ck_assert_int_eq(smbmgmt_open_handle(context, "memory:m", options,
					     &handle, &error),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_null(handle);
	ck_assert_ptr_nonnull(strstr(smbmgmt_error_message(error), "carrier"));
	smbmgmt_error_unref(error);
	smbmgmt_memory_unref(memory);
	smbmgmt_context_unref(context);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("setters");
	TCase *tcase = tcase_create("setters");

	tcase_add_checked_fixture(tcase, up, down);
	tcase_add_loop_test(tcase, test_text, 0,
			    (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(tcase, test_kerberos);
	tcase_add_loop_test(tcase, test_number, 0,
			    (int)(sizeof(numbers) / sizeof(numbers[0])));
	tcase_add_test(tcase, test_carrier_elsewhere);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
