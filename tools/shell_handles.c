/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "close_out.h"
#include "confirm.h"
#include "counts.h"
#include "credentials.h"
#include "csv_out.h"
#include "exitcode.h"
#include "logon.h"
#include "number.h"
#include "say.h"
#include "shell.h"
#include "tables.h"
#include "transport.h"
#include "tty.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned library_said(smbmgmt_error *error)
{
	unsigned facts = exit_facts_code(smbmgmt_error_code(error));

	say_error(error);
	smbmgmt_error_unref(error);
	return facts;
}

static void use(struct shell *shell, smbmgmt_handle *handle)
{
	smbmgmt_handle_unref(shell->current);
	shell->current = handle;
}

/*
 * Those of the shell's own options are kept: a password is asked for once,
 * and not before a server needs it.  `own`: the line says itself who asks.
 */
static unsigned find_credentials(struct shell *shell, const struct where *where,
				 bool own, const struct words *names,
				 smbmgmt_credentials **credentials)
{
	smbmgmt_credentials *kept = shell->credentials;
	bool full = kept != NULL && (smbmgmt_credentials_has_password(kept) ||
				     smbmgmt_credentials_user(kept)[0] == '\0');
	unsigned facts = 0;

	if (own || !full) {
		facts = servers_credentials(where, names, &kept);
	} else {
		smbmgmt_credentials_ref(kept);
	}
	*credentials = kept;
	if (facts != 0 || own || full || kept == NULL) {
		return facts;
	}
	smbmgmt_credentials_unref(shell->credentials);
	shell->credentials = smbmgmt_credentials_ref(kept);
	return 0;
}

/* A wrong password must not be used again, if there is another to ask for. */
static void forget_password(struct shell *shell, int32_t code)
{
	if (code == SMBMGMT_E_LOGON_FAILED &&
	    shell->start->where.identity.password == NULL) {
		smbmgmt_credentials_unref(shell->credentials);
		shell->credentials = NULL;
	}
}

static void merge_wsman(struct where *where, const struct where *start)
{
	where->auth =
		where->auth != SMBMGMT_AUTH_DEFAULT ? where->auth : start->auth;
	where->allow_plaintext =
		where->allow_plaintext || start->allow_plaintext;
	where->ca_file =
		where->ca_file != NULL ? where->ca_file : start->ca_file;
	where->wsman_path = where->wsman_path != NULL ? where->wsman_path
						      : start->wsman_path;
	/* A certificate brings its key. */
	if (where->client_cert == NULL && where->client_key == NULL) {
		where->client_cert = start->client_cert;
		where->client_key = start->client_key;
	}
}

/*
 * What the line does not say itself is as at the start, as far as it fits the
 * server.  But for the address: that is one server's.
 */
static struct where merge(const struct where *own, const struct where *given,
			  const char *server)
{
	struct where start = transport_where(given, transport_of(server));
	struct where where = *own;

	where.port = own->port != 0 ? own->port : start.port;
	where.carrier = own->carrier != NULL ? own->carrier : start.carrier;
	where.protection =
		own->protection >= 0 ? own->protection : start.protection;
	where.smb_conf = own->smb_conf != NULL ? own->smb_conf : start.smb_conf;
	where.samba_path =
		own->samba_path != NULL ? own->samba_path : start.samba_path;
	where.deadline = own->deadline != 0 ? own->deadline : start.deadline;
	where.debug = start.debug;
	merge_wsman(&where, &start);
	if (!identity_given(&own->identity)) {
		where.identity = start.identity;
	}
	/* What was demanded at the start holds for whoever asks. */
	if (where.identity.kerberos < 0) {
		where.identity.kerberos = start.identity.kerberos;
	}
	return where;
}

static unsigned check_open(const struct where *own, const struct where *where,
			   const struct words *names)
{
	unsigned facts = servers_check_identity(&own->identity, names);

	if (facts == 0) {
		facts = transport_check(own, names);
	}
	return facts != 0 ? facts : logon_check(where);
}

unsigned shell_open(struct shell *shell, const struct request *request)
{
	const struct words *names = &request->operands;
	const char *server = names->count == 1 ? names->word[0] : NULL;
	struct where where =
		merge(&request->where, &shell->start->where, server);
	smbmgmt_credentials *user = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	int32_t code;

	if (names->count > 1) {
		return say_usage("open takes one server");
	}
	facts = check_open(&request->where, &where, names);
	if (facts == 0) {
		facts = find_credentials(
			shell, &where, identity_given(&request->where.identity),
			names, &user);
	}
	if (facts != 0) {
		return facts;
	}
	code = servers_open_one(shell->tool, &where, user, server,
				request->name, true, &handle, &error);
	smbmgmt_credentials_unref(user);
	if (code != SMBMGMT_OK) {
		forget_password(shell, code);
		facts = library_said(error);
		if (server == NULL && code == SMBMGMT_E_NOT_SUPPORTED) {
			say("open [TRANSPORT:]HOST[:PORT] names a server");
		}
		return facts;
	}
	if (shell->at_terminal) {
		say("handle %u (%s) is open and in use",
		    smbmgmt_handle_id(handle), smbmgmt_handle_name(handle));
	}
	use(shell, handle);
	return 0;
}

