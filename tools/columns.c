/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "columns.h"

#include "number.h"
#include "option_apply.h"
#include "say.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static char *decimal(uint64_t number)
{
	return must_format("%" PRIu64, number);
}

static char *truth(int32_t value)
{
	return must_copy(value ? "true" : "false");
}

static char *time_text(int64_t milliseconds)
{
	char text[UTC_SIZE];

	utc_format(milliseconds, text);
	return must_copy(text);
}

/* An instance of a later library has no name here. */
static char *instance_text(int32_t instance)
{
	const char *name = instance_name(instance);

	return name == NULL ? NULL : must_copy(name);
}

const char *own_name(int32_t own)
{
	switch (own) {
	case SMBMGMT_OWN_YES:
		return "yes";
	case SMBMGMT_OWN_POSSIBLE:
		return "possible";
	default:
		return "no";
	}
}

const char *degree_name(int32_t degree)
{
	static const char *const names[] = {
		[SMBMGMT_DEGREE_NONE] = "none",
		[SMBMGMT_DEGREE_PARTIAL] = "partial",
		[SMBMGMT_DEGREE_FULL] = "full",
		[SMBMGMT_DEGREE_ANONYMOUS] = "anonymous",
	};

	if (degree < SMBMGMT_DEGREE_NONE || degree > SMBMGMT_DEGREE_ANONYMOUS) {
		return NULL;
	}
	return names[degree];
}

static char *degree_text(int32_t degree)
{
	const char *name = degree_name(degree);

	return name == NULL ? NULL : must_copy(name);
}

#define ALWAYS(what, convert, get)                                             \
	static char *what(const smbmgmt_session *session)                      \
	{                                                                      \
		return convert(get(session));                                  \
	}
