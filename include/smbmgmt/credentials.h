/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file credentials.h
 * @brief Who asks.
 *
 * A password is kept in memory of its own, is wiped with the object, and goes
 * to the process of the connection only, over a socket.
 */
#ifndef SMBMGMT_CREDENTIALS_H
#define SMBMGMT_CREDENTIALS_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name Kerberos
 * Whether to log on with Kerberos.  Since 0.1.
 * @{
 */
/** NTLM, the default; no ticket is used. */
#define SMBMGMT_KERBEROS_OFF 0
/** Kerberos where it works, else NTLM. */
#define SMBMGMT_KERBEROS_DESIRED 1
/** Kerberos, or no logon. */
#define SMBMGMT_KERBEROS_REQUIRED 2
/** @} */

/**
 * Make empty credentials: anonymous until a user is set.  @p credentials is the
 * caller's to drop with smbmgmt_credentials_unref().  Errors: INVALID, NOMEM.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_credentials_new(smbmgmt_credentials **credentials,
					    smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_credentials *
smbmgmt_credentials_ref(smbmgmt_credentials *credentials);
/**
 * Drop a reference; NULL is accepted.  The last one wipes the password.
 * Since 0.1.
 */
SMBMGMT_API void smbmgmt_credentials_unref(smbmgmt_credentials *credentials);

/**
 * Set the user; `DOMAIN\user` in @p user sets the domain as well.  Errors:
 * INVALID (not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_user(smbmgmt_credentials *credentials, const char *user,
			     smbmgmt_error **err);
/** Set the domain.  Errors: INVALID (not UTF-8), NOMEM.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_credentials_set_domain(smbmgmt_credentials *credentials,
			       const char *domain, smbmgmt_error **err);
/**
 * Set the password.  It is copied; the caller's copy is the caller's to wipe.
 * Errors: INVALID (not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_password(smbmgmt_credentials *credentials,
				 const char *password, smbmgmt_error **err);
/**
 * Whether to log on with Kerberos: @p kerberos is an SMBMGMT_KERBEROS_ value.
 * With a user and a password a ticket is got with it; without them the tickets
 * of the cache are used, and nobody is asked.  DESIRED without a password is as
 * REQUIRED: it never becomes NTLM or an anonymous logon.  Errors: INVALID (no
 * such value).  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_kerberos(smbmgmt_credentials *credentials,
				 int32_t kerberos, smbmgmt_error **err);
/**
 * The ticket cache of these credentials: @p ccache is an absolute path, or
 * TYPE:NAME as in KRB5CCNAME (`FILE:/path`, `DIR:/path`, `KCM:...`).  The
 * default is that of krb5.conf; the environment is not looked at.  Used with
 * Kerberos only.  Errors: INVALID (a relative path, or MEMORY: another process
 * cannot read that), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_ccache(smbmgmt_credentials *credentials,
			       const char *ccache, smbmgmt_error **err);
/**
 * Read user, domain and password from the file @p path as smbclient -A does
 * (`username = u`, `password = p`, `domain = d`; other lines are ignored).  A
 * file that others may read is refused.  Errors: SYSTEM (cannot read), INVALID
 * (too large, not UTF-8, readable by others, no user name), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_load_file(smbmgmt_credentials *credentials,
			      const char *path, smbmgmt_error **err);
/**
 * The user without its domain, or "" for anonymous; borrowed, until it is set
 * again.  Since 0.1.
 */
SMBMGMT_API const char *
smbmgmt_credentials_user(const smbmgmt_credentials *credentials);
/** 1 if a password was set, the empty one too.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_credentials_has_password(const smbmgmt_credentials *credentials);

SMBMGMT_END

#endif /* SMBMGMT_CREDENTIALS_H */
