/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From libsmbclient's errno to one code for each cause, with what its log
 * says and a second look at the host.  What stays one is named together.
 */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include <smbmgmt/handle.h>

#include "transport/srvsvc/smbclient_carrier.h"
#include "util/ntstatus.h"

/* A part of a message was read, and what is left of it is lost. */
#define NT_BUFFER_OVERFLOW 0x80000005u

static const char no_common[] =
	"What answered is no SMB server, or speaks no dialect from SMB 2.0.2 "
	"to "
	"3.1.1 in a way that both sides accept: check the port, and the "
	"server's hosts allow and deny.";
static const char no_answer[] =
	"The server does not answer: is it overloaded, or is something else "
	"listening on that port?";
static const char broken_off[] =
	"The server broke the connection off before a session was made: it may "
	"know SMB1 only, not let this host in, or be going down.";

/* What libsmbclient itself makes of a log-on that it does not go on with. */
static const struct sm_carrier_meaning own_meanings[] = {
	{SM_NT_ACCESS_DENIED, SMBMGMT_E_ACCESS_DENIED,
	 "The server does not let this user in, or took the log-on for a "
	 "guest's, whose traffic cannot be protected."},
	{SM_NT_NOT_SUPPORTED, SMBMGMT_E_NEGOTIATION, no_common},
	{SM_NT_INVALID_NETWORK_RESPONSE, SMBMGMT_E_NEGOTIATION, no_common},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* As Samba's public header has it. */
typedef struct {
	uint32_t v;
} nt_status;
typedef const char *status_text(nt_status status);

/*
 * The log has the sentence that Samba's libsamba-errors has for the status;
 * the same library says which status that is.
 */
static const struct sm_carrier_meaning *find_reason(const char *reason)
{
	union {
		void *pointer;
		status_text *function;
	} text = {.pointer = dlsym(RTLD_DEFAULT, "get_friendly_nt_error_msg")};
	const struct sm_carrier_meaning *tables[] = {NULL, own_meanings};
	size_t counts[] = {0, COUNT(own_meanings)};

	if (text.pointer == NULL)
		return NULL;
	tables[0] = sm_carrier_logon_meanings(&counts[0]);
	for (size_t t = 0; t < COUNT(tables); t++) {
		for (size_t i = 0; i < counts[t]; i++) {
			nt_status status = {tables[t][i].status};

			if (strcmp(text.function(status), reason) == 0)
				return &tables[t][i];
		}
	}
	return NULL;
}

static bool is_broken_off(int number)
{
	return number == ECONNABORTED || number == ECONNRESET ||
	       number == ENETRESET || number == EPIPE || number == ESHUTDOWN ||
	       number == ENOTCONN;
}

static bool is_timeout(int number)
{
	return number == ETIMEDOUT || number == ETIME;
}

static int logon_failed(const struct sm_smbclient_heard *heard, int number,
			struct sm_fail *fail)
{
	const struct sm_carrier_meaning *meaning = find_reason(heard->reason);

	if (meaning != NULL)
		return sm_fail_native(fail, meaning->code,
				      SMBMGMT_NATIVE_NTSTATUS, meaning->status,
				      "%s", meaning->text);
	return sm_fail_native(
		fail,
		number == EACCES ? SMBMGMT_E_LOGON_FAILED : SMBMGMT_E_SERVER,
		SMBMGMT_NATIVE_ERRNO, (uint32_t)number,
		"The server refuses the log-on: %s", heard->reason);
}

/* Logged on; IPC$ or the pipe in it is not to be had. */
static int pipe_failed(const struct sm_smbclient_heard *heard, int number,
		       struct sm_fail *fail)
{
	int32_t kind = heard->has_status ? SMBMGMT_NATIVE_NTSTATUS
					 : SMBMGMT_NATIVE_ERRNO;
	uint32_t native = heard->has_status ? heard->status : (uint32_t)number;
	const struct sm_carrier_meaning *meaning = NULL;
	char buffer[128];

	if (heard->has_status)
		meaning = sm_carrier_pipe_meaning(heard->status);
	if (meaning == NULL && number == ENOENT)
		meaning = sm_carrier_pipe_meaning(SM_NT_OBJECT_NAME_NOT_FOUND);
	if (meaning != NULL)
		return sm_fail_native(fail, meaning->code, kind, native, "%s",
				      meaning->text);
	if (number == EACCES)
		return sm_fail_native(
			fail, SMBMGMT_E_ACCESS_DENIED, SMBMGMT_NATIVE_ERRNO,
			(uint32_t)number,
			"The server does not let this user in: it denied %s.",
			heard->stage == SM_STAGE_TREE ? "IPC$"
						      : "the pipe srvsvc");
	return sm_fail_native(fail, SMBMGMT_E_SERVER, kind, native,
			      "The server's srvsvc service cannot be used: %s.",
			      strerror_r(number, buffer, sizeof(buffer)));
}

/* Neither logged on nor refused. */
static int reach_failed(const struct sm_target *target, int number,
			struct sm_fail *fail)
{
	int ret = 0;

	/* The log was of no help: the causes that are one errno. */
	if (number == EACCES || number == EPERM)
		return sm_fail_native(
			fail, SMBMGMT_E_LOGON_FAILED, SMBMGMT_NATIVE_ERRNO,
			(uint32_t)number,
			"The server does not let this user in, and "
			"libsmbclient does not say why: a wrong user or "
			"password, an account that is disabled or restricted, "
			"a guest's log-on, or no right to IPC$. The carrier "
			"dcerpc tells these apart.");
	ret = sm_carrier_probe(target, fail);
	if (ret != 0)
		return ret;
	if (number == ECONNREFUSED || number == EHOSTUNREACH ||
	    number == ENETUNREACH)
		return sm_fail_native(fail, SMBMGMT_E_UNREACHABLE,
				      SMBMGMT_NATIVE_ERRNO, (uint32_t)number,
				      "The server could not be reached for a "
				      "moment: try again.");
	return sm_fail_native(
		fail, SMBMGMT_E_NEGOTIATION, SMBMGMT_NATIVE_ERRNO,
		(uint32_t)number,
		"What answered is no SMB server, speaks no dialect from SMB "
		"2.0.2 to 3.1.1 that both sides accept, or refuses the log-on "
		"in a way that libsmbclient does not tell: check the port, and "
		"the server's hosts allow and deny.");
}

int sm_smbclient_connect_failed(const struct sm_target *target,
				const struct sm_smbclient_heard *heard,
				int number, struct sm_fail *fail)
{
	int ret = 0;

	if (number == ENOMEM && !heard->has_status)
		return sm_fail_nomem(fail);
	if (is_broken_off(number) || is_timeout(number)) {
		/* Later on there is no socket left to look with. */
		if (heard->stage == SM_STAGE_REACH)
			ret = sm_carrier_probe(target, fail);
		if (ret != 0)
			return ret;
		return sm_fail_native(
			fail,
			is_timeout(number) ? SMBMGMT_E_TIMED_OUT
					   : SMBMGMT_E_CONNECTION_LOST,
			SMBMGMT_NATIVE_ERRNO, (uint32_t)number, "%s",
			is_timeout(number) ? no_answer : broken_off);
	}
	if (heard->refused)
		return logon_failed(heard, number, fail);
	if (heard->stage == SM_STAGE_REACH)
		return reach_failed(target, number, fail);
	return pipe_failed(heard, number, fail);
}

static bool is_lost(const struct sm_smbclient_heard *heard, int number)
{
	if (is_broken_off(number))
		return true;
	/* The log says no status of a write; these mean handle or session. */
	if (!heard->has_status)
		return number == EINVAL || number == EBADF;
	return sm_carrier_is_lost(heard->status);
}

/*
 * A message that was read in part.  A pipe shows it when it is first read,
 * or never: without its NTSTATUS that tells it from other causes of EINVAL.
 */
static bool is_message_mode(const struct sm_smbclient_heard *heard, int number,
			    bool first_read)
{
	if (heard->has_status)
		return heard->status == NT_BUFFER_OVERFLOW;
	return number == EINVAL && first_read;
}

int sm_smbclient_call_failed(const struct sm_smbclient_heard *heard, int number,
			     bool first_read, bool alive, struct sm_fail *fail)
{
	int32_t kind = heard->has_status ? SMBMGMT_NATIVE_NTSTATUS
					 : SMBMGMT_NATIVE_ERRNO;
	uint32_t native = heard->has_status ? heard->status : (uint32_t)number;
	char buffer[128];
	const char *said = strerror_r(number, buffer, sizeof(buffer));

	if (number == ENOMEM && !heard->has_status)
		return sm_fail_nomem(fail);
	if (is_timeout(number))
		return sm_fail_native(fail, SMBMGMT_E_TIMED_OUT, kind, native,
				      "The server does not answer: it hangs or "
				      "is overloaded.");
	if (alive && is_message_mode(heard, number, first_read))
		return sm_fail_native(
			fail, SMBMGMT_E_NOT_SUPPORTED, kind, native,
			"This server's pipes keep messages apart, as Windows' "
			"do, and libsmbclient cannot read them: use the "
			"carrier dcerpc.");
	/* Whether what was written was carried out, nobody knows. */
	if (!alive || !first_read || is_lost(heard, number))
		return sm_fail_native(fail, SMBMGMT_E_CONNECTION_LOST, kind,
				      native,
				      "The connection to the server broke, or "
				      "the server ended our session: %s.",
				      said);
	return sm_fail_native(fail, SMBMGMT_E_SERVER, kind, native,
			      "The server's srvsvc service failed: %s.", said);
}
