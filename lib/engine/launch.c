/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/frames/frame.h"

#define HELPER_SOCKET 3
#define HELPER_HOST 4
#define ABOVE 10 /* descriptors are moved over this before they are placed */

/* What the new process needs; everything is made before it is. */
struct plan {
	const char *path;
	int sock;
	int log;
	int null;
	int host;
};

/*
 * From here to the exec only system calls that are safe after a fork in a
 * host with threads.
 */
static void tell_exec_failed(int error)
{
	uint8_t frame[SM_FRAME_HEADER + 8] = {8, 0, 0, 0, SM_FRAME_EXITED};

	for (size_t i = 0; i < 4; i++)
		frame[SM_FRAME_HEADER + i] =
			(uint8_t)((unsigned)error >> 8 * i);
	send(HELPER_SOCKET, frame, sizeof(frame), MSG_NOSIGNAL);
}

static void close_from(int first)
{
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	for (int fd = first; fd < 65536; fd++)
		close(fd);
}

static _Noreturn void become_helper(const struct plan *plan)
{
	char *const argv[] = {(char *)plan->path, (char *)"--fork-server",
			      NULL};
	char *const envp[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C",
			      NULL};
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	setsid();
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(plan->null, STDIN_FILENO);
	dup2(plan->log, STDOUT_FILENO);
	dup2(plan->log, STDERR_FILENO);
	dup2(plan->sock, HELPER_SOCKET);
	if (plan->host >= 0)
		dup2(plan->host, HELPER_HOST);
	else
		close(HELPER_HOST);
	close_from(HELPER_HOST + 1);
	if (chdir("/") != 0)
		_exit(127);
	execve(plan->path, argv, envp);
	tell_exec_failed(errno);
	_exit(127);
}

static pid_t raw_clone(void)
{
	/* A copy of the process, and no signal to the parent at its end. */
	return (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
}

static int start(const struct plan *plan, struct sm_fail *fail)
{
	pid_t between = raw_clone();
	int status = 0;

	if (between == 0) {
		pid_t helper = raw_clone();

		if (helper == 0)
			become_helper(plan);
		_exit(helper < 0 ? 1 : 0);
	}
	if (between < 0)
		return sm_fail_errno(fail, errno,
				     "The helper's process cannot be made");
	/* It ends at once.  Only __WCLONE, and only by its pid, finds it. */
	while (waitpid(between, &status, __WCLONE) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return sm_fail(fail, SMBMGMT_E_SYSTEM,
			       "The helper's process cannot be made; are there "
			       "too many processes?");
	return 0;
}

static int high(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, ABOVE);
}

static void close_if(int fd)
{
	if (fd >= 0)
		close(fd);
}

int sm_launch(const char *path, int sock, int log, struct sm_fail *fail)
{
	struct plan plan = {.path = path, .null = -1, .host = -1};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int host = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int ret = 0;

	plan.sock = high(sock);
	plan.log = high(log);
	if (null >= 0)
		plan.null = high(null);
	/* Without a pidfd the socket alone tells that the host is gone. */
	if (host >= 0)
		plan.host = high(host);
	if (plan.sock < 0 || plan.log < 0 || plan.null < 0)
		ret = sm_fail_errno(fail, errno,
				    "The helper's descriptors cannot be made");
	else
		ret = start(&plan, fail);
	close_if(null);
	close_if(host);
	close_if(plan.sock);
	close_if(plan.log);
	close_if(plan.null);
	close_if(plan.host);
	return ret;
}
