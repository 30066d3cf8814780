/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper/io.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/passfd.h"

static bool receive_all(int sock, uint8_t *to, size_t len, int *fd)
{
	size_t have = 0;

	while (have < len) {
		union sm_passfd control;
		struct iovec iov = {.iov_base = to + have,
				    .iov_len = len - have};
		struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
		ssize_t n = 0;
		int got = -1;

		sm_passfd_expect(&msg, &control);
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got = sm_passfd_get(&msg);
		if (got >= 0) {
			if (*fd >= 0)
				close(*fd);
			*fd = got;
		}
		have += (size_t)n;
	}
	return true;
}

bool sm_io_receive(int sock, struct sm_received *received)
{
	uint8_t header[SM_FRAME_HEADER];

	received->fd = -1;
	if (receive_all(sock, header, sizeof(header), &received->fd) &&
	    sm_frame_get(header, &received->frame, NULL) == 0 &&
	    receive_all(sock, received->payload, received->frame.length,
			&received->fd))
		return true;
	if (received->fd >= 0)
		close(received->fd);
	received->fd = -1;
	return false;
}

bool sm_io_send(int sock, const void *bytes, size_t len, int fd)
{
	const uint8_t *from = bytes;
	size_t sent = 0;

	while (sent < len) {
		union sm_passfd control;
		struct iovec iov = {.iov_base = (void *)(from + sent),
				    .iov_len = len - sent};
		struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
		ssize_t n = 0;

		if (fd >= 0 && sent == 0)
			sm_passfd_put(&msg, &control, fd);
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		sent += (size_t)n;
	}
	return true;
}
