/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <talloc.h>

#include "util/lowfd.h"
#include "util/passfd.h"

struct chunk {
	struct chunk *next;
	struct sm_out out;
	size_t sent;
	int fd; /* a duplicate, or -1 */
};

struct sm_stream {
	struct tevent_context *ev;
	int sock;
	struct tevent_fd *fde;
	struct sm_stream_events events;
	struct chunk *first;
	struct chunk **last;
	uint8_t header[SM_FRAME_HEADER];
	uint8_t *payload; /* of the frame at hand, while it is read */
	size_t have;	  /* bytes of header and payload */
	struct sm_frame frame;
	int fd; /* came with the frame at hand, or -1 */
	bool ended;
};

static int chunk_destructor(struct chunk *chunk)
{
	sm_out_wipe(&chunk->out);
	if (chunk->fd >= 0)
		close(chunk->fd);
	return 0;
}

static int stream_destructor(struct sm_stream *s)
{
	TALLOC_FREE(s->fde);
	/* A process that the host forked may hold a copy; this reaches it. */
	shutdown(s->sock, SHUT_RDWR);
	close(s->sock);
	if (s->fd >= 0)
		close(s->fd);
	return 0;
}

static void end(struct sm_stream *s, const struct sm_fail *why)
{
	if (s->ended)
		return;
	s->ended = true;
	tevent_fd_set_flags(s->fde, 0);
	s->events.end(s->events.userdata, why);
}

static void end_errno(struct sm_stream *s, int error)
{
	struct sm_fail why;

	if (error == 0)
		sm_fail(&why, SMBMGMT_E_CHILD_DIED, "It closed its socket.");
	else
		sm_fail_errno(&why, error, "Its socket failed");
	end(s, &why);
}

/* One sendmsg of the first chunk: bytes sent, or -1 with errno. */
static ssize_t send_some(struct sm_stream *s, struct chunk *chunk)
{
	union sm_passfd control;
	struct iovec iov = {.iov_base = chunk->out.data + chunk->sent,
			    .iov_len = chunk->out.len - chunk->sent};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (chunk->fd >= 0 && chunk->sent == 0)
		sm_passfd_put(&msg, &control, chunk->fd);
	return sendmsg(s->sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Returns 0 or an errno. */
static int push(struct sm_stream *s)
{
	while (s->first != NULL) {
		struct chunk *chunk = s->first;
		ssize_t n = send_some(s, chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			TEVENT_FD_WRITEABLE(s->fde);
			return 0;
		}
		if (n < 0)
			return errno;
		chunk->sent += (size_t)n;
		if (chunk->sent < chunk->out.len)
			continue;
		s->first = chunk->next;
		if (s->first == NULL)
			s->last = &s->first;
		talloc_free(chunk);
	}
	TEVENT_FD_NOT_WRITEABLE(s->fde);
	return 0;
}

/*
 * What could not be written is not an end by itself: what the other end said
 * before it went is still to be read, and reading then finds the end.
 */
bool sm_stream_send(struct sm_stream *s, struct sm_out *out, int fd)
{
	struct chunk *chunk = NULL;
	bool ok = !out->failed;
	int error = 0;

	if (ok)
		chunk = talloc_zero(s, struct chunk);
	if (chunk != NULL) {
		chunk->fd = -1;
		talloc_set_destructor(chunk, chunk_destructor);
		if (fd >= 0)
			chunk->fd = fcntl(fd, F_DUPFD_CLOEXEC, SM_LOWFD_COUNT);
	}
	if (chunk == NULL || (fd >= 0 && chunk->fd < 0)) {
		error = chunk == NULL ? ENOMEM : errno;
		sm_out_wipe(out);
		talloc_free(chunk);
		errno = error;
		return false;
	}
	chunk->out = *out;
	memset(out, 0, sizeof(*out));
	*s->last = chunk;
	s->last = &chunk->next;
	if (s->first == chunk)
		push(s);
	return true;
}

static int receive_some(struct sm_stream *s)
{
	union sm_passfd control;
	bool head = s->have < SM_FRAME_HEADER;
	size_t done = head ? s->have : s->have - SM_FRAME_HEADER;
	size_t want = head ? SM_FRAME_HEADER : s->frame.length;
	struct iovec iov = {
		.iov_base = (head ? s->header : s->payload) + done,
		.iov_len = want - done,
	};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = 0;
	int fd = -1;

	sm_passfd_expect(&msg, &control);
	n = recvmsg(s->sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return n == 0 ? -1 : errno;
	fd = sm_lowfd_leave(sm_passfd_get(&msg));
	if (fd >= 0) {
		if (s->fd >= 0)
			close(s->fd);
		s->fd = fd;
	}
	s->have += (size_t)n;
	return 0;
}

/* The header is complete: check it and make room.  False: the stream ended. */
static bool begin_payload(struct sm_stream *s)
{
	struct sm_fail why;

	if (sm_frame_get(s->header, &s->frame, &why) != 0) {
		end(s, &why);
		return false;
	}
	/* One more byte, so that an empty payload is no NULL. */
	s->payload = talloc_array(s, uint8_t, s->frame.length + 1);
	if (s->payload == NULL) {
		sm_fail_nomem(&why);
		end(s, &why);
		return false;
	}
	return true;
}

/* Hand the frame over.  The receiver may free the stream in it. */
static void deliver(struct sm_stream *s)
{
	struct sm_frame frame = s->frame;
	uint8_t *payload = talloc_steal(s->ev, s->payload);
	int fd = s->fd;

	s->payload = NULL;
	s->have = 0;
	s->fd = -1;
	s->events.frame(s->events.userdata, &frame, payload, fd);
	talloc_free(payload);
}

/* At most one frame a turn, so that the stream may be freed by it. */
static void pull(struct sm_stream *s)
{
	for (;;) {
		int error = 0;

		if (s->have >= SM_FRAME_HEADER && s->payload != NULL &&
		    s->have == SM_FRAME_HEADER + (size_t)s->frame.length) {
			deliver(s);
			return;
		}
		error = receive_some(s);
		if (error == EINTR)
			continue;
		if (error == EAGAIN)
			return;
		if (error != 0) {
			end_errno(s, error == -1 ? 0 : error);
			return;
		}
		if (s->have == SM_FRAME_HEADER && s->payload == NULL &&
		    !begin_payload(s))
			return;
	}
}

static void ready(struct tevent_context *ev, struct tevent_fd *fde,
		  uint16_t flags, void *userdata)
{
	struct sm_stream *s = userdata;
	int error = 0;

	(void)ev;
	(void)fde;
	if (flags & TEVENT_FD_WRITE) {
		error = push(s);
		if (error != 0)
			TEVENT_FD_NOT_WRITEABLE(s->fde);
	}
	if (flags & TEVENT_FD_READ)
		pull(s);
}

struct sm_stream *sm_stream_new(void *mem, struct tevent_context *ev, int sock,
				const struct sm_stream_events *events)
{
	struct sm_stream *s = talloc_zero(mem, struct sm_stream);

	if (s == NULL) {
		close(sock);
		return NULL;
	}
	s->ev = ev;
	s->sock = sock;
	s->fd = -1;
	s->last = &s->first;
	s->events = *events;
	talloc_set_destructor(s, stream_destructor);
	s->fde = tevent_add_fd(ev, s, sock, TEVENT_FD_READ, ready, s);
	if (s->fde == NULL)
		TALLOC_FREE(s);
	return s;
}
