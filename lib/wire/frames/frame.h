/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Frames between the library and smbmgmt-helper, on stream sockets:
 * {u32 length of the payload, u16 type, u16 flags, u32 request id}, payload.
 * Little-endian.  Both ends are of one build (HELLO carries the version); a
 * receiver trusts a frame no further than these checks.
 */
#ifndef SM_WIRE_FRAME_H
#define SM_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/fail.h"

#define SM_FRAME_VERSION 5
#define SM_FRAME_HEADER 12
#define SM_FRAME_PAYLOAD 65536	    /* at most, in one frame */
#define SM_FRAME_ANSWER (64u << 20) /* at most, in all of one answer */

enum sm_frame_type {
	/* fork server -> library */
	SM_FRAME_HELLO = 1,   /* version, pid; with its pidfd */
	SM_FRAME_SPAWNED = 2, /* pid; with the child's pidfd */
	SM_FRAME_EXITED = 3,  /* pid, wait status */
	/* library -> fork server */
	SM_FRAME_SPAWN = 16, /* carrier's name, "auto" or SM_HELPER_; with
				the child's socket */
	/* library -> child */
	SM_FRAME_CONNECT = 32, /* struct sm_target */
	SM_FRAME_LIST = 33,    /* struct sm_query */
	SM_FRAME_CLOSE = 34,   /* struct sm_close */
	/* child -> library */
	SM_FRAME_DONE = 48,   /* CONNECT or CLOSE succeeded */
	SM_FRAME_ROWS = 49,   /* records, any number of such frames */
	SM_FRAME_LISTED = 50, /* struct sm_listing: the LIST is complete */
	/* either */
	SM_FRAME_FAIL = 64, /* struct sm_fail */
};

/* Names for SPAWN that are no carrier's: transports of their own. */
#define SM_HELPER_SAMBA "samba" /* in the helper itself */
#define SM_HELPER_WSMAN "wsman" /* a module */

struct sm_frame {
	uint16_t type;
	uint16_t flags; /* none yet: 0 */
	uint32_t request;
	uint32_t length; /* of the payload */
};

/* Append a header; the payload of frame->length bytes follows it. */
void sm_frame_put(struct sm_out *out, const struct sm_frame *frame);
/*
 * Read a header from SM_FRAME_HEADER bytes.  PROTOCOL: over SM_FRAME_PAYLOAD,
 * or flags that are not known.
 */
int sm_frame_get(const uint8_t header[SM_FRAME_HEADER], struct sm_frame *frame,
		 struct sm_fail *fail);

/*
 * Begin a frame in @out, and give it its length when the payload stands
 * behind it; returns false if it became too long or memory ran out.
 */
size_t sm_frame_begin(struct sm_out *out, enum sm_frame_type type,
		      uint32_t request);
bool sm_frame_end(struct sm_out *out, size_t begin);

#endif /* SM_WIRE_FRAME_H */
