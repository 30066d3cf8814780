/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What there is to know of a server's certificate. */
#ifndef SM_WSMAN_CERTIFICATE_H
#define SM_WSMAN_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "util/fail.h"

enum sm_certificate_flaw {
	SM_CERTIFICATE_UNTRUSTED, /* or not known */
	SM_CERTIFICATE_EXPIRED,
	SM_CERTIFICATE_EARLY,
	SM_CERTIFICATE_NAME,
};

/*
 * Why it was not accepted, by itself, or by what libcurl @said where it does
 * not hand it out (@pem is NULL).  For sentences only.
 */
enum sm_certificate_flaw sm_certificate_flaw(const char *pem, const char *host,
					     time_t now, const char *said);

/* What comes before the hash, RFC 5929 section 4. */
#define SM_BINDING_PREFIX "tls-server-end-point:"
#define SM_BINDING_MOST (sizeof(SM_BINDING_PREFIX) - 1 + 64)

/*
 * The channel binding of a connection to the server of this certificate.
 * NOT_SUPPORTED: it cannot be made.
 */
int sm_certificate_binding(const char *pem, uint8_t binding[SM_BINDING_MOST],
			   size_t *len, struct sm_fail *fail);

/*
 * Can a client's certificate and its key be used: PEM files, which belong
 * together?  INVALID: no.
 */
int sm_certificate_check(const char *cert, const char *key,
			 struct sm_fail *fail);

#endif /* SM_WSMAN_CERTIFICATE_H */
