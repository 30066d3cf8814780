/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A libsmbclient context that does what the library promises and nothing of
 * its own accord: no smb.conf of this machine, no prompt, no ticket, no
 * anonymous session, no SMB1.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "transport/srvsvc/smbclient_carrier.h"

/*
 * An SMB request is given up by the deadline of its caller, who ends this
 * process: libsmbclient takes one time for all of a connection's requests,
 * and their deadlines differ.
 */
#define NO_TIMEOUT_MS 86400000

/* What libsmbclient takes of a user, a domain or a password. */
#define NAME_MAX_BYTES 255

/* What a configuration file may change. */
static const char defaults[] =
	"[global]\n"
	/* WINS and broadcasts would take seconds over an unknown host. */
	"name resolve order = host\n"
	/*
	 * Nothing is to be made in the places of an installed Samba, or in any:
	 * root could make all but what is below a file.
	 */
	"private dir = /dev/null/none\n"
	"lock directory = /dev/null/none\n"
	"state directory = /dev/null/none\n"
	"cache directory = /dev/null/none\n"
	"pid directory = /dev/null/none\n"
	"ncalrpc dir = /dev/null/none\n";

/* What holds whatever a configuration file says. */
static const char always[] =
	"[global]\n"
	/* Neither SMB1 nor NetBIOS, which broadcast and know no signing. */
	"disable netbios = yes\n"
	"client min protocol = SMB2_02\n"
	"client max protocol = SMB3_11\n"
	"client ipc min protocol = SMB2_02\n"
	"client ipc max protocol = SMB3_11\n"
	"client use kerberos = off\n"
	"winbind separator = /\n";

static const char sign[] =
	"client signing = required\n"
	"client ipc signing = required\n";
static const char no_sign[] =
	"client signing = if_required\n"
	"client ipc signing = if_required\n";

static int refused(struct sm_fail *fail, const char *what)
{
	return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
		       "%s The carrier dcerpc can: install its module, or "
		       "build with -Ddcerpc=enabled.",
		       what);
}

static bool too_long(const char *text)
{
	return text != NULL && strlen(text) > NAME_MAX_BYTES;
}

/* A name that means nothing else in a URL. */
static bool is_plain(const char *host)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-_";

	return host[0] != '\0' && strspn(host, plain) == strlen(host);
}

static int refuse_host(const struct sm_target *target, struct sm_fail *fail)
{
	int ret = 0;

	if (strchr(target->host, ':') != NULL)
		return refused(fail,
			       "The carrier smbclient cannot connect to "
			       "an IPv6 address, only to a name.");
	if (target->address != NULL && !target->pinned)
		return refused(fail,
			       "The carrier smbclient cannot be told a "
			       "server's address beside its name.");
	if (is_plain(target->host))
		return 0;
	ret = sm_carrier_probe(target, fail);
	if (ret != 0)
		return ret;
	return refused(fail,
		       "The carrier smbclient cannot connect to a host "
		       "of such a name.");
}

int sm_smbclient_refuse(const struct sm_target *target, struct sm_fail *fail)
{
	if (target->protection == SMBMGMT_PROTECTION_ENCRYPT)
		return refused(fail,
			       "The carrier smbclient cannot promise "
			       "encryption.");
	/* A ticket logs on whom it is for; the user given may be another. */
	if (target->kerberos != SMBMGMT_KERBEROS_OFF)
		return refused(fail,
			       "The carrier smbclient logs on with NTLM "
			       "only: libsmbclient can neither promise "
			       "Kerberos nor tell whose ticket it used.");
	if (too_long(target->user) || too_long(target->domain) ||
	    too_long(target->password))
		return refused(fail,
			       "The carrier smbclient takes no user, "
			       "domain or password over 255 bytes.");
	/* libsmbclient sends no answer to the challenge then. */
	if (target->user != NULL && target->user[0] != '\0' &&
	    (target->password == NULL || target->password[0] == '\0'))
		return refused(fail,
			       "The carrier smbclient cannot log on with an "
			       "empty password.");
	/* libsmbclient takes what is before these for a domain. */
	if (target->user != NULL && strpbrk(target->user, "/\\") != NULL)
		return refused(fail,
			       "The carrier smbclient cannot log on a "
			       "user with a slash in the name.");
	return refuse_host(target, fail);
}

/*
 * libsmbclient reads $HOME/.smb/smb.conf, or if it cannot the machine's own.
 * An empty one is installed beside this module.
 */
static int set_home(struct sm_fail *fail)
{
	char file[PATH_MAX];
	char home[PATH_MAX];
	const char *slash = NULL;
	Dl_info self;

	if (dladdr(defaults, &self) == 0 || self.dli_fname == NULL)
		self.dli_fname = "";
	slash = strrchr(self.dli_fname, '/');
	snprintf(home, sizeof(home), "%.*s/smbclient-home",
		 slash == NULL ? 0 : (int)(slash - self.dli_fname),
		 self.dli_fname);
	if (snprintf(file, sizeof(file), "%s/.smb/smb.conf", home) >=
		    (int)sizeof(file) ||
	    access(file, R_OK) != 0)
		return sm_fail_errno(fail, errno,
				     "The carrier smbclient is not installed "
				     "as a whole, its file %s cannot be read",
				     file);
	if (setenv("HOME", home, 1) != 0)
		return sm_fail_nomem(fail);
	return 0;
}

