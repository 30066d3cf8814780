/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * List the sessions of several servers in one call.
 *
 *	list SERVER...			as in: list memory:demo
 *
 * One server's failure does not hide another's sessions: the errors stand in
 * the list beside them.  A real server needs credentials; see close_user.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <smbmgmt/smbmgmt.h>

static int complain(const char *what, smbmgmt_error *err)
{
	fprintf(stderr, "%s: %s\n", what, smbmgmt_error_message(err));
	smbmgmt_error_unref(err);
	return 1;
}

static void print(const smbmgmt_session *s)
{
	printf("%s\t%" PRIu64 "\t%s\t%s\t", smbmgmt_session_server(s),
	       smbmgmt_session_id(s), smbmgmt_session_client(s),
	       smbmgmt_session_user(s));
	/* What a server does not tell is unknown, not 0. */
	if (smbmgmt_session_has(s, SMBMGMT_FIELD_SECONDS_IDLE))
		printf("idle %" PRIu32 " s\n", smbmgmt_session_seconds_idle(s));
	else
		printf("idle time unknown\n");
}

int main(int argc, char **argv)
{
	smbmgmt_handle **handles = NULL;
	smbmgmt_context *context = NULL;
	smbmgmt_session_list *list = NULL;
	smbmgmt_error *err = NULL;
	uint32_t n = 0;
	int status = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: list SERVER...\n");
		return 2;
	}
	handles = calloc((size_t)argc, sizeof(*handles));
	if (handles == NULL) {
		perror("list");
		return 1;
	}
	if (smbmgmt_context_new(&context, &err) != 0) {
		free(handles);
		return complain("context", err);
	}
	for (int i = 1; i < argc; i++) {
		if (smbmgmt_open_handle(context, argv[i], NULL, &handles[n],
					&err) == 0)
			n++;
		else
			status = complain(argv[i], err);
		err = NULL;
	}
	/* The list is there even if some, or all, of the servers failed. */
	if (n > 0 && smbmgmt_list_sessions(context, handles, n, NULL, NULL,
					   &list, &err) != 0)
		status = complain("list", err);
	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++)
		print(smbmgmt_session_list_get(list, i));
	for (uint32_t i = 0; i < smbmgmt_session_list_error_count(list); i++) {
		smbmgmt_error *e = smbmgmt_session_list_error(list, i);

		fprintf(stderr, "%s: %s\n", smbmgmt_error_computer(e),
			smbmgmt_error_message(e));
	}
	smbmgmt_session_list_unref(list);
	while (n > 0)
		smbmgmt_handle_unref(handles[--n]);
	smbmgmt_context_unref(context);
	free(handles);
	return status;
}
