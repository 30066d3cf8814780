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
 * From here to the exec nothing but system calls, and not by way of libc's
 * functions: the new process is a copy of one thread, and who stands in for
 * close() or _exit() in the host (a preloaded library, a sanitizer) may want a
 * lock that another thread held.
 */
static _Noreturn void end_now(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

static void tell_exec_failed(int error)
{
	uint8_t frame[SM_FRAME_HEADER + 8] = {8, 0, 0, 0, SM_FRAME_EXITED};

	for (size_t i = 0; i < 4; i++)
		frame[SM_FRAME_HEADER + i] =
			(uint8_t)((unsigned)error >> 8 * i);
	syscall(SYS_sendto, HELPER_SOCKET, frame, sizeof(frame), MSG_NOSIGNAL,
		NULL, 0);
}

static void close_from(int first)
{
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	for (int fd = first; fd < 65536; fd++)
		syscall(SYS_close, fd);
}

/* All as in a new process: default actions, nothing blocked. */
static void reset_signals(void)
{
	/* The kernel's struct sigaction, or its signal set; in both no bit. */
	static const unsigned long none[16];

	for (int i = 1; i < NSIG; i++)
		syscall(SYS_rt_sigaction, i, none, NULL, NSIG / 8);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, NSIG / 8);
}

static _Noreturn void become_helper(const struct plan *plan)
{
	char *const argv[] = {(char *)plan->path, (char *)"--fork-server",
			      NULL};
	char *const envp[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C",
			      NULL};

	syscall(SYS_setsid);
	reset_signals();
	syscall(SYS_dup3, plan->null, STDIN_FILENO, 0);
	syscall(SYS_dup3, plan->log, STDOUT_FILENO, 0);
	syscall(SYS_dup3, plan->log, STDERR_FILENO, 0);
	syscall(SYS_dup3, plan->sock, HELPER_SOCKET, 0);
	syscall(SYS_dup3, plan->host, HELPER_HOST, 0);
	close_from(HELPER_HOST + 1);
	if (syscall(SYS_chdir, "/") != 0)
		end_now(127);
	syscall(SYS_execve, plan->path, argv, envp);
	tell_exec_failed(errno);
	end_now(127);
}

/*
 * A copy of the process, and no signal to the parent at its end.  CLONE_VFORK
 * would spare the copy of the page tables, but keep the engine waiting for the
 * exec, which no deadline bounds where the helper is on a file system that
 * hangs.
 */
static pid_t raw_clone(void)
{
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
		end_now(helper < 0 ? 1 : 0);
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

/*
 * A pidfd of this process.  Where there are none (a filter of system calls,
 * valgrind) the log's pipe takes its place: to it, too, something happens only
 * when the host is gone.  Left free, the number would be another descriptor's.
 */
static int open_host(int log)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int host = -1;

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? -1 : high(log);
	host = high(fd);
	close(fd);
	return host;
}

int sm_launch(const char *path, int sock, int log, struct sm_fail *fail)
{
	struct plan plan = {.path = path, .null = -1};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int ret = 0;

	plan.sock = high(sock);
	plan.log = high(log);
	plan.host = open_host(log);
	if (null >= 0)
		plan.null = high(null);
	if (plan.sock < 0 || plan.log < 0 || plan.null < 0 || plan.host < 0)
		ret = sm_fail_errno(fail, errno,
				    "The helper's descriptors cannot be made");
	else
		ret = start(&plan, fail);
	close_if(null);
	close_if(plan.sock);
	close_if(plan.log);
	close_if(plan.null);
	close_if(plan.host);
	return ret;
}
