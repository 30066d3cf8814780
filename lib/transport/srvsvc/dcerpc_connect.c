/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Make Samba's libraries ready in this process, and connect.  Everything is
 * initialised here and not when the module is loaded: the process that loads
 * it only forks.
 */
#include "transport/srvsvc/dcerpc_carrier.h"
#include "transport/srvsvc/dcerpc_samba.h"

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

/*
 * libdcerpc wants the description of an interface; the stubs are encoded and
 * decoded elsewhere, so it has no calls.  Without a name under authservices
 * libdcerpc crashes when a pipe is to be signed or sealed.
 */
static const char *const endpoint_names[] = {"ncacn_np:[\\pipe\\srvsvc]"};
static const struct ndr_interface_string_array endpoints = {
	.count = 1, .names = endpoint_names};
static const char *const service_names[] = {"host"};
static const struct ndr_interface_string_array services = {
	.count = 1, .names = service_names};
static const struct ndr_interface_table srvsvc_table = {
	.name = "srvsvc",
	.syntax_id = {{0x4b324fc8,
		       0x1670,
		       0x01d3,
		       {0x12, 0x78},
		       {0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}},
		      3},
	.endpoints = &endpoints,
	.authservices = &services,
};

/* What holds whatever a configuration file says. */
static const char *const always[] = {
	/* Neither SMB1 nor NetBIOS, which broadcast and know no signing. */
	"client min protocol=SMB2_02",
	"client max protocol=SMB3_11",
	"client ipc min protocol=SMB2_02",
	"client ipc max protocol=SMB3_11",
	NULL,
};

/* What a configuration file may change. */
static const char *const defaults[][2] = {
	/* WINS and broadcasts would take seconds over an unknown host. */
	{"name resolve order", "host"},
	/*
	 * Nothing is to be made in the places of an installed Samba, or in any:
	 * root could make all but what is below a file.
	 */
	{"private dir", "/dev/null/none"},
	{"lock directory", "/dev/null/none"},
	{"state directory", "/dev/null/none"},
	{"cache directory", "/dev/null/none"},
	{"pid directory", "/dev/null/none"},
	{"ncalrpc dir", "/dev/null/none"},
	{NULL, NULL},
};

static const char *const protection_sign[] = {
	"client signing=required", "client ipc signing=required", NULL};
static const char *const protection_encrypt[] = {
	"client signing=required", "client ipc signing=required",
	"client smb encrypt=required", NULL};
static const char *const protection_off[] = {
	"client signing=if_required", "client ipc signing=if_required", NULL};

static bool set_options(struct loadparm_context *lp, const char *const *options)
{
	for (; *options != NULL; options++)
		if (!lpcfg_set_option(lp, *options))
			return false;
	return true;
}

static bool set_protection(struct loadparm_context *lp, uint32_t protection)
{
	switch (protection) {
	case SMBMGMT_PROTECTION_OFF:
		return set_options(lp, protection_off);
	case SMBMGMT_PROTECTION_ENCRYPT:
		return set_options(lp, protection_encrypt);
	default:
		return set_options(lp, protection_sign);
	}
}

/* One option with a number. */
static bool set_number(struct loadparm_context *lp, const char *name,
		       uint32_t value)
{
	char *option = talloc_asprintf(lp, "%s=%u", name, value);

	return option != NULL && lpcfg_set_option(lp, option);
}

static int make_config(const struct sm_target *target,
		       struct sm_carrier_conn *conn,
		       struct loadparm_context **config, struct sm_fail *fail)
{
	struct loadparm_context *lp = loadparm_init(conn->memory);
	bool good = lp != NULL;
	size_t i = 0;

	for (i = 0; good && defaults[i][0] != NULL; i++)
		good = lpcfg_do_global_parameter(lp, defaults[i][0],
						 defaults[i][1]);
	good = good && set_options(lp, always) &&
	       set_protection(lp, target->protection) &&
	       set_number(lp, "smb ports", conn->port) &&
	       set_number(lp, "log level", target->debug_level);
	if (!good)
		return sm_fail(fail, SMBMGMT_E_SYSTEM,
			       "Samba's libraries refuse the configuration "
			       "that this library gives them: their version "
			       "may be too old.");
	if (target->smb_conf != NULL && !lpcfg_load(lp, target->smb_conf))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The configuration file %s cannot be read, or "
			       "has errors: see testparm.",
			       target->smb_conf);
	*config = lp;
	return 0;
}

static bool is_anonymous(const struct sm_target *target)
{
	return target->user == NULL || target->user[0] == '\0';
}

/*
 * Everything that could be asked for is set, so that no one is: no callback
 * prompts, and no ticket is looked for.
 */
