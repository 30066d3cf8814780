/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "servers.h"

#include "credentials.h"
#include "exitcode.h"
#include "say.h"
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MEMORY_PREFIX "memory:"
#define SAMBA_PREFIX "samba:"
#define MAX_SAMBA_DEBUG 4

bool servers_is_here(const char *server)
{
	return server == NULL || server[0] == '\0' ||
	       strncasecmp(server, SAMBA_PREFIX, strlen(SAMBA_PREFIX)) == 0;
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

/* A table in this process asks nobody for a password. */
static bool needs_password(const char *server)
{
	return !servers_is_here(server) &&
	       strncasecmp(server, MEMORY_PREFIX, strlen(MEMORY_PREFIX)) != 0;
}

unsigned servers_credentials(const struct where *where,
			     const struct words *names,
			     smbmgmt_credentials **credentials)
{
	bool may_ask = false;
	size_t i;

	for (i = 0; i < names->count; i++) {
		may_ask = may_ask || needs_password(names->word[i]);
	}
	return credentials_make(&where->identity, may_ask, credentials);
}

static int32_t fill_options(smbmgmt_open_options *options,
			    const struct where *where,
			    smbmgmt_credentials *credentials, const char *name,
			    bool test, smbmgmt_error **error)
{
	const char *krb5_conf = getenv("KRB5_CONFIG");
	int32_t code = SMBMGMT_OK;

	if (credentials != NULL) {
		code = smbmgmt_open_options_set_credentials(options,
							    credentials, error);
	}
	if (code == SMBMGMT_OK && name != NULL) {
		code = smbmgmt_open_options_set_name(options, name, error);
	}
	if (code == SMBMGMT_OK && where->port != 0) {
		code = smbmgmt_open_options_set_port(options, where->port,
						     error);
	}
	if (code == SMBMGMT_OK && where->carrier != NULL) {
		code = smbmgmt_open_options_set_carrier(options, where->carrier,
							error);
	}
	if (code == SMBMGMT_OK && where->address != NULL) {
		code = smbmgmt_open_options_set_address(options, where->address,
							error);
	}
	if (code == SMBMGMT_OK && krb5_conf != NULL && krb5_conf[0] != '\0' &&
	    where->identity.kerberos > SMBMGMT_KERBEROS_OFF) {
		code = smbmgmt_open_options_set_krb5_conf(options, krb5_conf,
							  error);
	}
	if (code == SMBMGMT_OK && where->protection >= 0) {
		code = smbmgmt_open_options_set_protection(
			options, where->protection, error);
	}
	if (code == SMBMGMT_OK && where->smb_conf != NULL) {
		code = smbmgmt_open_options_set_smb_conf(
			options, where->smb_conf, error);
	}
	if (code == SMBMGMT_OK && where->samba_path != NULL) {
		code = smbmgmt_open_options_set_samba_path(
			options, where->samba_path, error);
	}
	if (code == SMBMGMT_OK && where->deadline != 0) {
		code = smbmgmt_open_options_set_deadline(
			options, where->deadline, error);
	}
	if (code == SMBMGMT_OK && where->debug >= 0) {
		code = smbmgmt_open_options_set_debug_level(
			options,
			where->debug < MAX_SAMBA_DEBUG ? where->debug
						       : MAX_SAMBA_DEBUG,
			error);
	}
	if (code == SMBMGMT_OK && !test) {
		code = smbmgmt_open_options_set_skip_test(options, 1, error);
	}
	return code;
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

int32_t servers_open_one(struct tool *tool, const struct where *where,
			 smbmgmt_credentials *credentials, const char *server,
			 const char *name, bool test, smbmgmt_handle **handle,
			 smbmgmt_error **error)
{
	smbmgmt_open_options *options = NULL;
	int32_t code = smbmgmt_open_options_new(&options, error);

	if (code == SMBMGMT_OK) {
		code = fill_options(options, where,
				    servers_is_here(server) ? NULL
							    : credentials,
				    name, test, error);
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

struct where servers_where_here(const struct where *where)
{
	struct where here = *where;

	here.port = 0;
	here.carrier = NULL;
	return here;
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
		       smbmgmt_credentials *credentials, const char *name,
		       const char *place, struct servers *servers)
{
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;

	if (servers_open_one(tool, where, credentials, name, NULL, false,
			     &handle, &error) != SMBMGMT_OK) {
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
	struct where here = servers_where_here(where);
	smbmgmt_credentials *credentials = NULL;
	unsigned facts = servers_check_identity(&where->identity, names);
	size_t i;

	if (facts == 0) {
		facts = servers_credentials(where, names, &credentials);
	}
	if (facts != 0) {
		return facts;
	}
	/* What nobody here has a use for is refused, not passed over. */
	if (all_here(names)) {
		here = *where;
	}
	servers->several = names->count > 1;
	if (names->count == 0) {
		open_named(tool, &here, credentials, NULL, NULL, servers);
	}
	for (i = 0; i < names->count; i++) {
		const char *name = names->word[i];

		open_named(tool, servers_is_here(name) ? &here : where,
			   credentials, name, place_of(where, names, i),
			   servers);
	}
	smbmgmt_credentials_unref(credentials);
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
