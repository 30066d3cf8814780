/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole frames on blocking sockets, for the fork server and its children. */
#ifndef SM_HELPER_IO_H
#define SM_HELPER_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "wire/frames/frame.h"

/* The descriptors that the helper is started with. */
#define SM_HELPER_SOCKET 3 /* to the library */
#define SM_HELPER_HOST 4   /* pidfd of the library's process, or a pipe to it */

struct sm_received {
	struct sm_frame frame;
	uint8_t *payload; /* SM_FRAME_PAYLOAD + 1 bytes of room */
	int fd;		  /* that came with it, or -1; the receiver closes it */
};

/* False at the end of the stream or for anything that is no frame. */
bool sm_io_receive(int sock, struct sm_received *received);
/* False if the other end is gone.  @fd -1: none goes with it. */
bool sm_io_send(int sock, const void *bytes, size_t len, int fd);

#endif /* SM_HELPER_IO_H */
