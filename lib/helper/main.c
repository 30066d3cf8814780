/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smbmgmt-helper: the fork server.  One per context, started by the library
 * with a socket to it (SM_HELPER_SOCKET) and a pidfd of the library's process
 * (SM_HELPER_HOST).  It links modules, forks one child per
 * connection, reports their ends, and takes them all along when the library
 * goes away in any manner.  It initialises nothing of Samba's.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/child.h"
#include "helper/io.h"
#include "helper/modules.h"
#include "wire/frames/message.h"

struct kid {
	pid_t pid;
	int pidfd;
	uint32_t request; /* of the SPAWN that made it */
};

struct server {
	struct kid *kids;
	struct pollfd *fds; /* socket, host, then one a kid */
	size_t count;
	size_t size;
	struct sm_received in;
	struct sm_out out;
};

static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* The library is gone: so are we, and every connection with us. */
static _Noreturn void finish(struct server *s, int status)
{
	for (size_t i = 0; i < s->count; i++)
		kill(s->kids[i].pid, SIGKILL);
	for (size_t i = 0; i < s->count; i++)
		waitpid(s->kids[i].pid, NULL, 0);
	_exit(status);
}

static void flush(struct server *s, int fd)
{
	bool sent = !s->out.failed &&
		    sm_io_send(SM_HELPER_SOCKET, s->out.data, s->out.len, fd);

	if (!sent)
		finish(s, 0);
	s->out.len = 0;
}

static void tell(struct server *s, enum sm_frame_type type, uint32_t request,
		 uint32_t first, uint32_t second, int fd)
{
	size_t begin = sm_frame_begin(&s->out, type, request);

	sm_out_u32(&s->out, first);
	sm_out_u32(&s->out, second);
	sm_frame_end(&s->out, begin);
	flush(s, fd);
}

static void tell_fail(struct server *s, const struct sm_fail *fail)
{
	size_t begin =
		sm_frame_begin(&s->out, SM_FRAME_FAIL, s->in.frame.request);

	sm_msg_put_fail(&s->out, fail);
	sm_frame_end(&s->out, begin);
	flush(s, -1);
}

static bool make_room(struct server *s)
{
	size_t size = s->size == 0 ? 16 : s->size * 2;
	struct kid *kids = NULL;
	struct pollfd *fds = NULL;

	if (s->count < s->size)
		return true;
	kids = realloc(s->kids, size * sizeof(*kids));
	if (kids != NULL)
		s->kids = kids;
	fds = realloc(s->fds, (size + 2) * sizeof(*fds));
	if (fds != NULL)
		s->fds = fds;
	if (kids == NULL || fds == NULL)
		return false;
	s->size = size;
	return true;
}

/*
 * A child keeps standard input and output, its own socket and the host's
 * pidfd; the other connections and the fork server's socket are closed.
 */
static _Noreturn void become_child(int sock, const struct sm_module *module)
{
	prctl(PR_SET_NAME, "smbmgmt-conn");
	if (dup2(sock, SM_HELPER_SOCKET) < 0)
		_exit(1);
	syscall(SYS_close_range, SM_HELPER_HOST + 1, ~0U, 0);
	fcntl(SM_HELPER_SOCKET, F_SETFD, FD_CLOEXEC);
	sm_child_run(module);
}

static int spawn(struct server *s, struct sm_fail *fail)
{
	struct sm_module module;
	const char *name = NULL;
	struct kid kid = {.request = s->in.frame.request};
	int ret =
		sm_msg_get_text(s->in.payload, s->in.frame.length, &name, fail);

	if (ret == 0 && s->in.fd < 0)
		ret = sm_fail(fail, SMBMGMT_E_PROTOCOL,
			      "A spawn request came without a socket.");
	if (ret == 0 && !make_room(s))
		ret = sm_fail_nomem(fail);
	if (ret == 0)
		ret = sm_module_load(name, &module, fail);
	if (ret != 0)
		return ret;
	kid.pid = fork();
	if (kid.pid < 0)
		return sm_fail_errno(fail, errno,
				     "The process of a connection cannot be "
				     "made");
	if (kid.pid == 0)
		become_child(s->in.fd, &module);
	kid.pidfd = open_pidfd(kid.pid);
	if (kid.pidfd < 0) {
		ret = sm_fail_errno(fail, errno,
				    "The process of a connection cannot be "
				    "watched");
		kill(kid.pid, SIGKILL);
		waitpid(kid.pid, NULL, 0);
		return ret;
	}
	fcntl(kid.pidfd, F_SETFD, FD_CLOEXEC);
	s->kids[s->count++] = kid;
	tell(s, SM_FRAME_SPAWNED, kid.request, (uint32_t)kid.pid, 0, kid.pidfd);
	return 0;
}

static void serve(struct server *s)
{
	struct sm_fail fail = {.offset = -1};

	if (!sm_io_receive(SM_HELPER_SOCKET, &s->in) ||
	    s->in.frame.type != SM_FRAME_SPAWN)
		finish(s, 0);
	if (spawn(s, &fail) != 0)
		tell_fail(s, &fail);
	if (s->in.fd >= 0)
		close(s->in.fd);
}

static void reap(struct server *s, size_t index)
{
	struct kid kid = s->kids[index];
	int status = 0;

	if (waitpid(kid.pid, &status, WNOHANG) != kid.pid)
		return;
	close(kid.pidfd);
	s->kids[index] = s->kids[--s->count];
	tell(s, SM_FRAME_EXITED, kid.request, (uint32_t)kid.pid,
	     (uint32_t)status, -1);
}

static _Noreturn void run(struct server *s)
{
	bool host = fcntl(SM_HELPER_HOST, F_GETFD) >= 0;

	for (;;) {
		size_t count = s->count;

		s->fds[0] = (struct pollfd){.fd = SM_HELPER_SOCKET,
					    .events = POLLIN};
		s->fds[1] = (struct pollfd){.fd = host ? SM_HELPER_HOST : -1,
					    .events = POLLIN};
		for (size_t i = 0; i < count; i++)
			s->fds[2 + i] = (struct pollfd){.fd = s->kids[i].pidfd,
							.events = POLLIN};
		if (poll(s->fds, 2 + count, -1) < 0)
			continue;
		if (s->fds[1].revents != 0)
			finish(s, 0);
		/* From the end: reaping moves the last one to the gap. */
		for (size_t i = count; i > 0; i--) {
			if (s->fds[1 + i].revents != 0)
				reap(s, i - 1);
		}
		if (s->fds[0].revents != 0)
			serve(s);
	}
}

static void harden(void)
{
	struct rlimit none = {0, 0};
	struct rlimit files;

	/* A core file of a child would hold a password. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct server s = {0};
	int self = -1;

	if (argc != 2 || strcmp(argv[1], "--fork-server") != 0) {
		fprintf(stderr,
			"smbmgmt-helper is a part of libsmbmgmt and is started "
			"by it; there is nothing to run here.\n");
		return 2;
	}
	harden();
	s.in.payload = malloc(SM_FRAME_PAYLOAD + 1);
	self = open_pidfd(getpid());
	if (s.in.payload == NULL || self < 0 || !make_room(&s))
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the end. */
		return 1;
	fcntl(self, F_SETFD, FD_CLOEXEC);
	tell(&s, SM_FRAME_HELLO, 0, SM_FRAME_VERSION, (uint32_t)getpid(), self);
	close(self);
	run(&s);
}
