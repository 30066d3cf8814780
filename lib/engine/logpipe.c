/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/logpipe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <talloc.h>

#include "util/lowfd.h"

struct logpipe {
	struct sm_engine *engine;
	int fd;
	struct tevent_fd *fde;
	size_t len;
	char line[500];
};

static int logpipe_destructor(struct logpipe *p)
{
	TALLOC_FREE(p->fde);
	close(p->fd);
	return 0;
}

static void flush(struct logpipe *p)
{
	if (p->len > 0)
		sm_log(p->engine->log, SMBMGMT_LOG_DEBUG, "helper: %.*s",
		       (int)p->len, p->line);
	p->len = 0;
}

/* A line feed ends a line, a full buffer does, too; no controls pass. */
static void take(struct logpipe *p, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\n' || p->len == sizeof(p->line))
			flush(p);
		if (c != '\n')
			p->line[p->len++] =
				(char)(c < 0x20 || c >= 0x7f ? '?' : c);
	}
}

static void ready(struct tevent_context *ev, struct tevent_fd *fde,
		  uint16_t flags, void *userdata)
{
	struct logpipe *p = userdata;
	char bytes[4096];
	ssize_t n = read(p->fd, bytes, sizeof(bytes));

	(void)ev;
	(void)fde;
	(void)flags;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		take(p, bytes, (size_t)n);
		return;
	}
	flush(p);
	talloc_free(p);
}

int sm_logpipe_open(struct sm_engine *engine, int *write_fd,
		    struct sm_fail *fail)
{
	struct logpipe *p = talloc_zero(engine->ev, struct logpipe);
	int fds[2] = {-1, -1};

	if (p == NULL)
		return sm_fail_nomem(fail);
	if (pipe2(fds, O_CLOEXEC) != 0 || sm_lowfd_leave_pair(fds) != 0) {
		talloc_free(p);
		return sm_fail_errno(fail, errno,
				     "The helper's log pipe cannot be made");
	}
	/* Only our end: the helper's libraries expect a blocking one. */
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	p->engine = engine;
	p->fd = fds[0];
	talloc_set_destructor(p, logpipe_destructor);
	p->fde = tevent_add_fd(engine->ev, p, p->fd, TEVENT_FD_READ, ready, p);
	if (p->fde == NULL) {
		talloc_free(p);
		close(fds[1]);
		return sm_fail_nomem(fail);
	}
	*write_fd = fds[1];
	return 0;
}
