/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One listing for each line on standard input, over one kept connection;
 * prints the nanoseconds and the number of sessions of each.
 *
 *     bench_kept SERVER CREDENTIALS-FILE [CA-FILE [basic]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <smbmgmt/smbmgmt.h>

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static int fail(smbmgmt_error *err)
{
	fprintf(stderr, "bench_kept: %s\n", smbmgmt_error_message(err));
	return 1;
}

/* What is for servers over WS-Management alone. */
static int32_t set_wsman(smbmgmt_open_options *options, int argc, char **argv,
			 smbmgmt_error **err)
{
	int32_t code = SMBMGMT_OK;

	if (argc > 3)
		code = smbmgmt_open_options_set_ca_file(options, argv[3], err);
	if (code == SMBMGMT_OK && argc > 4)
		code = smbmgmt_open_options_set_auth(options,
						     SMBMGMT_AUTH_BASIC, err);
	return code;
}

int main(int argc, char **argv)
{
	smbmgmt_context *context = NULL;
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;
	char line[16];

	if (argc < 3 || argc > 5 ||
	    (argc == 5 && strcmp(argv[4], "basic") != 0)) {
		fprintf(stderr,
			"usage: bench_kept SERVER CREDENTIALS-FILE "
			"[CA-FILE [basic]]\n");
		return 2;
	}
	if (smbmgmt_context_new(&context, &err) != 0 ||
	    smbmgmt_credentials_new(&credentials, &err) != 0 ||
	    smbmgmt_credentials_load_file(credentials, argv[2], &err) != 0 ||
	    smbmgmt_open_options_new(&options, &err) != 0 ||
	    smbmgmt_open_options_set_credentials(options, credentials, &err) !=
		    0 ||
	    set_wsman(options, argc, argv, &err) != 0 ||
	    smbmgmt_open_handle(context, argv[1], options, &handle, &err) != 0)
		return fail(err);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		smbmgmt_session_list *list = NULL;
		int64_t start = now();

		if (smbmgmt_list_sessions(context, &handle, 1, NULL, NULL,
					  &list, &err) != 0)
			return fail(err);
		printf("%" PRId64 " %" PRIu32 "\n", now() - start,
		       smbmgmt_session_list_count(list));
		fflush(stdout);
		smbmgmt_session_list_unref(list);
	}
	smbmgmt_handle_unref(handle);
	smbmgmt_open_options_unref(options);
	smbmgmt_credentials_unref(credentials);
	smbmgmt_context_unref(context);
	return 0;
}
