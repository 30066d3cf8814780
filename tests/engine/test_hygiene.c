/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the library's processes have of their host, what they do to each
 * other, and what is left when a handle or a context goes.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "procs.h"
#include "suite.h"

/* A port that takes connections and says nothing, and a closed one. */
static char silent[32];
static char refusing[32];
static int silent_fd;
static int refusing_fd;
static smbmgmt_context *context;

static void up(void)
{
	silent_fd = procs_port(true, silent);
	refusing_fd = procs_port(false, refusing);
	ck_assert_int_eq(smbmgmt_context_new(&context, NULL), 0);
}

static void down(void)
{
	smbmgmt_context_unref(context);
	close(silent_fd);
	close(refusing_fd);
}

/* An open that another thread makes. */
struct opening {
	pthread_t thread;
	const char *server;
	uint32_t deadline;
	int32_t code;
};

static void *open_it(void *userdata)
{
	struct opening *o = userdata;

	o->code = procs_open(context, o->server, o->deadline);
	return NULL;
}

static void begin_open(struct opening *o, const char *server, uint32_t deadline)
{
	o->server = server;
	o->deadline = deadline;
	ck_assert_int_eq(pthread_create(&o->thread, NULL, open_it, o), 0);
}

static int32_t end_open(struct opening *o)
{
	ck_assert_int_eq(pthread_join(o->thread, NULL), 0);
	return o->code;
}

static void link_of(pid_t pid, const char *what, char *to, size_t size)
{
	char path[300];
	ssize_t len = 0;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	len = readlink(path, to, size - 1);
	ck_assert_msg(len >= 0, "%s: %s", path, strerror(errno));
	to[len] = '\0';
}

/* Each descriptor of @pid; @kinds is what 0, 1, 2 .. have to be of. */
static unsigned int check_fds(pid_t pid, const char *const *kinds, int count,
			      const char *forbidden)
{
	char path[64];
	struct dirent *entry = NULL;
	unsigned int others = 0;
	DIR *dir = NULL;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		int fd = atoi(entry->d_name);
		char what[64];
		char to[256];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(what, sizeof(what), "fd/%d", fd);
		link_of(pid, what, to, sizeof(to));
		ck_assert_msg(strstr(to, forbidden) == NULL, "%s: %s", what,
			      to);
		if (fd >= count)
			others++;
		else
			ck_assert_msg(
				strncmp(to, kinds[fd], strlen(kinds[fd])) == 0,
				"%s: %s", what, to);
	}
	closedir(dir);
	return others;
}

/* The host's files, sockets and folder stay the host's. */
START_TEST(nothing_of_the_host)
{
	static const char *const kinds[] = {
		"/dev/null", "pipe:", "pipe:", "socket:", "anon_inode:[pidfd]"};
	struct opening o = {0};
	char marker[] = "/tmp/smbmgmt-marker-XXXXXX";
	char cwd[256];
	int fd = mkstemp(marker);
	pid_t child = 0;
	pid_t helper = 0;

	ck_assert_int_ge(fd, 0);
	/* Low, high, and none of them to be closed by exec. */
	ck_assert_int_ge(dup2(fd, 200), 0);
	begin_open(&o, silent, LIMIT_MS);
	child = procs_wait_for_hanging(getpid());
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	check_fds(child, kinds, 5, marker);
	/* The fork server's others: a pidfd of its only child. */
	ck_assert_uint_eq(check_fds(helper, kinds, 5, marker), 1);
	link_of(helper, "cwd", cwd, sizeof(cwd));
	ck_assert_str_eq(cwd, "/");
	kill(child, SIGKILL);
	ck_assert_int_eq(end_open(&o), SMBMGMT_E_CHILD_DIED);
	close(200);
	close(fd);
	unlink(marker);
}
END_TEST

