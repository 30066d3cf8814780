/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What handles cost: ten thousand that are open, a thousand that come and go,
 * and a helper that ends at once however often it is needed.
 */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <smbmgmt/smbmgmt.h>

#include "fixture.h"
#include "procs.h"
#include "suite.h"
#include "wire/frames/frame.h"

#define MANY 10000
#define MANY_KB (40 * 1024)
#define CYCLES 1000
/* An allocator's own doing, and the pages of what was not used before. */
#define SLACK_KB 1024
#define ASKED 300

/* A checker's own memory is no part of ours. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool checked = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
	__has_feature(memory_sanitizer)
static const bool checked = true;
#else
static const bool checked;
#endif
#else
static const bool checked;
#endif

static long status_of(const char *field)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long value = -1;

	ck_assert_ptr_nonnull(f);
	while (value < 0 && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, field, strlen(field)) == 0)
			value = strtol(line + strlen(field), NULL, 10);
	}
	fclose(f);
	ck_assert_int_ge(value, 0);
	return value;
}

static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

/* A line of TAP that is no result. */
static void say(const char *what, long kb)
{
	printf("# %s: %ld kB\n", what, kb);
	fflush(stdout);
}

START_TEST(ten_thousand)
{
	static smbmgmt_handle *handles[MANY];
	smbmgmt_context *context = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_credentials *credentials = NULL;
	unsigned int fds = 0;
	long before = 0;
	long grown = 0;

	smbmgmt_context_new(&context, NULL);
	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_credentials_new(&credentials, NULL);
	smbmgmt_credentials_set_user(credentials, "nobody", NULL);
	smbmgmt_credentials_set_password(credentials, "secret", NULL);
	smbmgmt_open_options_set_credentials(options, credentials, NULL);
	smbmgmt_open_options_set_skip_test(options, 1, NULL);
	fds = count_fds();
	before = status_of("VmRSS:");
	for (int i = 0; i < MANY; i++) {
		char name[64];

		snprintf(name, sizeof(name), "server%d.example.com", i);
		ck_assert_int_eq(smbmgmt_open_handle(context, name, options,
						     &handles[i], NULL),
				 0);
	}
	grown = status_of("VmRSS:") - before;
	say("10,000 open handles", grown);
	if (!checked)
		ck_assert_int_lt(grown, MANY_KB);
	ck_assert_uint_eq(count_fds(), fds);
	ck_assert_int_eq(procs_find(getpid(), "smbmgmt-helper"), 0);
	ck_assert_int_eq(procs_find(getpid(), "smbmgmt-conn"), 0);
	for (int i = 0; i < MANY; i++)
		smbmgmt_handle_unref(handles[i]);
	smbmgmt_open_options_unref(options);
	smbmgmt_credentials_unref(credentials);
	smbmgmt_context_unref(context);
}
END_TEST

/* Open, use and remove a handle. */
static void cycle_memory(struct fix *fix)
{
	smbmgmt_handle *handle = fix_open(fix, fix->memory);
	smbmgmt_session_list *sessions = NULL;

	ck_assert_int_eq(smbmgmt_list_sessions(fix->context, &handle, 1, NULL,
					       NULL, &sessions, NULL),
			 0);
	smbmgmt_session_list_unref(sessions);
	ck_assert_int_eq(smbmgmt_remove_handle(handle, NULL), 0);
	smbmgmt_handle_unref(handle);
}

START_TEST(thousand_cycles)
{
	struct fix fix;
	char server[32];
	int fd = procs_port(false, server);
	unsigned int fds = 0;
	long before = 0;
	long grown = 0;

	fix_up(&fix);
	fix_rows(fix.memory, 50);
	for (int i = 0; i < 2 * CYCLES; i++) {
		/* Once all that is made only once has been made. */
		if (i == CYCLES) {
			procs_expect_none(getpid(), "smbmgmt-conn");
			fds = count_fds();
			before = status_of("VmRSS:");
		}
		/* The first half warms up with fewer processes. */
		if (i >= CYCLES || i % 10 == 0)
			ck_assert_int_eq(procs_open(fix.context, server, 0),
					 SMBMGMT_E_CONNECTION_REFUSED);
		cycle_memory(&fix);
	}
	procs_expect_none(getpid(), "smbmgmt-conn");
	grown = status_of("VmRSS:") - before;
	say("1,000 cycles", grown);
	if (!checked)
		ck_assert_int_lt(grown, SLACK_KB);
	ck_assert_uint_eq(count_fds(), fds);
	if (!checked)
		ck_assert_int_eq(status_of("Threads:"), 2);
	fix_down(&fix);
	procs_expect_none(getpid(), "smbmgmt-helper");
	close(fd);
}
END_TEST

/* A program in place of the helper, which counts how often it is started. */
struct false_helper {
	char dir[32];
	char path[64];
	char log[64];
};

static void write_helper(struct false_helper *h, const char *body)
{
	FILE *f = NULL;
	char temporary[80];

	snprintf(temporary, sizeof(temporary), "%s.new", h->path);
	f = fopen(temporary, "we");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "#!/bin/sh\necho >> %s\n%s\n", h->log, body);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(temporary, 0700), 0);
	ck_assert_int_eq(rename(temporary, h->path), 0);
}

