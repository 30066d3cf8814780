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

/* Whether to log on with Kerberos. */
#define SMBMGMT_KERBEROS_OFF 0	    /* NTLM, the default; no ticket is used */
#define SMBMGMT_KERBEROS_DESIRED 1  /* Kerberos where it works, else NTLM */
#define SMBMGMT_KERBEROS_REQUIRED 2 /* Kerberos, or no logon */

/** Empty credentials: anonymous until a user is set.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_credentials_new(smbmgmt_credentials **credentials,
					    smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_credentials *
smbmgmt_credentials_ref(smbmgmt_credentials *credentials);
/** Drop a reference; the last one wipes the password.  Since 0.1. */
SMBMGMT_API void smbmgmt_credentials_unref(smbmgmt_credentials *credentials);

/**
 * Set the user; `DOMAIN\name` sets the domain as well.
 * Errors: INVALID (not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_user(smbmgmt_credentials *credentials, const char *user,
			     smbmgmt_error **err);
/** Set the domain.  Errors: INVALID, NOMEM.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_credentials_set_domain(smbmgmt_credentials *credentials,
			       const char *domain, smbmgmt_error **err);
/**
 * Set the password; the caller's copy is the caller's to wipe.
 * Errors: INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_password(smbmgmt_credentials *credentials,
				 const char *password, smbmgmt_error **err);
/**
 * Log on with Kerberos: an SMBMGMT_KERBEROS_ value.  With a password a ticket
 * is got with it; without one, or without a user, the tickets of the cache are
 * used, and nobody is asked.  DESIRED without a user is as REQUIRED: it never
 * becomes an anonymous logon.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_kerberos(smbmgmt_credentials *credentials,
				 int32_t kerberos, smbmgmt_error **err);
/**
 * The ticket cache of these credentials: an absolute path, or TYPE:NAME as in
 * KRB5CCNAME (`FILE:/path`, `DIR:/path`, `KCM:...`).  The default is that of
 * krb5.conf; the environment is not looked at.  Used with Kerberos only.
 * Errors: INVALID (a relative path, or MEMORY: another process cannot read
 * that), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_set_ccache(smbmgmt_credentials *credentials,
			       const char *ccache, smbmgmt_error **err);
/**
 * Read user, domain and password from a file as smbclient -A does
 * (`username = u`, `password = p`, `domain = d`; other lines are ignored).
 * A file that others may read is refused.
 * Errors: SYSTEM (cannot read), INVALID (too large, not UTF-8, readable by
 * others, no user name), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_credentials_load_file(smbmgmt_credentials *credentials,
			      const char *path, smbmgmt_error **err);
/** The user, or "" for anonymous; borrowed.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_credentials_user(const smbmgmt_credentials *credentials);
/** 1 if a password was set.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_credentials_has_password(const smbmgmt_credentials *credentials);

SMBMGMT_END

#endif /* SMBMGMT_CREDENTIALS_H */