static bool write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	return write(fd, text, len) == (ssize_t)len;
}

/* smbc_setConfiguration() does not tell of a file that it cannot read. */
static bool load_file(SMBCCTX *context, const char *path)
{
	return access(path, R_OK) == 0 &&
	       smbc_setConfiguration(context, path) == 0;
}

/* Have libsmbclient read these lines, from a file that has no name. */
static int load_text(SMBCCTX *context, const char *text, const char *more,
		     struct sm_fail *fail)
{
	char path[64];
	int fd = memfd_create("smb.conf", MFD_CLOEXEC);
	bool good = fd >= 0 && write_all(fd, text) && write_all(fd, more);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	good = good && load_file(context, path);
	if (fd >= 0)
		close(fd);
	if (good)
		return 0;
	return sm_fail(fail, SMBMGMT_E_SYSTEM,
		       "libsmbclient does not take the configuration that this "
		       "library gives it: its version may be too old, or /proc "
		       "is not mounted.");
}

/* With the registry for a back end no file that follows counts. */
static bool files_count(void)
{
	union {
		void *pointer;
		bool (*function)(void);
	} is_file = {.pointer =
			     dlsym(RTLD_DEFAULT, "lp_config_backend_is_file")};

	return is_file.pointer == NULL || is_file.function();
}

static int load_files(const struct sm_target *target, SMBCCTX *context,
		      struct sm_fail *fail)
{
	int ret = load_text(context, defaults, "", fail);

	if (ret != 0)
		return ret;
	if (target->smb_conf != NULL && !load_file(context, target->smb_conf))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The configuration file %s cannot be read, or "
			       "has errors: see testparm.",
			       target->smb_conf);
	if (!files_count())
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The configuration file %s leads to the "
			       "registry, which this library does not read.",
			       target->smb_conf);
	return load_text(context, always,
			 target->protection == SMBMGMT_PROTECTION_OFF ? no_sign
								      : sign,
			 fail);
}

static void copy_name(char *to, int size, const char *from)
{
	if (size > 0)
		snprintf(to, (size_t)size, "%s", from != NULL ? from : "");
}

/* The one way for credentials: neither a URL nor the environment has them. */
static void give_credentials(SMBCCTX *context, const char *server,
			     const char *share, char *domain, int domain_size,
			     char *user, int user_size, char *password,
			     int password_size)
{
	const struct sm_carrier_conn *conn = smbc_getOptionUserData(context);
	const struct sm_target *target = conn->target;

	(void)server;
	(void)share;
	if (target == NULL)
		return;
	/* A configuration file's workgroup is there already. */
	if (target->domain != NULL || target->smb_conf == NULL)
		copy_name(domain, domain_size, target->domain);
	copy_name(user, user_size, target->user);
	copy_name(password, password_size, target->password);
}

/* It is called when IPC$ is open: what fails after it is the pipe. */
static int keep_server(SMBCCTX *context, SMBCSRV *server, const char *host,
		       const char *share, const char *domain, const char *user)
{
	struct sm_carrier_conn *conn = smbc_getOptionUserData(context);

	conn->heard.stage = SM_STAGE_PIPE;
	/* libsmbclient follows DFS referrals, of IPC$ too: to another server.
	 */
	if (!sm_carrier_seal())
		return 1;
	return conn->keep_server(context, server, host, share, domain, user);
}

static void set_options(struct sm_carrier_conn *conn)
{
	SMBCCTX *context = conn->context;

	smbc_setOptionUserData(context, conn);
	smbc_setFunctionAuthDataWithContext(context, give_credentials);
	conn->keep_server = smbc_getFunctionAddCachedServer(context);
	smbc_setFunctionAddCachedServer(context, keep_server);
	/* Port 0 would be 139 first, and NetBIOS. */
	smbc_setPort(context, (uint16_t)conn->port);
	smbc_setTimeout(context, NO_TIMEOUT_MS);
	smbc_setOptionDebugToStderr(context, 1);
	smbc_setOptionNoAutoAnonymousLogin(context, 1);
	smbc_setOptionUseKerberos(context, 0);
	smbc_setOptionFallbackAfterKerberos(context, 0);
	smbc_setOptionUseCCache(context, 0);
	/* To ask for encryption gives none, but it makes signing a must. */
	if (conn->target->protection != SMBMGMT_PROTECTION_OFF)
		smbc_setOptionSmbEncryptionLevel(context,
						 SMBC_ENCRYPTLEVEL_REQUEST);
}

int sm_smbclient_configure(const struct sm_target *target,
			   struct sm_carrier_conn *conn, struct sm_fail *fail)
{
	int ret = set_home(fail);

	if (ret != 0)
		return ret;
	conn->context = smbc_new_context();
	if (conn->context == NULL)
		return sm_fail_nomem(fail);
	sm_smbclient_listen(conn);
	ret = load_files(target, conn->context, fail);
	if (ret != 0)
		return ret;
	/* A file may have set a level as well. */
	sm_smbclient_listen(conn);
	set_options(conn);
	if (smbc_init_context(conn->context) == NULL)
		return sm_fail_errno(fail, errno,
				     "libsmbclient cannot be initialised");
	return 0;
}
