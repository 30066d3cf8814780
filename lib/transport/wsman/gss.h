/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A log-on with GSSAPI: SPNEGO with one mechanism in it, and no other. */
#ifndef SM_WSMAN_GSS_H
#define SM_WSMAN_GSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/request.h"
#include "util/buf.h"
#include "util/fail.h"

struct sm_gss;

struct sm_gss_setup {
	const struct sm_target *target;
	bool kerberos; /* else NTLM */
	bool seal;     /* messages are to be sealed */
	const uint8_t *binding;
	size_t binding_len; /* 0: none */
};

/* NOT_SUPPORTED: the mechanism is not installed. */
int sm_gss_new(const struct sm_gss_setup *setup, struct sm_gss **gss,
	       struct sm_fail *fail);
void sm_gss_free(struct sm_gss *gss);

/*
 * Take the server's token (@len 0: there is none yet), and append to @out what
 * it is to get, which may be nothing.
 */
int sm_gss_step(struct sm_gss *gss, const uint8_t *token, size_t len,
		struct sm_out *out, struct sm_fail *fail);
bool sm_gss_is_done(const struct sm_gss *gss);

/* Is all that was asked for there: encryption, and who the server is? */
int sm_gss_check(const struct sm_gss *gss, struct sm_fail *fail);

/* Append the HTTP body for a message, sealed, or what is in such a body. */
int sm_gss_seal(struct sm_gss *gss, const struct sm_out *plain,
		struct sm_out *body, struct sm_fail *fail);
int sm_gss_open(struct sm_gss *gss, const uint8_t *body, size_t len,
		const char *boundary, struct sm_out *plain,
		struct sm_fail *fail);

#endif /* SM_WSMAN_GSS_H */
