/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/samba/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"

/* So much of its stderr goes on to the log, and no more. */
#define LOGGED_MAX 65536

/* As much as anybody may ask for; less where the system says so. */
#define PIPE_SIZE (1 << 20)

/* What exec failing is told by; no tool of Samba's exits so. */
#define EXEC_FAILED 127

/*
 * The tool's process, made of a copy of one that has another thread: system
 * calls only.
 */
static _Noreturn void become(char *const argv[], pid_t parent, int out, int err)
{
	static char *const envp[] = {
		(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"LC_ALL=C.UTF-8", NULL};
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXEC_FAILED);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Standard input is /dev/null already. */
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(EXEC_FAILED);
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
	execve(argv[0], argv, envp);
	_exit(EXEC_FAILED);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int sm_run_start(struct sm_run *run, const char *name, char *const argv[],
		 int64_t deadline, struct sm_fail *fail)
{
	pid_t self = getpid();
	int out[2] = {-1, -1};
	int err[2] = {-1, -1};
	int error = 0;

	memset(run, 0, sizeof(*run));
	run->name = name;
	run->deadline = deadline;
	run->pidfd = run->out = run->err = -1;
	if (pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0 ||
	    pipe2(err, O_CLOEXEC | O_NONBLOCK) != 0)
		error = errno;
	/* Its own ends are to block; with room it need not wait for us. */
	if (error == 0) {
		fcntl(out[1], F_SETPIPE_SZ, PIPE_SIZE);
		fcntl(out[1], F_SETFL, 0);
		fcntl(err[1], F_SETFL, 0);
		run->pid = fork();
		if (run->pid == 0)
			become(argv, self, out[1], err[1]);
		if (run->pid < 0)
			error = errno;
	}
	close_fd(&out[1]);
	close_fd(&err[1]);
	run->out = out[0];
	run->err = err[0];
	if (error == 0) {
		/* In both processes: neither is to be early. */
		setpgid(run->pid, run->pid);
		run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
		if (run->pidfd < 0)
			error = errno;
	}
	if (error == 0)
		return 0;
	sm_run_end(run);
	return sm_fail_errno(fail, error, "%s cannot be run", name);
}

static void end_line(struct sm_run *run)
{
	if (run->said_len > 0 && run->said[run->said_len - 1] != ' ' &&
	    run->said_len + 1 < sizeof(run->said))
		run->said[run->said_len++] = ' ';
}

/* Onto one line, in ASCII: it becomes a part of a sentence. */
static void remember(struct sm_run *run, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ')
			end_line(run);
		else if (run->said_len + 1 < sizeof(run->said))
			run->said[run->said_len++] =
				(char)(text[i] < 0x7f ? text[i] : '?');
	}
	run->said[run->said_len] = '\0';
}

/* Whatever else it says, and however much. */
static void look_for(struct sm_run *run, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			run->line_len = 0;
		} else if (run->line_len + 1 < sizeof(run->line)) {
			run->line[run->line_len++] = text[i];
			run->line[run->line_len] = '\0';
			if (text[i] == ' ' &&
			    strstr(run->line, run->watch) != NULL)
				run->watched = true;
		}
	}
}

/* What it says goes into the log, by way of our own stderr. */
static void drain_err(struct sm_run *run)
{
	char text[4096];

	for (;;) {
		ssize_t n =
			run->err < 0 ? -1 : read(run->err, text, sizeof(text));

		if (n < 0)
			return;
		if (n == 0) {
			close_fd(&run->err);
			return;
		}
		remember(run, text, (size_t)n);
		if (run->watch != NULL)
			look_for(run, text, (size_t)n);
		if (run->logged < LOGGED_MAX &&
		    write(STDERR_FILENO, text, (size_t)n) > 0)
			run->logged += (uint64_t)n;
	}
}

/* Wait for @fd or its stderr; TIMED_OUT. */
static int wait_for(struct sm_run *run, int fd, struct sm_fail *fail)
{
	struct pollfd fds[] = {
		{.fd = fd, .events = POLLIN},
		{.fd = run->err, .events = POLLIN},
	};
	int64_t ms = (run->deadline - sm_clock_now() + SM_MS - 1) / SM_MS;

	if (ms <= 0)
		return sm_fail(fail, SMBMGMT_E_TIMED_OUT,
			       "%s did not end before the deadline and was "
			       "killed; see whether it hangs when it is run by "
			       "hand.",
			       run->name);
	if (poll(fds, 2, ms > INT_MAX ? INT_MAX : (int)ms) > 0)
		drain_err(run);
	return 0;
}

int sm_run_read(void *data, uint8_t *to, size_t size, size_t *len,
		struct sm_fail *fail)
{
	struct sm_run *run = data;

	*len = 0;
	while (run->out >= 0) {
		ssize_t n = 0;
		int ret = wait_for(run, run->out, fail);

		if (ret != 0)
			return ret;
		n = read(run->out, to, size);
		if (n == 0)
			close_fd(&run->out);
		if (n <= 0)
			continue;
		run->bytes += (uint64_t)n;
		if (run->bytes > SM_RUN_OUTPUT)
			return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
				       "%s prints more than %u MB and was "
				       "killed; that is over the library's "
				       "bound.",
				       run->name,
				       (unsigned int)(SM_RUN_OUTPUT >> 20));
		*len = (size_t)n;
		return 0;
	}
	return 0;
}

static int judge(struct sm_run *run, const siginfo_t *info,
		 struct sm_fail *fail)
{
	const char *said = run->said_len > 0 ? run->said : "nothing";

	run->status = info->si_status;
	run->answered =
		info->si_code == CLD_EXITED && info->si_status != EXEC_FAILED;
	if (info->si_code == CLD_EXITED && info->si_status == 0)
		return 0;
	if (info->si_code == CLD_EXITED && info->si_status == EXEC_FAILED &&
	    run->said_len == 0)
		return sm_fail(fail, SMBMGMT_E_SERVER,
			       "%s is there and cannot be executed; is it "
			       "another machine's program?",
			       run->name);
	if (info->si_code == CLD_EXITED)
		return sm_fail(fail, SMBMGMT_E_SERVER,
			       "%s failed with exit status %d, and said: %s",
			       run->name, info->si_status, said);
	return sm_fail(fail, SMBMGMT_E_SERVER,
		       "%s was ended by signal %d, and had said: %s", run->name,
		       info->si_status, said);
}

int sm_run_wait(struct sm_run *run, struct sm_fail *fail)
{
	siginfo_t info = {.si_pid = 0};
	int ret = 0;

	close_fd(&run->out);
	while (ret == 0 && info.si_pid == 0) {
		/* Not reaped yet: its group keeps its name until it is. */
		if (waitid(P_PID, (id_t)run->pid, &info,
			   WEXITED | WNOHANG | WNOWAIT) != 0)
			ret = sm_fail_errno(fail, errno,
					    "%s cannot be waited for",
					    run->name);
		else if (info.si_pid == 0)
			ret = wait_for(run, run->pidfd, fail);
	}
	sm_run_end(run);
	return ret != 0 ? ret : judge(run, &info, fail);
}

void sm_run_end(struct sm_run *run)
{
	if (run->pid > 0) {
		kill(-run->pid, SIGKILL);
		kill(run->pid, SIGKILL);
		while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR)
			;
		drain_err(run);
		run->pid = 0;
	}
	close_fd(&run->out);
	close_fd(&run->err);
	close_fd(&run->pidfd);
}
