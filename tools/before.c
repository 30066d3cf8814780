/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "before.h"

#include "progress.h"
#include "say.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

unsigned before_check(const char *path)
{
	struct stat file;

	if (stat(path, &file) != 0) {
		return say_usage("--before '%s': %s", path, strerror(errno));
	}
	if (S_ISDIR(file.st_mode)) {
		return say_usage(
			"--before '%s': that is a folder: give it a "
			"program",
			path);
	}
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0) {
		return say_usage("--before '%s': it cannot be executed: %s",
				 path, strerror(errno));
	}
	return 0;
}

/*
 * What a program reads at its leisure, or not at all: with a pipe it could keep
 * us waiting, or end us with SIGPIPE.
 */
static int make_input(const char *text)
{
	int fd = memfd_create("plan", MFD_CLOEXEC);
	size_t length = strlen(text);

	while (fd >= 0 && length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			close(fd);
			return -1;
		}
		text += n;
		length -= (size_t)n;
	}
	if (fd >= 0 && lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int start(const char *path, int input, pid_t *pid)
{
	/* posix_spawn() promises to leave them as they are. */
	char *const argv[] = {(char *)path, NULL};
	posix_spawn_file_actions_t actions;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret != 0) {
		return ret;
	}
	ret = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (ret == 0) {
		ret = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO,
						       STDOUT_FILENO);
	}
	if (ret == 0) {
		ret = posix_spawn(pid, path, &actions, NULL, argv, environ);
	}
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

static bool has_ended(pid_t pid, int *status)
{
	pid_t got;

	do {
		got = waitpid(pid, status, WNOHANG);
	} while (got < 0 && errno == EINTR);
	return got != 0;
}

/* Until it has ended; whoever asks us to end asks it. */
static void wait_for(pid_t pid, int *status)
{
	struct pollfd fds[] = {
		{.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
	};
	/* A kernel without such descriptors: look now and then. */
	int limit = fds[0].fd < 0 ? 100 : -1;
	bool asked = false;

	while (!has_ended(pid, status)) {
		poll(fds, sizeof(fds) / sizeof(fds[0]), limit);
		signals_seen();
		if (!asked && signals_taken() != 0) {
			asked = true;
			kill(pid, SIGTERM);
		}
	}
	if (fds[0].fd >= 0) {
		close(fds[0].fd);
	}
}

static int32_t judge(const char *path, int status, char **why)
{
	if (WIFSIGNALED(status)) {
		*why = must_format(
			"--before '%s' was ended by signal %d (%s): "
			"nothing was sent",
			path, WTERMSIG(status), strsignal(WTERMSIG(status)));
		return SMBMGMT_E_HOOK_FAILED;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		*why = must_format(
			"--before '%s' ended with exit status %d: "
			"nothing was sent",
			path, WEXITSTATUS(status));
		return SMBMGMT_E_HOOK_FAILED;
	}
	return SMBMGMT_OK;
}

int32_t before_run(struct tool *tool, const char *path, const char *text,
		   char **why)
{
	int input = make_input(text);
	int status = 0;
	pid_t pid = -1;
	int ret = input < 0 ? errno : 0;

	fflush(stdout);
	signals_watch(progress_erase);
	if (ret == 0) {
		ret = start(path, input, &pid);
		close(input);
	}
	if (ret == 0) {
		wait_for(pid, &status);
	}
	signals_unwatch();
	/* One that came just as it ended counts as well. */
	tool->interrupted = signals_taken();
	if (ret != 0) {
		*why = must_format(
			"--before '%s' cannot be started: %s: "
			"nothing was sent",
			path, strerror(ret));
		return SMBMGMT_E_HOOK_FAILED;
	}
	if (tool->interrupted != 0) {
		*why = must_format(
			"interrupted while --before '%s' ran: "
			"nothing was sent",
			path);
		return SMBMGMT_E_CANCELLED;
	}
	return judge(path, status, why);
}
