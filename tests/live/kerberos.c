/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Handles with tickets of their own in one context, asked in lines:
 *
 *	kerberos SERVER ADDRESS KRB5-CONF MILLISECONDS
 *
 *	open N KERBEROS CCACHE		handle N (0 to 7), without connecting;
 *					`-` for the default cache
 *	list N
 *	pair N M			both in one call
 *	drop N				with its connection
 *
 * The answer is lines `row SERVER CLIENT USER OWN`, `code NAME MESSAGE`, and a
 * dot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

#include "lines.h"

#define HANDLES 8

struct driver {
	const char *server;
	const char *address;
	const char *krb5_conf;
	uint32_t milliseconds;
	smbmgmt_context *context;
	smbmgmt_handle *handles[HANDLES];
};

static smbmgmt_open_options *make_options(const struct driver *d,
					  int32_t kerberos, const char *ccache)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_error *e = NULL;

	need(smbmgmt_credentials_new(&credentials, &e), e);
	need(smbmgmt_credentials_set_kerberos(credentials, kerberos, &e), e);
	if (strcmp(ccache, "-") != 0)
		need(smbmgmt_credentials_set_ccache(credentials, ccache, &e),
		     e);
	need(smbmgmt_open_options_new(&options, &e), e);
	need(smbmgmt_open_options_set_credentials(options, credentials, &e), e);
	need(smbmgmt_open_options_set_address(options, d->address, &e), e);
	need(smbmgmt_open_options_set_krb5_conf(options, d->krb5_conf, &e), e);
	need(smbmgmt_open_options_set_skip_test(options, 1, &e), e);
	need(smbmgmt_open_options_set_deadline(options, d->milliseconds, &e),
	     e);
	smbmgmt_credentials_unref(credentials);
	return options;
}

static void open_handle(struct driver *d, smbmgmt_handle **handle,
			int32_t kerberos, const char *ccache)
{
	smbmgmt_open_options *options = make_options(d, kerberos, ccache);
	smbmgmt_error *error = NULL;
	int32_t code;

	smbmgmt_handle_unref(*handle);
	*handle = NULL;
	code = smbmgmt_open_handle(d->context, d->server, options, handle,
				   &error);
	smbmgmt_open_options_unref(options);
	print_code(code, error);
}

static void drop(smbmgmt_handle **handle)
{
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_remove_handle(*handle, &error);

	smbmgmt_handle_unref(*handle);
	*handle = NULL;
	print_code(code, error);
}

static const char *own_of(const smbmgmt_session *session)
{
	switch (smbmgmt_session_own(session)) {
	case SMBMGMT_OWN_NO:
		return "no";
	case SMBMGMT_OWN_YES:
		return "yes";
	default:
		return "possible";
	}
}

static void list(const struct driver *d, smbmgmt_handle *const *handles,
		 uint32_t count)
{
	smbmgmt_session_list *sessions = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_list_sessions(d->context, handles, count, NULL,
					     NULL, &sessions, &error);
	uint32_t i;

	for (i = 0; i < smbmgmt_session_list_count(sessions); i++) {
		const smbmgmt_session *session =
			smbmgmt_session_list_get(sessions, i);

		printf("row %s %s %s %s\n", smbmgmt_session_computer(session),
		       smbmgmt_session_client(session),
		       smbmgmt_session_user(session), own_of(session));
	}
	smbmgmt_session_list_unref(sessions);
	print_code(code, error);
}

static int serve(struct driver *d, const char *line)
{
	smbmgmt_handle *pair[2];
	char ccache[256];
	unsigned n = 0;
	unsigned m = 0;
	int kerberos = 0;

	if (sscanf(line, "open %1u %d %255s", &n, &kerberos, ccache) == 3 &&
	    n < HANDLES) {
		open_handle(d, &d->handles[n], kerberos, ccache);
	} else if (sscanf(line, "list %1u", &n) == 1 && n < HANDLES) {
		list(d, &d->handles[n], 1);
	} else if (sscanf(line, "pair %1u %1u", &n, &m) == 2 && n < HANDLES &&
		   m < HANDLES) {
		pair[0] = d->handles[n];
		pair[1] = d->handles[m];
		list(d, pair, 2);
	} else if (sscanf(line, "drop %1u", &n) == 1 && n < HANDLES) {
		drop(&d->handles[n]);
	} else {
		return 2;
	}
	puts(".");
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct driver d = {0};
	smbmgmt_error *error = NULL;
	char line[1024];
	int status = 0;
	int i;

	if (argc != 5)
		return 2;
	d.server = argv[1];
	d.address = argv[2];
	d.krb5_conf = argv[3];
	d.milliseconds = (uint32_t)strtoul(argv[4], NULL, 10);
	need(smbmgmt_context_new(&d.context, &error), error);
	while (status == 0 && fgets(line, sizeof(line), stdin) != NULL)
		status = serve(&d, line);
	for (i = 0; i < HANDLES; i++)
		smbmgmt_handle_unref(d.handles[i]);
	smbmgmt_context_unref(d.context);
	return status;
}