#define WHERE_KNOWN(what, field, convert, get)                                 \
	static char *what(const smbmgmt_session *session)                      \
	{                                                                      \
		return smbmgmt_session_has(session, SMBMGMT_FIELD_##field)     \
			       ? convert(get(session))                         \
			       : NULL;                                         \
	}

ALWAYS(server, must_copy, smbmgmt_session_server)
ALWAYS(transport, must_copy, smbmgmt_session_transport)
ALWAYS(listed_at, time_text, smbmgmt_session_listed_at)
ALWAYS(computer, must_copy, smbmgmt_session_computer)
ALWAYS(handle_id, decimal, smbmgmt_session_handle_id)
WHERE_KNOWN(id, ID, decimal, smbmgmt_session_id)
WHERE_KNOWN(id_derived, ID, truth, smbmgmt_session_id_is_derived)
WHERE_KNOWN(client, CLIENT, must_copy, smbmgmt_session_client)
WHERE_KNOWN(user, USER, must_copy, smbmgmt_session_user)
WHERE_KNOWN(num_opens, NUM_OPENS, decimal, smbmgmt_session_num_opens)
WHERE_KNOWN(exists, SECONDS_EXISTS, decimal, smbmgmt_session_seconds_exists)
WHERE_KNOWN(idle, SECONDS_IDLE, decimal, smbmgmt_session_seconds_idle)
WHERE_KNOWN(scope, SCOPE, must_copy, smbmgmt_session_scope)
WHERE_KNOWN(node, NODE, must_copy, smbmgmt_session_node)
WHERE_KNOWN(dialect, DIALECT, must_copy, smbmgmt_session_dialect)
WHERE_KNOWN(transport_name, TRANSPORT_NAME, must_copy,
	    smbmgmt_session_transport_name)
WHERE_KNOWN(instance, INSTANCE, instance_text, smbmgmt_session_instance)
WHERE_KNOWN(guest, GUEST, truth, smbmgmt_session_guest)
WHERE_KNOWN(encrypted, ENCRYPTED, truth, smbmgmt_session_encrypted)
WHERE_KNOWN(group, GROUP, must_copy, smbmgmt_session_group)
WHERE_KNOWN(uid, UID, decimal, smbmgmt_session_uid)
WHERE_KNOWN(gid, GID, decimal, smbmgmt_session_gid)
WHERE_KNOWN(address, ADDRESS, must_copy, smbmgmt_session_address)
WHERE_KNOWN(cipher, CIPHER, must_copy, smbmgmt_session_cipher)
WHERE_KNOWN(cipher_degree, CIPHER, degree_text, smbmgmt_session_cipher_degree)
WHERE_KNOWN(signing, SIGNING, must_copy, smbmgmt_session_signing)
WHERE_KNOWN(signing_degree, SIGNING, degree_text,
	    smbmgmt_session_signing_degree)
WHERE_KNOWN(node_number, NODE_NUMBER, decimal, smbmgmt_session_node_number)
WHERE_KNOWN(auth_time, AUTH_TIME, time_text, smbmgmt_session_auth_time)
WHERE_KNOWN(in_progress, IN_PROGRESS, truth, smbmgmt_session_in_progress)

static char *own(const smbmgmt_session *session)
{
	return must_copy(own_name(smbmgmt_session_own(session)));
}

/* In the order of --json, which CSV without --columns keeps. */
const struct column session_columns[COLUMN_COUNT] = {
	{"server", NULL, "Server", false, server},
	{"transport", NULL, "Transport", false, transport},
	{"listed_at", NULL, "ListedAt", false, listed_at},
	{"computer", NULL, "Computer", false, computer},
	{"handle_id", NULL, "HandleId", true, handle_id},
	{"session_id", "id", "SessionId", true, id},
	{"session_id_derived", "derived", "SessionIdDerived", false,
	 id_derived},
	{"client_computer_name", "client", "ClientComputerName", false, client},
	{"client_user_name", "user", "ClientUserName", false, user},
	{"num_opens", "opens", "NumOpens", true, num_opens},
	{"seconds_exists", "age", "SecondsExists", true, exists},
	{"seconds_idle", "idle", "SecondsIdle", true, idle},
	{"scope_name", "scope", "ScopeName", false, scope},
	{"cluster_node_name", "node", "ClusterNodeName", false, node},
	{"dialect", NULL, "Dialect", false, dialect},
	{"transport_name", NULL, "TransportName", false, transport_name},
	{"smb_instance", "instance", "SmbInstance", false, instance},
	{"guest", NULL, "Guest", false, guest},
	{"encrypted", NULL, "Encrypted", false, encrypted},
	{"own", NULL, "Own", false, own},
	{"group", NULL, "Group", false, group},
	{"uid", NULL, "Uid", true, uid},
	{"gid", NULL, "Gid", true, gid},
	{"client_address", "address", "ClientAddress", false, address},
	{"cipher", NULL, "Cipher", false, cipher},
	{"cipher_degree", NULL, "CipherDegree", false, cipher_degree},
	{"signing", NULL, "Signing", false, signing},
	{"signing_degree", NULL, "SigningDegree", false, signing_degree},
	{"node_number", NULL, "NodeNumber", true, node_number},
	{"auth_time", NULL, "AuthTime", false, auth_time},
	{"in_progress", NULL, "InProgress", false, in_progress},
};

static const struct column *find(const char *name)
{
	size_t i;

	for (i = 0; i < COLUMN_COUNT; i++) {
		const struct column *column = &session_columns[i];

		if (strcmp(name, column->name) == 0 ||
		    (column->brief != NULL &&
		     strcmp(name, column->brief) == 0)) {
			return column;
		}
	}
	return NULL;
}

static void take(struct choice *choice, const char *name)
{
	choice->column[choice->count++] = find(name);
}

struct choice choice_usual(bool with_computer)
{
	struct choice choice = {.count = 0};

	if (with_computer) {
		take(&choice, "computer");
	}
	take(&choice, "session_id");
	take(&choice, "client_computer_name");
	take(&choice, "client_user_name");
	take(&choice, "num_opens");
	return choice;
}

struct choice choice_all(void)
{
	struct choice choice = {.count = 0};

	while (choice.count < COLUMN_COUNT) {
		choice.column[choice.count] = &session_columns[choice.count];
		choice.count++;
	}
	return choice;
}

static unsigned unknown(const char *option, const char *name)
{
	char *list = must_copy("");
	unsigned facts;
	size_t i;

	for (i = 0; i < COLUMN_COUNT; i++) {
		const char *brief = session_columns[i].brief;
		char *longer = must_format(
			"%s%s%s%s%s%s", list, i == 0 ? "" : ", ",
			session_columns[i].name, brief == NULL ? "" : " (",
			brief == NULL ? "" : brief, brief == NULL ? "" : ")");

		free(list);
		list = longer;
	}
	facts = say_usage("--%s: '%s' is no column; there are %s", option, name,
			  list);
	free(list);
	return facts;
}

static unsigned add(const char *option, const char *name, struct choice *choice)
{
	const struct column *column = find(name);
	size_t i;

	if (column == NULL) {
		return unknown(option, name);
	}
	for (i = 0; i < choice->count; i++) {
		if (choice->column[i] == column) {
			return say_usage("--%s: %s was given twice", option,
					 column->name);
		}
	}
	choice->column[choice->count++] = column;
	return 0;
}

unsigned choice_parse(const char *option, const char *text,
		      struct choice *choice)
{
	char *copy = must_copy(text);
	char *rest = copy;
	char *name = NULL;
	unsigned facts = 0;

	*choice = (struct choice){.count = 0};
	while (facts == 0 && (name = strsep(&rest, ",")) != NULL) {
		facts = add(option, name, choice);
	}
	free(copy);
	return facts;
}
