/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * NDR (32-bit, little-endian) of NetrSessionEnum, opnum 12, and
 * NetrSessionDel, opnum 13: MS-SRVS 3.1.4.5, 3.1.4.6 and 2.2.4.  Both
 * directions: the client's side is what the library speaks, the server's side
 * is for its tests and labs.  Pure: libc only, no I/O.
 */
#ifndef SM_WIRE_SRVSVC_NDR_H
#define SM_WIRE_SRVSVC_NDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/fail.h"

#define SM_SRVSVC_OP_ENUM 12
#define SM_SRVSVC_OP_DEL 13

/* A string in these structs is UTF-8; NULL is a null pointer on the wire. */
struct sm_srvsvc_enum_request {
	const char *server;
	const char *client;
	const char *user;
	uint32_t level;	     /* 0, 1, 2, 10, 502 */
	uint32_t max_length; /* preferred, 0xFFFFFFFF: all */
	bool has_resume;     /* a resume handle is sent */
	uint32_t resume;
};

struct sm_srvsvc_session {
	const char *client;    /* cname: all levels */
	const char *user;      /* all but 0 */
	uint32_t num_opens;    /* 1, 2, 502 */
	uint32_t time;	       /* seconds: all but 0 */
	uint32_t idle;	       /* seconds: all but 0 */
	uint32_t flags;	       /* 1, 2, 502: SM_SRVSVC_GUEST, ... */
	const char *type;      /* cltype_name: 2, 502 */
	const char *transport; /* 502 */
};

#define SM_SRVSVC_GUEST 1u
#define SM_SRVSVC_NOENCRYPTION 2u

struct sm_srvsvc_enum_answer {
	uint32_t level;
	bool has_container; /* false: the union's pointer was null */
	bool has_array;	    /* false: the container's pointer was null */
	uint32_t count;
	struct sm_srvsvc_session *sessions;
	uint32_t total;
	bool has_resume;
	uint32_t resume;
	uint32_t status; /* WERROR */
};

struct sm_srvsvc_del_request {
	const char *server; /* may be NULL */
	const char *client;
	const char *user;
};

/*
 * Encode.  INVALID: an unknown level, text that is not UTF-8 or over
 * SM_SRVSVC_NAME_MAX UTF-16 units; NOMEM.
 */
#define SM_SRVSVC_NAME_MAX 1024
int sm_srvsvc_put_enum_request(const struct sm_srvsvc_enum_request *request,
			       struct sm_out *out, struct sm_fail *fail);
int sm_srvsvc_put_enum_answer(const struct sm_srvsvc_enum_answer *answer,
			      struct sm_out *out, struct sm_fail *fail);
/*
 * A Del without client or without user would end sessions nobody named (a
 * Samba server ends them all): INVALID, and nothing is written.  A client of
 * backslashes alone is none: servers drop them.
 */
int sm_srvsvc_put_del_request(const struct sm_srvsvc_del_request *request,
			      struct sm_out *out, struct sm_fail *fail);
int sm_srvsvc_put_del_answer(uint32_t status, struct sm_out *out,
			     struct sm_fail *fail);

/*
 * Decode.  What breaks NDR or the IDL is SMBMGMT_E_PROTOCOL with the offset.
 * Strings and arrays are taken from @arena, never more than a small multiple
 * of @len.  @expected_level is the level that was asked for: an answer of
 * another level is PROTOCOL.  So are bytes left over, and a string whose
 * maximum and actual count differ.  On failure nothing is answered: structs
 * are zeroed, *@status is left alone.
 */
int sm_srvsvc_get_enum_request(const uint8_t *stub, size_t len,
			       struct sm_arena *arena,
			       struct sm_srvsvc_enum_request *request,
			       struct sm_fail *fail);
int sm_srvsvc_get_enum_answer(const uint8_t *stub, size_t len,
			      uint32_t expected_level, struct sm_arena *arena,
			      struct sm_srvsvc_enum_answer *answer,
			      struct sm_fail *fail);
int sm_srvsvc_get_del_request(const uint8_t *stub, size_t len,
			      struct sm_arena *arena,
			      struct sm_srvsvc_del_request *request,
			      struct sm_fail *fail);
int sm_srvsvc_get_del_answer(const uint8_t *stub, size_t len, uint32_t *status,
			     struct sm_fail *fail);

#endif /* SM_WIRE_SRVSVC_NDR_H */