static int use_ntlm(const struct sm_target *target,
		    struct cli_credentials *creds, struct sm_fail *fail)
{
	const char *domain = target->domain;
	bool good = true;

	if (is_anonymous(target)) {
		cli_credentials_set_anonymous(creds);
		return 0;
	}
	if (domain == NULL && target->smb_conf == NULL)
		domain = "";
	good = cli_credentials_set_username(creds, target->user,
					    CRED_SPECIFIED) &&
	       cli_credentials_set_password(
		       creds, target->password != NULL ? target->password : "",
		       CRED_SPECIFIED) &&
	       cli_credentials_set_kerberos_state(
		       creds, CRED_USE_KERBEROS_DISABLED, CRED_SPECIFIED);
	if (good && domain != NULL)
		good = cli_credentials_set_domain(creds, domain,
						  CRED_SPECIFIED);
	return good ? 0 : sm_fail_nomem(fail);
}

/* Set apart, so that a colon in an IPv6 address means nothing. */
static NTSTATUS set_host(const struct sm_target *target,
			 struct dcerpc_binding *binding)
{
	NTSTATUS status;

	if (target->address == NULL)
		return dcerpc_binding_set_string_option(binding, "host",
							target->host);
	status = dcerpc_binding_set_string_option(binding, "host",
						  target->address);
	if (!NT_STATUS_IS_OK(status))
		return status;
	return dcerpc_binding_set_string_option(binding, "target_hostname",
						target->host);
}

static NTSTATUS connect_pipe(const struct sm_target *target,
			     struct sm_carrier_conn *conn,
			     struct loadparm_context *lp,
			     struct cli_credentials *creds)
{
	struct dcerpc_binding *binding = NULL;
	struct dcerpc_pipe *pipe = NULL;
	NTSTATUS status = dcerpc_init();

	if (!NT_STATUS_IS_OK(status))
		return status;
	status =
		dcerpc_parse_binding(conn->memory, endpoint_names[0], &binding);
	if (!NT_STATUS_IS_OK(status))
		return status;
	status = set_host(target, binding);
	if (!NT_STATUS_IS_OK(status))
		return status;
	status = dcerpc_pipe_connect_b(conn->memory, &pipe, binding,
				       &srvsvc_table, creds, conn->events, lp);
	if (NT_STATUS_IS_OK(status))
		conn->handle = pipe->binding_handle;
	return status;
}

/* Log on in one way; *@refused is set if it is the ticket that will not do. */
static int log_on(const struct sm_target *target, struct sm_carrier_conn *conn,
		  struct loadparm_context *lp, bool kerberos, bool *refused,
		  struct sm_fail *fail)
{
	const char *option = kerberos ? "client use kerberos=required"
				      : "client use kerberos=off";
	struct cli_credentials *creds = cli_credentials_init(conn->memory);
	NTSTATUS status;
	int ret = 0;

	if (creds == NULL || !lpcfg_set_option(lp, option) ||
	    !cli_credentials_set_conf(creds, lp))
		return sm_fail_nomem(fail);
	ret = kerberos ? sm_dcerpc_kerberos(target, conn, lp, creds, fail)
		       : use_ntlm(target, creds, fail);
	if (ret != 0) {
		*refused = kerberos;
		return ret;
	}
	status = connect_pipe(target, conn, lp, creds);
	if (NT_STATUS_IS_OK(status))
		return 0;
	if (kerberos)
		ret = sm_dcerpc_kerberos_failed(target->host, conn->principal,
						NT_STATUS_V(status), fail);
	if (ret != 0) {
		*refused = ret != SMBMGMT_E_ACCESS_DENIED;
		return ret;
	}
	return sm_dcerpc_connect_failed(target, NT_STATUS_V(status), fail);
}

int sm_dcerpc_connect(const struct sm_target *target,
		      struct sm_carrier_conn *conn, struct sm_fail *fail)
{
	struct loadparm_context *lp = NULL;
	uint32_t kerberos = SMBMGMT_KERBEROS_OFF;
	bool refused = false;
	int ret = sm_dcerpc_kerberos_state(target, &kerberos, fail);

	if (ret == 0)
		ret = make_config(target, conn, &lp, fail);
	if (ret != 0)
		return ret;
	conn->events = tevent_context_init(conn->memory);
	if (conn->events == NULL)
		return sm_fail_nomem(fail);
	if (kerberos != SMBMGMT_KERBEROS_OFF) {
		ret = log_on(target, conn, lp, true, &refused, fail);
		if (!refused || kerberos == SMBMGMT_KERBEROS_REQUIRED)
			return ret;
	}
	/* On its own, for within SPNEGO it would give the name NAME@REALM,
	 * which only a domain takes. */
	return log_on(target, conn, lp, false, &refused, fail);
}