/* ID or A..B */
static unsigned select_ids(smbmgmt_selector *selector, const char *text)
{
	char *first = must_copy(text);
	char *last = strstr(first, "..");
	smbmgmt_error *error = NULL;
	uint64_t from = 0;
	uint64_t to = 0;
	unsigned facts = 0;
	int32_t code = SMBMGMT_OK;

	if (last != NULL) {
		*last = '\0';
		last += 2;
	}
	if (!number_parse(first, UINT32_MAX, &from) ||
	    (last != NULL && !number_parse(last, UINT32_MAX, &to))) {
		facts = say_usage(
			"'%s' is neither a handle's id nor a range "
			"A..B; --name selects by name",
			text);
	} else if (last != NULL) {
		code = smbmgmt_selector_add_id_range(selector, (uint32_t)from,
						     (uint32_t)to, &error);
	} else {
		code = smbmgmt_selector_add_id(selector, (uint32_t)from,
					       &error);
	}
	free(first);
	return code == SMBMGMT_OK ? facts : library_said(error);
}

static unsigned select_operands(const struct request *request)
{
	unsigned facts = 0;
	size_t i;

	for (i = 0; i < request->operands.count && facts == 0; i++) {
		facts = select_ids(request->selector,
				   request->operands.word[i]);
	}
	return facts;
}

unsigned shell_handles(struct shell *shell, const struct request *request)
{
	unsigned facts = select_operands(request);
	smbmgmt_handle_list *list = NULL;
	smbmgmt_error *error = NULL;
	int32_t code;
	uint32_t i;

	if (facts != 0) {
		return facts;
	}
	code = smbmgmt_find_handles(shell->tool->context, request->selector,
				    &list, &error);
	if (request->csv) {
		csv_print_handles(list);
	} else {
		handles_print(list);
	}
	for (i = 0; i < handle_error_count(list); i++) {
		say_error(smbmgmt_handle_list_error(list, i));
	}
	if (error != NULL && handle_error_count(list) == 0) {
		say_error(error);
	}
	facts = exit_facts_handles(code, list);
	smbmgmt_handle_list_unref(list);
	smbmgmt_error_unref(error);
	return facts;
}

/* A name that is no pattern. */
static int32_t select_name(smbmgmt_selector *selector, const char *name,
			   smbmgmt_error **error)
{
	char *literal = must_alloc(strlen(name) + 1, 2);
	char *out = literal;
	int32_t code;

	for (; *name != '\0'; name++) {
		if (strchr("*?[]`", *name) != NULL) {
			*out++ = '`';
		}
		*out++ = *name;
	}
	code = smbmgmt_selector_add_name(selector, literal, error);
	free(literal);
	return code;
}

unsigned shell_use(struct shell *shell, const struct request *request)
{
	smbmgmt_handle_list *list = NULL;
	smbmgmt_error *error = NULL;
	const char *word = NULL;
	uint64_t id = 0;
	unsigned facts = 0;
	int32_t code;

	if (request->operands.count != 1) {
		return say_usage("use takes one handle, by its id or name");
	}
	word = request->operands.word[0];
	code = number_parse(word, UINT32_MAX, &id)
		       ? smbmgmt_selector_add_id(request->selector,
						 (uint32_t)id, &error)
		       : select_name(request->selector, word, &error);
	if (code == SMBMGMT_OK) {
		code = smbmgmt_find_handles(shell->tool->context,
					    request->selector, &list, &error);
	}
	if (code != SMBMGMT_OK) {
		facts = library_said(error);
	} else if (smbmgmt_handle_list_count(list) != 1) {
		facts = say_usage(
			"%u handles are named '%s': use one by its "
			"id",
			smbmgmt_handle_list_count(list), word);
	} else {
		use(shell,
		    smbmgmt_handle_ref(smbmgmt_handle_list_get(list, 0)));
	}
	smbmgmt_handle_list_unref(list);
	return facts;
}

static int32_t make_action(smbmgmt_action **action,
			   const struct request *request, int *tty,
			   smbmgmt_error **error)
{
	int32_t code = smbmgmt_action_new(action, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_what_if(*action, request->what_if,
						  error);
	}
	if (code == SMBMGMT_OK && *tty >= 0) {
		code = smbmgmt_action_set_confirm(*action, confirm_ask, tty,
						  NULL, error);
	}
	if (code == SMBMGMT_OK && request->all) {
		code = smbmgmt_selector_set_match_all(request->selector, 1,
						      error);
	}
	return code;
}

static unsigned remove_selected(struct shell *shell,
				const struct request *request, int *tty)
{
	const struct servers none = {0};
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	int32_t code = make_action(&action, request, tty, &error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_remove_handles(shell->tool->context,
					      request->selector, action,
					      &report, &error);
	}
	close_out_explain(report, &none, request);
	if (error != NULL && outcome_count(report) == 0 &&
	    report_error_count(report) == 0) {
		say_error(error);
	}
	facts = exit_facts_report(code, report);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_error_unref(error);
	return facts;
}

unsigned shell_remove(struct shell *shell, const struct request *request)
{
	unsigned facts = select_operands(request);
	bool selects =
		request->operands.count > 0 || request->selector_option != NULL;
	int tty = -1;

	if (facts == 0 && request->all == selects) {
		facts = say_usage(selects ? "--all means every handle: leave "
					    "it out, or the others"
					  : "nothing says which handles: give "
					    "ids, --name, --computer-name, "
					    "--instance-id or --all "
					    "(SMBMGMT_E_EMPTY_FILTER)");
	}
	if (facts == 0 && request->confirm && !request->what_if) {
		tty = tty_open();
		if (tty < 0) {
			facts = say_usage(
				"--confirm needs an answer and there "
				"is no terminal to ask at: leave it "
				"out, or use --what-if");
		}
	}
	if (facts == 0) {
		facts = remove_selected(shell, request, &tty);
	}
	if (tty >= 0) {
		close(tty);
	}
	if (shell->current != NULL &&
	    smbmgmt_handle_state(shell->current) == SMBMGMT_STATE_REMOVED) {
		use(shell, NULL);
	}
	return facts;
}
