/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Frames on a non-blocking socket in the engine's loop.
 */
#ifndef SM_ENGINE_STREAM_H
#define SM_ENGINE_STREAM_H

#include <stdint.h>

#include <tevent.h>

#include "util/buf.h"
#include "util/fail.h"
#include "wire/frames/frame.h"

struct sm_stream;

struct sm_stream_events {
	/*
	 * A frame came; @payload may be written to and is good during the
	 * call; @fd (or -1) came with it and is the receiver's to close.
	 */
	void (*frame)(void *userdata, const struct sm_frame *frame,
		      uint8_t *payload, int fd);
	/* The other end is gone, or broke the rules; called once, last. */
	void (*end)(void *userdata, const struct sm_fail *why);
	void *userdata;
};

/* Takes over @sock.  NULL if out of memory (and it is closed). */
struct sm_stream *sm_stream_new(void *mem, struct tevent_context *ev, int sock,
				const struct sm_stream_events *events);
/*
 * Send whole frames; @out is taken over (and wiped when it is sent).  @fd (or
 * -1) goes with the first byte and stays the caller's; it is duplicated.
 * False with errno, ENOMEM or that of the duplication; a broken stream is told
 * by end().
 */
bool sm_stream_send(struct sm_stream *stream, struct sm_out *out, int fd);

#endif /* SM_ENGINE_STREAM_H */