/* A child of the host has a copy of every socket; all the same they go. */
START_TEST(dropped_with_a_copy)
{
	pid_t copy = 0;
	pid_t helper = 0;

	ck_assert_int_eq(procs_open(context, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	copy = fork();
	if (copy == 0) {
		pause();
		_exit(0);
	}
	ck_assert_int_gt(copy, 0);
	smbmgmt_context_unref(context);
	context = NULL;
	procs_expect_gone(helper, "the fork server");
	kill(copy, SIGKILL);
	waitpid(copy, NULL, 0);
}
END_TEST

/* A handle that connects with its first use. */
static smbmgmt_handle *open_later(const char *server)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;

	ck_assert_int_eq(smbmgmt_credentials_new(&credentials, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_credentials_set_user(credentials, "nobody", NULL), 0);
	ck_assert_int_eq(
		smbmgmt_credentials_set_password(credentials, "x", NULL), 0);
	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
	ck_assert_int_eq(smbmgmt_open_options_set_credentials(
				 options, credentials, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_open_options_set_skip_test(options, 1, NULL),
			 0);
	ck_assert_int_eq(
		smbmgmt_open_handle(context, server, options, &handle, NULL),
		0);
	smbmgmt_open_options_unref(options);
	smbmgmt_credentials_unref(credentials);
	return handle;
}

START_TEST(removed_beside_another)
{
	smbmgmt_handle *handle = open_later(silent);
	struct opening other = {0};
	pid_t child = 0;

	ck_assert_int_eq(smbmgmt_handle_state(handle),
			 SMBMGMT_STATE_DISCONNECTED);
	ck_assert_int_eq(procs_find(getpid(), "smbmgmt-helper"), 0);
	/* One that hangs and is not removed is not touched either. */
	begin_open(&other, silent, LIMIT_MS);
	child = procs_wait_for_hanging(getpid());
	ck_assert_int_eq(smbmgmt_remove_handle(handle, NULL), 0);
	ck_assert(procs_alive(child));
	kill(child, SIGKILL);
	ck_assert_int_eq(end_open(&other), SMBMGMT_E_CHILD_DIED);
	smbmgmt_handle_unref(handle);
}
END_TEST

static void *list_it(void *userdata)
{
	smbmgmt_handle *handle = userdata;
	smbmgmt_session_list *list = NULL;
	int32_t code = smbmgmt_list_sessions(context, &handle, 1, NULL, NULL,
					     &list, NULL);

	smbmgmt_session_list_unref(list);
	return (void *)(intptr_t)code;
}

START_TEST(removed_in_its_connect)
{
	smbmgmt_handle *handle = open_later(silent);
	pthread_t thread;
	void *code = NULL;
	pid_t child = 0;

	ck_assert_int_eq(pthread_create(&thread, NULL, list_it, handle), 0);
	child = procs_wait_for_hanging(getpid());
	ck_assert_int_eq(smbmgmt_remove_handle(handle, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &code), 0);
	ck_assert_int_eq((int32_t)(intptr_t)code, SMBMGMT_E_REMOVED);
	procs_expect_gone(child, "the child");
	smbmgmt_handle_unref(handle);
}
END_TEST

/* One deadline is one caller's: who has more time is not disturbed. */
START_TEST(short_of_time)
{
	struct opening patient = {0};
	pid_t helper = 0;

	ck_assert_int_eq(procs_open(context, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	kill(helper, SIGSTOP);
	begin_open(&patient, refusing, LIMIT_MS);
	procs_sleep(100);
	ck_assert_int_eq(procs_open(context, refusing, 100),
			 SMBMGMT_E_TIMED_OUT);
	/* Nobody else waits for one that is stuck. */
	ck_assert_int_eq(procs_open(context, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	kill(helper, SIGCONT);
	ck_assert_int_eq(end_open(&patient), SMBMGMT_E_CONNECTION_REFUSED);
	/* The stuck one has answered all that it owed, and goes. */
	procs_expect_gone(helper, "the stuck fork server");
	ck_assert_int_ne(procs_find(getpid(), "smbmgmt-helper"), 0);
}
END_TEST

START_TEST(contexts_are_apart)
{
	smbmgmt_context *second = NULL;
	pid_t helper = 0;

	ck_assert_int_eq(procs_open(context, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	ck_assert_int_eq(smbmgmt_context_new(&second, NULL), 0);
	ck_assert_int_eq(procs_open(second, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	/* The first one's socket went into no other process. */
	smbmgmt_context_unref(context);
	context = second;
	procs_expect_gone(helper, "the first fork server");
	ck_assert_int_ne(procs_find(getpid(), "smbmgmt-helper"), 0);
	ck_assert_int_eq(procs_open(second, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
}
END_TEST

static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

/* Timed out, refused, removed: a descriptor is left by none of them. */
START_TEST(no_fd_of_a_handle)
{
	unsigned int before = 0;

	for (int i = 0; i < 200; i++) {
		smbmgmt_handle *handle = NULL;

		ck_assert_int_eq(smbmgmt_open_handle(context, "memory:demo",
						     NULL, &handle, NULL),
				 0);
		ck_assert_int_eq(smbmgmt_remove_handle(handle, NULL), 0);
		smbmgmt_handle_unref(handle);
		if (i % 20 == 0) {
			ck_assert_int_eq(procs_open(context, silent, 20),
					 SMBMGMT_E_TIMED_OUT);
			ck_assert_int_eq(procs_open(context, refusing, 0),
					 SMBMGMT_E_CONNECTION_REFUSED);
		}
		if (i == 20)
			before = count_fds();
	}
	ck_assert_uint_le(count_fds(), before);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("hygiene");
	TCase *t = tcase_create("hygiene");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, nothing_of_the_host);
	tcase_add_test(t, dropped_with_a_copy);
	tcase_add_test(t, removed_beside_another);
	tcase_add_test(t, removed_in_its_connect);
	tcase_add_test(t, short_of_time);
	tcase_add_test(t, contexts_are_apart);
	tcase_add_test(t, no_fd_of_a_handle);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
