/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The library's processes: nothing of them is met by the host, nothing of
 * them is left behind, and what happens to them is an error of its own.  The
 * real helper, against ports on loopback: one that nothing listens on, and
 * one that takes a connection and says nothing, so that a child hangs in it.
 */
#include <check.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <smbmgmt/smbmgmt.h>

#include "procs.h"
#include "suite.h"

#define STARTS 500

static atomic_int met;
static atomic_bool over;

static void *meet(void *unused)
{
	while (!atomic_load(&over)) {
		if (waitpid(-1, NULL, 0) > 0)
			atomic_fetch_add(&met, 1);
	}
	return unused;
}

START_TEST(never_met)
{
	char server[32];
	int fd = procs_port(false, server);
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, meet, NULL), 0);
	for (int i = 0; i < STARTS; i++) {
		smbmgmt_context *context = NULL;

		ck_assert_int_eq(smbmgmt_context_new(&context, NULL), 0);
		ck_assert_int_eq(procs_open(context, server, 0),
				 SMBMGMT_E_CONNECTION_REFUSED);
		smbmgmt_context_unref(context);
	}
	ck_assert_int_eq(atomic_load(&met), 0);
	procs_expect_none(getpid(), "smbmgmt-helper");
	/* A child of the host's own is met: the look is worth something. */
	if (fork() == 0)
		_exit(0);
	while (atomic_load(&met) == 0)
		procs_sleep(1);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	close(fd);
}
END_TEST

/* A host: a process that hangs in a connect, and maybe has forked before. */
static pid_t start_host(const char *server, bool forks)
{
	pid_t host = fork();

	ck_assert_int_ge(host, 0);
	if (host == 0) {
		smbmgmt_context *context = NULL;
		char closed[32];

		procs_port(false, closed);
		smbmgmt_context_new(&context, NULL);
		/* The helper runs now, and its socket is ours. */
		procs_open(context, closed, 0);
		if (forks && fork() == 0) {
			sleep(60);
			_exit(0);
		}
		procs_open(context, server, LIMIT_MS);
		_exit(0);
	}
	return host;
}

START_TEST(host_is_killed)
{
	char server[32];
	int fd = procs_port(true, server);
	pid_t host = start_host(server, _i == 1);
	pid_t child = procs_wait_for_hanging(host);
	pid_t helper = procs_wait_for(host, "smbmgmt-helper");

	kill(host, SIGKILL);
	waitpid(host, NULL, 0);
	procs_expect_gone(child, "the child");
	procs_expect_gone(helper, "the fork server");
	close(fd);
}
END_TEST

START_TEST(orphan_ends_too)
{
	/* The fork server first, then the host: a child has no parent then. */
	char server[32];
	int fd = procs_port(true, server);
	pid_t host = start_host(server, false);
	pid_t child = procs_wait_for_hanging(host);
	pid_t helper = procs_wait_for(host, "smbmgmt-helper");

	kill(helper, SIGKILL);
	procs_expect_gone(helper, "the fork server");
	kill(host, SIGKILL);
	waitpid(host, NULL, 0);
	procs_expect_gone(child, "the child");
	close(fd);
}
END_TEST

START_TEST(host_exits)
{
	char server[32];
	int fd = procs_port(false, server);
	int status = 0;
	pid_t host = fork();

	if (host == 0) {
		smbmgmt_context *context = NULL;

		smbmgmt_context_new(&context, NULL);
		procs_open(context, server, 0);
		/* Exit handlers run; nothing was dropped. */
		exit(0);
	}
	ck_assert_int_eq(waitpid(host, &status, 0), host);
	ck_assert_int_eq(status, 0);
	procs_expect_none(host, "smbmgmt-helper");
	close(fd);
}
END_TEST

struct opening {
	smbmgmt_context *context;
	const char *server;
	int32_t code;
};

static void *open_it(void *userdata)
{
	struct opening *o = userdata;

	o->code = procs_open(o->context, o->server, LIMIT_MS);
	return NULL;
}

START_TEST(child_is_killed)
{
	char server[32];
	int fd = procs_port(true, server);
	struct opening o = {.server = server};
	pthread_t thread;

	smbmgmt_context_new(&o.context, NULL);
	pthread_create(&thread, NULL, open_it, &o);
	kill(procs_wait_for(getpid(), "smbmgmt-conn"), SIGKILL);
	pthread_join(thread, NULL);
	ck_assert_int_eq(o.code, SMBMGMT_E_CHILD_DIED);
	smbmgmt_context_unref(o.context);
	close(fd);
}
END_TEST

