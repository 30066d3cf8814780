/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "servers.h"

#include "credentials.h"
#include "exitcode.h"
#include "logon.h"
#include "opening.h"
#include "say.h"
#include "transport.h"
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool servers_is_here(const char *server)
{
	return transport_of(server) == TRANSPORT_SAMBA;
}

bool servers_same(const char *name, const char *other)
{
	return strcasecmp(name, other) == 0 ||
	       (servers_is_here(name) && servers_is_here(other));
}

static bool all_here(const struct words *names)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		if (!servers_is_here(names->word[i])) {
			return false;
		}
	}
	return true;
}

unsigned servers_check_identity(const struct identity *identity,
				const struct words *names)
{
	bool named = identity->user != NULL || identity->auth_file != NULL ||
		     identity->password_fd >= 0 || identity->kerberos >= 0;

	if (!named || !all_here(names)) {
		return 0;
	}
	return say_usage(
		"this machine's own Samba asks for root and for no other user: "
		"leave -U, -A, --password-fd and --use-kerberos out, or name a "
		"server");
}

unsigned servers_credentials(const struct where *where,
			     const struct words *names,
			     smbmgmt_credentials **credentials)
{
	bool wants_user = false;
	bool may_ask = false;
	size_t i;

	*credentials = NULL;
	for (i = 0; i < names->count; i++) {
		unsigned transport = transport_of(names->word[i]);

		wants_user =
			wants_user || logon_of(where, transport) == LOGON_USER;
		may_ask = may_ask || logon_needs_password(where, transport);
	}
	return wants_user ? credentials_make(&where->identity, may_ask,
					     credentials)
			  : 0;
}

/* The connection is made now, and that can be broken off. */
static int32_t open_now(struct tool *tool, const char *server,
			const smbmgmt_open_options *options,
			smbmgmt_handle **handle, smbmgmt_error **error)
{
	smbmgmt_job *job = NULL;
	int32_t code =
		smbmgmt_start_open(tool->context, server, options, &job, error);

	if (code != SMBMGMT_OK) {
		return code;
	}
	code = watch_job(tool, job, "Connecting", 0, error);
	*handle = smbmgmt_job_handle(job);
	smbmgmt_job_unref(job);
	return code;
}

/* All that is said of how to open it. */
static int32_t make_options(const struct where *where, const char *server,
			    smbmgmt_credentials *user, const char *name,
			    smbmgmt_open_options *options,
			    smbmgmt_error **error)
{
	unsigned transport = transport_of(server);
	smbmgmt_credentials *credentials = NULL;
	int32_t code =
		logon_credentials(where, transport, user, &credentials, error);

	if (code == SMBMGMT_OK && credentials != NULL) {
		code = smbmgmt_open_options_set_credentials(options,
							    credentials, error);
	}
	smbmgmt_credentials_unref(credentials);
	if (code == SMBMGMT_OK && name != NULL) {
		code = smbmgmt_open_options_set_name(options, name, error);
	}
	if (code == SMBMGMT_OK) {
		code = opening_fill(options, where, transport, error);
	}
	return code;
}

int32_t servers_open_one(struct tool *tool, const struct where *where,
			 smbmgmt_credentials *user, const char *server,
			 const char *name, bool test, smbmgmt_handle **handle,
			 smbmgmt_error **error)
{
	smbmgmt_open_options *options = NULL;
	int32_t code = smbmgmt_open_options_new(&options, error);

	if (code == SMBMGMT_OK) {
		code = make_options(where, server, user, name, options, error);
	}
	if (code == SMBMGMT_OK && !test) {
		code = smbmgmt_open_options_set_skip_test(options, 1, error);
	}
	if (code == SMBMGMT_OK && test) {
		code = open_now(tool, server, options, handle, error);
	} else if (code == SMBMGMT_OK) {
		code = smbmgmt_open_handle(tool->context, server, options,
					   handle, error);
	}
	smbmgmt_open_options_unref(options);
	return code;
}

static void keep_error(struct servers *servers, smbmgmt_error *error,
		       bool named, const char *place)
{
	int32_t code = smbmgmt_error_code(error);

	if (place != NULL && code == SMBMGMT_E_INVALID) {
		say_bad("%s: %s (%s)", place, smbmgmt_error_message(error),
			smbmgmt_error_name(code));
	} else {
		say_error(error);
	}
	if (!named && code == SMBMGMT_E_NOT_SUPPORTED) {
		say("-S [TRANSPORT:]HOST[:PORT] names a server");
	}
	servers->error = must_grow(servers->error, servers->error_count + 1,
				   sizeof(smbmgmt_error *));
	servers->error[servers->error_count++] = error;
	servers->facts |= code == SMBMGMT_E_INVALID ? FACT_USAGE : FACT_FAILED;
}

/*
 * The connections are made at the first use: then the library knows of each
 * server that fails, and calls nothing "not found" that it may hold.
 */
static void open_named(struct tool *tool, const struct where *where,
		       smbmgmt_credentials *user, const char *name,
		       const char *place, struct servers *servers)
{
	struct where fitting = transport_where(where, transport_of(name));
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;

	if (servers_open_one(tool, &fitting, user, name, NULL, false, &handle,
			     &error) != SMBMGMT_OK) {
		keep_error(servers, error, name != NULL, place);
		return;
	}
	servers->handle = must_grow(servers->handle, servers->count + 1,
				    sizeof(smbmgmt_handle *));
	servers->handle[servers->count++] = handle;
}

/* Those of a file stand behind those of -S. */
static const char *place_of(const struct where *where,
			    const struct words *names, size_t index)
{
	size_t first = where->servers.count - where->places.count;

	if (names != &where->servers || index < first) {
		return NULL;
	}
	return where->places.word[index - first];
}

unsigned servers_open(struct tool *tool, const struct where *where,
		      const struct words *names, struct servers *servers)
{
	smbmgmt_credentials *user = NULL;
	unsigned facts = servers_check_identity(&where->identity, names);
	size_t i;

	if (facts == 0) {
		facts = transport_check(where, names);
	}
	if (facts == 0) {
		facts = servers_credentials(where, names, &user);
	}
	if (facts != 0) {
		return facts;
	}
	servers->several = names->count > 1;
	if (names->count == 0) {
		open_named(tool, where, user, NULL, NULL, servers);
	}
	for (i = 0; i < names->count; i++) {
		open_named(tool, where, user, names->word[i],
			   place_of(where, names, i), servers);
	}
	smbmgmt_credentials_unref(user);
	return servers->facts & FACT_USAGE;
}

bool servers_may_say(const struct servers *servers, int32_t code)
{
	return code != SMBMGMT_E_NOT_FOUND || servers->error_count == 0;
}

int32_t servers_code(const struct servers *servers, int32_t code)
{
	int32_t first = SMBMGMT_OK;
	size_t i;

	if (servers->error_count == 0) {
		return code;
	}
	first = smbmgmt_error_code(servers->error[0]);
	for (i = 1; i < servers->error_count; i++) {
		if (smbmgmt_error_code(servers->error[i]) != first) {
			return SMBMGMT_E_PARTIAL;
		}
	}
	return servers->count == 0 || code == first ? first : SMBMGMT_E_PARTIAL;
}

void servers_clear(struct servers *servers)
{
	size_t i;

	for (i = 0; i < servers->count; i++) {
		smbmgmt_handle_unref(servers->handle[i]);
	}
	for (i = 0; i < servers->error_count; i++) {
		smbmgmt_error_unref(servers->error[i]);
	}
	free(servers->handle);
	free(servers->error);
	*servers = (struct servers){0};
}
