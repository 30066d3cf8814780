/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The HTTP body of a message that is encrypted (MS-WSMV 2.2.9.1):
 * multipart/encrypted, a part that tells what the message was, and one with
 * {u32 length of the signature, signature, ciphertext}.  Framing only; the
 * cipher is GSSAPI's.
 */
#ifndef SM_WIRE_SEALED_H
#define SM_WIRE_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/fail.h"

/* What the parts are sealed with; the server knows it by this name. */
enum sm_sealed_protocol {
	SM_SEALED_SPNEGO,   /* application/HTTP-SPNEGO-session-encrypted */
	SM_SEALED_KERBEROS, /* application/HTTP-Kerberos-session-encrypted */
};

/* A message must not be longer when it is opened, */
#define SM_SEALED_PLAIN_MOST (16u << 20)
/* nor a signature, nor what padding adds. */
#define SM_SEALED_SIGNATURE_MOST 1024

/* One sealed message; pointers into the body. */
struct sm_sealed {
	enum sm_sealed_protocol protocol;
	uint32_t plain; /* bytes that the message has when it is opened */
	const uint8_t *signature;
	size_t signature_len;
	const uint8_t *data;
	size_t data_len;
};

/* The value of Content-Type for a body of sm_sealed_put(). */
const char *sm_sealed_content_type(enum sm_sealed_protocol protocol);

/* Append the body of one message, in the form that Microsoft's client has. */
void sm_sealed_put(struct sm_out *out, const struct sm_sealed *sealed);

/* The longest boundary that there may be (RFC 2046), and a NUL. */
#define SM_SEALED_BOUNDARY 71

/*
 * Is @content_type that of a sealed body, and of which boundary (quoted there
 * or not)?  The same two protocols are known, without case.
 */
bool sm_sealed_boundary(const char *content_type,
			char boundary[SM_SEALED_BOUNDARY]);

/*
 * Read the message that begins at *@pos of the body and move *@pos behind it;
 * a body may have several, whose plain texts belong together.  *@more: there
 * is another one.  PROTOCOL with the offset: this is no such body.
 */
int sm_sealed_get(const uint8_t *body, size_t len, const char *boundary,
		  size_t *pos, struct sm_sealed *sealed, bool *more,
		  struct sm_fail *fail);

#endif /* SM_WIRE_SEALED_H */
