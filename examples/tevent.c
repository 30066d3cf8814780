/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Requests in a tevent loop of one's own: open servers and list them, all at
 * once.
 *
 *   tevent SERVER...
 */
#include <stdio.h>

#include <smbmgmt/smbmgmt.h>
#include <smbmgmt/tevent.h>

struct state {
	struct tevent_context *ev;
	smbmgmt_context *context;
	int left; /* servers */
	int failed;
};

static void report_error(struct state *state, smbmgmt_error *err)
{
	fprintf(stderr, "%s (%s)\n", smbmgmt_error_message(err),
		smbmgmt_error_name(smbmgmt_error_code(err)));
	smbmgmt_error_unref(err);
	state->failed = 1;
}

static void list_done(struct tevent_req *req)
{
	struct state *state = tevent_req_callback_data(req, struct state);
	smbmgmt_session_list *list = NULL;
	smbmgmt_error *err = NULL;

	if (smbmgmt_list_sessions_recv(req, &list, &err) != 0)
		report_error(state, err);
	TALLOC_FREE(req);
	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++) {
		const smbmgmt_session *s = smbmgmt_session_list_get(list, i);

		printf("%s\t%s\t%s\n", smbmgmt_session_server(s),
		       smbmgmt_session_user(s), smbmgmt_session_client(s));
	}
	smbmgmt_session_list_unref(list);
	state->left--;
}

static void open_done(struct tevent_req *req)
{
	struct state *state = tevent_req_callback_data(req, struct state);
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;
	int32_t code = smbmgmt_open_handle_recv(req, &handle, &err);

	TALLOC_FREE(req);
	if (code != 0) {
		report_error(state, err);
		state->left--;
		return;
	}
	req = smbmgmt_list_sessions_send(state, state->ev, state->context,
					 &handle, 1, NULL, NULL);
	/* The request has a reference of its own. */
	smbmgmt_handle_unref(handle);
	if (req != NULL) {
		tevent_req_set_callback(req, list_done, state);
		return;
	}
	state->failed = 1;
	state->left--;
}

static void start(struct state *state, const char *server)
{
	struct tevent_req *req = smbmgmt_open_handle_send(
		state, state->ev, state->context, server, NULL);

	if (req == NULL) {
		state->failed = 1;
		return;
	}
	tevent_req_set_callback(req, open_done, state);
	state->left++;
}

int main(int argc, char **argv)
{
	struct state *state = talloc_zero(NULL, struct state);
	smbmgmt_error *err = NULL;
	int failed = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: tevent SERVER...\n");
		talloc_free(state);
		return 2;
	}
	if (state == NULL)
		return 1;
	state->ev = tevent_context_init(state);
	if (state->ev == NULL) {
		talloc_free(state);
		return 1;
	}
	if (smbmgmt_context_new(&state->context, &err) != 0)
		report_error(state, err);
	for (int i = 1; i < argc && !state->failed; i++)
		start(state, argv[i]);
	/* A host's other events would be in this loop, too. */
	while (state->left > 0 && tevent_loop_once(state->ev) == 0)
		continue;
	smbmgmt_context_unref(state->context);
	failed = state->failed;
	talloc_free(state);
	return failed;
}