START_TEST(fork_server_is_killed)
{
	char server[32];
	int fd = procs_port(false, server);
	struct opening o = {.server = server};
	pthread_t thread;
	pid_t helper = 0;

	smbmgmt_context_new(&o.context, NULL);
	ck_assert_int_eq(procs_open(o.context, server, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	/* While it owes an answer. */
	kill(helper, SIGSTOP);
	pthread_create(&thread, NULL, open_it, &o);
	procs_sleep(100);
	kill(helper, SIGKILL);
	pthread_join(thread, NULL);
	ck_assert_int_eq(o.code, SMBMGMT_E_HELPER_DIED);
	/* And once more while nobody needs it: another is started. */
	ck_assert_int_eq(procs_open(o.context, server, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	kill(helper, SIGKILL);
	procs_expect_gone(helper, "the fork server");
	procs_sleep(50);
	ck_assert_int_eq(procs_open(o.context, server, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	smbmgmt_context_unref(o.context);
	close(fd);
}
END_TEST

START_TEST(fork_server_is_stuck)
{
	char server[32];
	int fd = procs_port(false, server);
	smbmgmt_context *context = NULL;

	smbmgmt_context_new(&context, NULL);
	procs_open(context, server, 0);
	kill(procs_wait_for(getpid(), "smbmgmt-helper"), SIGSTOP);
	ck_assert_int_eq(procs_open(context, server, 200), SMBMGMT_E_TIMED_OUT);
	ck_assert_int_eq(procs_open(context, server, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	smbmgmt_context_unref(context);
	close(fd);
}
END_TEST

START_TEST(says_nothing)
{
	char server[32];
	int fd = procs_port(true, server);
	smbmgmt_context *context = NULL;
	int64_t start = procs_now();

	smbmgmt_context_new(&context, NULL);
	ck_assert_int_eq(procs_open(context, server, 300), SMBMGMT_E_TIMED_OUT);
	ck_assert_int_ge(procs_now() - start, 300);
	ck_assert_int_lt(procs_now() - start, LIMIT_MS);
	procs_expect_none(getpid(), "smbmgmt-conn");
	smbmgmt_context_unref(context);
	close(fd);
}
END_TEST

static const char *const no_helpers[] = {
	"/nonexistent/smbmgmt-helper",
	"/etc/passwd",
	"/bin/true",
	"/bin/cat",
};

START_TEST(no_helper)
{
	smbmgmt_context *context = NULL;

	smbmgmt_context_new(&context, NULL);
	ck_assert_int_eq(
		smbmgmt_context_set_helper_path(context, no_helpers[_i], NULL),
		0);
	/* The same each time: nothing spins, nothing is left half-made. */
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(procs_open(context, "127.0.0.1:1", LIMIT_MS),
				 SMBMGMT_E_HELPER_MISSING);
	smbmgmt_context_unref(context);
}
END_TEST

static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

START_TEST(no_fd_is_left)
{
	char server[32];
	int fd = procs_port(false, server);
	unsigned int before = 0;

	for (int i = 0; i < 12; i++) {
		smbmgmt_context *context = NULL;

		smbmgmt_context_new(&context, NULL);
		for (int j = 0; j < 5; j++)
			procs_open(context, server, 0);
		smbmgmt_context_unref(context);
		if (i == 1)
			before = count_fds();
	}
	ck_assert_uint_eq(count_fds(), before);
	close(fd);
}
END_TEST

/* Odd hosts: each a process of its own, whose exit status is the code. */
static void closes_standard(void)
{
	close(0);
	close(1);
	close(2);
}

static void ignores_children(void)
{
	signal(SIGCHLD, SIG_IGN);
}

static void has_few_files(void)
{
	struct rlimit limit = {64, 64};

	setrlimit(RLIMIT_NOFILE, &limit);
}

static void blocks_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void is_elsewhere(void)
{
	if (chdir("/proc/self") != 0)
		_exit(200);
	setenv("LC_ALL", "tr_TR.UTF-8", 1);
	umask(0777);
}

static void (*const odd_hosts[])(void) = {
	closes_standard, ignores_children, has_few_files,
	blocks_signals,	 is_elsewhere,
};

START_TEST(odd_host)
{
	char server[32];
	int fd = procs_port(false, server);
	int status = 0;
	pid_t host = fork();

	if (host == 0) {
		smbmgmt_context *context = NULL;
		int32_t code;

		odd_hosts[_i]();
		code = smbmgmt_context_new(&context, NULL);
		if (code == 0)
			code = procs_open(context, server, LIMIT_MS);
		smbmgmt_context_unref(context);
		_exit(-code);
	}
	ck_assert_int_eq(waitpid(host, &status, 0), host);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(-WEXITSTATUS(status), SMBMGMT_E_CONNECTION_REFUSED);
	close(fd);
}
END_TEST

/* All of a file of /proc, NULs made blanks. */
static void slurp(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t len = 0;
	FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	len = fread(text, 1, size - 1, f);
	fclose(f);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	text[len] = '\0';
}

START_TEST(clean_environment)
{
	char server[32];
	int fd = procs_port(true, server);
	struct opening o = {.server = server};
	pthread_t thread;
	char text[4096];
	pid_t child = 0;

	setenv("SMBMGMT_TEST_MARK", "secret", 1);
	smbmgmt_context_new(&o.context, NULL);
	pthread_create(&thread, NULL, open_it, &o);
	child = procs_wait_for(getpid(), "smbmgmt-conn");
	slurp(child, "environ", text, sizeof(text));
	ck_assert_str_eq(text, "PATH=/usr/bin:/bin LC_ALL=C ");
	slurp(child, "cmdline", text, sizeof(text));
	ck_assert_ptr_null(strstr(text, "secret"));
	ck_assert_ptr_nonnull(strstr(text, "smbmgmt-helper"));
	kill(child, SIGKILL);
	pthread_join(thread, NULL);
	smbmgmt_context_unref(o.context);
	close(fd);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("process");
	TCase *many = tcase_create("many");
	TCase *t = tcase_create("process");

	tcase_set_timeout(many, 300);
	tcase_add_test(many, never_met);
	suite_add_tcase(s, many);
	tcase_add_loop_test(t, host_is_killed, 0, 2);
	tcase_add_test(t, orphan_ends_too);
	tcase_add_test(t, host_exits);
	tcase_add_test(t, child_is_killed);
	tcase_add_test(t, fork_server_is_killed);
	tcase_add_test(t, fork_server_is_stuck);
	tcase_add_test(t, says_nothing);
	tcase_add_loop_test(t, no_helper, 0,
			    sizeof(no_helpers) / sizeof(no_helpers[0]));
	tcase_add_test(t, no_fd_is_left);
	tcase_add_loop_test(t, odd_host, 0,
			    sizeof(odd_hosts) / sizeof(odd_hosts[0]));
	tcase_add_test(t, clean_environment);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