static void make_helper(struct false_helper *h, const char *body)
{
	strcpy(h->dir, "/tmp/smbmgmt-life-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(h->dir));
	snprintf(h->path, sizeof(h->path), "%s/helper", h->dir);
	snprintf(h->log, sizeof(h->log), "%s/starts", h->dir);
	write_helper(h, body);
}

static void remove_helper(struct false_helper *h)
{
	unlink(h->log);
	unlink(h->path);
	rmdir(h->dir);
}

static long starts_of(const struct false_helper *h)
{
	struct stat st;

	return stat(h->log, &st) == 0 ? (long)st.st_size : 0;
}

/* Where the real one is, which another context runs. */
static void find_helper(char *path, size_t size)
{
	smbmgmt_context *context = NULL;
	char server[32];
	char link[64];
	int fd = procs_port(false, server);
	ssize_t len = 0;

	smbmgmt_context_new(&context, NULL);
	procs_open(context, server, 0);
	snprintf(link, sizeof(link), "/proc/%d/exe",
		 procs_wait_for(getpid(), "smbmgmt-helper"));
	len = readlink(link, path, size - 1);
	ck_assert_int_gt(len, 0);
	path[len] = '\0';
	smbmgmt_context_unref(context);
	close(fd);
}

/* A HELLO as the helper says it, and then an end. */
static const char *hello(void)
{
	static char text[128];

	snprintf(text, sizeof(text),
		 "printf '\\010\\0\\0\\0\\%03o\\0\\0\\0\\0\\0\\0\\0"
		 "\\%03o\\0\\0\\0\\001\\0\\0\\0' >&3",
		 SM_FRAME_HELLO, SM_FRAME_VERSION);
	return text;
}

/*
 * Pauses of 100 ms that double to 5 s: so many starts fit into a time, each
 * start's own time not counted.
 */
static long most_starts(int64_t milliseconds)
{
	int64_t pause = 100;
	long starts = 1;

	for (; milliseconds >= pause; starts++) {
		milliseconds -= pause;
		pause = pause * 2 > 5000 ? 5000 : pause * 2;
	}
	return starts;
}

START_TEST(ends_at_once)
{
	static const int32_t codes[] = {SMBMGMT_E_HELPER_MISSING,
					SMBMGMT_E_HELPER_DIED};
	struct false_helper h;
	smbmgmt_context *context = NULL;
	char real[4096];
	char body[4200];
	char server[32];
	int fd = procs_port(false, server);
	int64_t start = 0;
	int64_t took = 0;
	long starts = 0;
	int32_t code = 0;

	find_helper(real, sizeof(real));
	make_helper(&h, _i == 0 ? "exit 1" : hello());
	smbmgmt_context_new(&context, NULL);
	smbmgmt_context_set_helper_path(context, h.path, NULL);
	start = procs_now();
	for (int i = 0; i < ASKED; i++)
		ck_assert_int_eq(procs_open(context, server, LIMIT_MS),
				 codes[_i]);
	took = procs_now() - start;
	starts = starts_of(&h);
	ck_assert_int_ge(starts, 1);
	ck_assert_msg(starts <= most_starts(took), "%ld starts in %lld ms",
		      starts, (long long)took);
	ck_assert_int_lt(starts, ASKED / 4);
	/* It is there again: so are connections, after a pause at most. */
	snprintf(body, sizeof(body), "exec %s \"$@\"", real);
	write_helper(&h, body);
	start = procs_now();
	while ((code = procs_open(context, server, 0)) == codes[_i]) {
		ck_assert_int_lt(procs_now() - start, LIMIT_MS);
		procs_sleep(20);
	}
	ck_assert_int_eq(code, SMBMGMT_E_CONNECTION_REFUSED);
	smbmgmt_context_unref(context);
	remove_helper(&h);
	close(fd);
}
END_TEST

START_TEST(killed_again_and_again)
{
	/* One that has worked is started anew each time, at once. */
	smbmgmt_context *context = NULL;
	char server[32];
	int fd = procs_port(false, server);

	smbmgmt_context_new(&context, NULL);
	for (int i = 0; i < 20; i++) {
		pid_t helper = 0;

		ck_assert_int_eq(procs_open(context, server, 0),
				 SMBMGMT_E_CONNECTION_REFUSED);
		helper = procs_wait_for(getpid(), "smbmgmt-helper");
		kill(helper, SIGKILL);
		procs_expect_gone(helper, "the fork server");
		/* Until the library has seen it, which nothing shows. */
		procs_sleep(50);
	}
	smbmgmt_context_unref(context);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine/many");
	TCase *tc = tcase_create("many");

	tcase_set_timeout(tc, 380);
	tcase_add_test(tc, ten_thousand);
	tcase_add_test(tc, thousand_cycles);
	tcase_add_loop_test(tc, ends_at_once, 0, 2);
	tcase_add_test(tc, killed_again_and_again);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
