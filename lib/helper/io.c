/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper/io.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union fd_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int control_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static bool receive_all(int sock, uint8_t *to, size_t len, int *fd)
{
	size_t have = 0;

	while (have < len) {
		union fd_control control;
		struct iovec iov = {.iov_base = to + have,
				    .iov_len = len - have};
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes),
		};
		ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		int got = -1;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got = control_fd(&msg);
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
		union fd_control control;
		struct iovec iov = {.iov_base = (void *)(from + sent),
				    .iov_len = len - sent};
		struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
		ssize_t n = 0;

		if (fd >= 0 && sent == 0) {
			struct cmsghdr *c = NULL;

			memset(&control, 0, sizeof(control));
			msg.msg_control = control.bytes;
			msg.msg_controllen = sizeof(control.bytes);
			c = CMSG_FIRSTHDR(&msg);
			c->cmsg_level = SOL_SOCKET;
			c->cmsg_type = SCM_RIGHTS;
			c->cmsg_len = CMSG_LEN(sizeof(int));
			memcpy(CMSG_DATA(c), &fd, sizeof(fd));
		}
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		sent += (size_t)n;
	}
	return true;
}
