/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The audit comes first: what cannot be written down is not sent. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "audit_fix.h"
#include "suite.h"

/* The library's own, too, is this one. */
static int sync_error;
static unsigned int syncs;
static uint64_t sent_before_sync;

#pragma GCC visibility push(default)

int fdatasync(int fd)
{
	(void)fd;
	if (syncs++ == 0)
		sent_before_sync =
			smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE);
	errno = sync_error;
	return sync_error == 0 ? 0 : -1;
}

#pragma GCC visibility pop

/* Nothing was sent, and everybody is told why. */
static void refused(int32_t native)
{
	smbmgmt_report *report = NULL;

	free(fix_close(&fix, "1..2", FIX_FORCE, NULL, &report));
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_int_eq(smbmgmt_report_outcome(report, i),
				 SMBMGMT_OUTCOME_FAILED);
		ck_assert_int_eq(smbmgmt_report_code(report), SMBMGMT_E_SYSTEM);
		ck_assert_int_eq(smbmgmt_report_was_sent(report, i), 0);
		ck_assert_int_eq(smbmgmt_error_native_code(
					 smbmgmt_report_cause(report, i)),
				 native);
	}
	smbmgmt_report_unref(report);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  0);
}

START_TEST(synced_before_it_is_sent)
{
	fix_rows(fix.memory, 2);
	sent_before_sync = UINT64_MAX;
	syncs = 0;
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1..2", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1, CLOSED 2");
	ck_assert_uint_eq(sent_before_sync, 0);
	/* Each intent, and the outcomes once. */
	ck_assert_uint_eq(syncs, 3);
}
END_TEST

START_TEST(not_on_disk)
{
	fix_rows(fix.memory, 2);
	audit_to(fileno(file));
	sync_error = EIO;
	refused(EIO);
	sync_error = 0;
}
END_TEST

START_TEST(disk_full)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	fix_rows(fix.memory, 2);
	audit_to(fd);
	refused(ENOSPC);
	close(fd);
	/* Without it, it works again. */
	audit_to(-1);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
}
END_TEST

/*
 * A disk that takes @room bytes more.  (libcheck has files of its own, which
 * are shorter.)  SIGXFSZ would end this program if it were let through.
 */
#define BEFORE (1 << 20)

static struct rlimit unlimited;

static void limit(size_t room)
{
	struct rlimit now;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	now = unlimited;
	now.rlim_cur = BEFORE + room;
	ck_assert_int_eq(ftruncate(fileno(file), BEFORE), 0);
	ck_assert_int_eq(lseek(fileno(file), 0, SEEK_END), BEFORE);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &now), 0);
}

static void unlimit(void)
{
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
}

START_TEST(disk_full_in_a_record)
{
	const char *text = NULL;

	fix_rows(fix.memory, 2);
	audit_to(fileno(file));
	limit(100);
	refused(ENOSPC);
	unlimit();
	/* There is room again: what was cut short is a line of its own. */
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
	text = written(fileno(file), BEFORE);
	ck_assert_uint_eq(count(text, "\n"), 3);
	ck_assert_int_eq(text[100], '\n');
	ck_assert_int_eq(text[101], '{');
}
END_TEST

/* It is closed, and who asked is told that this is not written down. */
START_TEST(disk_full_in_an_outcome)
{
	smbmgmt_report *report = NULL;
	size_t intent = 0;

	fix_rows(fix.memory, 2);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
	intent = strcspn(written(fileno(file), 0), "\n");
	limit(intent + 100);
	fix_expect(fix_close(&fix, "2", FIX_FORCE, NULL, &report),
		   "PARTIAL: CLOSED 2");
	unlimit();
	ck_assert_uint_eq(smbmgmt_report_error_count(report), 1);
	ck_assert_int_eq(smbmgmt_error_code(smbmgmt_report_error(report, 0)),
			 SMBMGMT_E_SYSTEM);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 1);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(no_reader)
{
	int pair[2];

	ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
	fix_rows(fix.memory, 2);
	audit_to(pair[1]);
	close(pair[0]);
	/* And no SIGPIPE ends this program. */
	refused(EPIPE);
	close(pair[1]);
}
END_TEST

START_TEST(stalled_reader)
{
	static char fill[65536];
	int flags = 0;
	int pair[2];

	ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
	fix_rows(fix.memory, 2);
	fix.deadline = 100;
	audit_to(pair[1]);
	ck_assert_int_eq(write(pair[1], fill, sizeof(fill)), sizeof(fill));
	refused(ETIMEDOUT);
	/* The caller's descriptor blocks as it did. */
	flags = fcntl(pair[1], F_GETFL);
	ck_assert_int_eq(flags & O_NONBLOCK, 0);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

static void *read_slowly(void *userdata)
{
	int fd = *(int *)userdata;
	char byte[997];
	static size_t total;

	total = 0;
	for (;;) {
		ssize_t n = read(fd, byte, sizeof(byte));

		if (n <= 0)
			return &total;
		total += (size_t)n;
	}
}

/* Longer than a pipe holds: written as it is read. */
START_TEST(long_record)
{
	pthread_t thread;
	void *total = NULL;
	int pair[2];

	ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	for (unsigned int i = 0; i < 500; i++)
		fix_row(fix.memory, -7, "c", "u", 100 + i, NULL);
	audit_to(pair[1]);
	close(pair[1]);
	ck_assert_int_eq(pthread_create(&thread, NULL, read_slowly, &pair[0]),
			 0);
	free(fix_close(&fix, "u=u", FIX_FORCE, NULL, NULL));
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 0);
	audit_to(-1);
	pthread_join(thread, &total);
	ck_assert_uint_gt(*(size_t *)total, 131072);
	close(pair[0]);
}
END_TEST

START_TEST(a_socket)
{
	char text[65536];
	int pair[2];
	ssize_t n = 0;

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fix_rows(fix.memory, 2);
	audit_to(pair[1]);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
	n = read(pair[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	HAS(text, INTENT);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

/* A host that closes all it finds, and opens others in their place. */
START_TEST(taken_away)
{
	FILE *other = NULL;
	int fds[64];

	fix_rows(fix.memory, 2);
	/* The engine's own are made with the first operation. */
	free(fix_close(&fix, "9", FIX_FORCE, NULL, NULL));
	for (int i = 0; i < 64; i++)
		fds[i] = fcntl(i, F_GETFD) >= 0;
	audit_to(fileno(file));
	for (int i = 3; i < 64; i++) {
		if (!fds[i] && fcntl(i, F_GETFD) >= 0)
			close(i);
	}
	refused(EBADF);
	other = tmpfile();
	ck_assert_ptr_nonnull(other);
	free(fix_close(&fix, "1", FIX_FORCE, NULL, NULL));
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
	ck_assert_str_eq(written(fileno(other), 0), "");
	audit_to(-1);
	ck_assert_int_ge(fcntl(fileno(other), F_GETFD), 0);
	fclose(other);
}
END_TEST

START_TEST(bad_descriptors)
{
	smbmgmt_error *err = NULL;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(smbmgmt_context_set_audit_fd(fix.context, fd, &err),
			 SMBMGMT_E_INVALID);
	smbmgmt_error_unref(err);
	close(fd);
	ck_assert_int_eq(smbmgmt_context_set_audit_fd(fix.context, fd, &err),
			 SMBMGMT_E_SYSTEM);
	ck_assert_int_eq(smbmgmt_error_native_code(err), EBADF);
	smbmgmt_error_unref(err);
	ck_assert_int_eq(smbmgmt_context_set_audit_fd(NULL, 1, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(
		smbmgmt_context_set_audit(NULL, NULL, NULL, NULL, NULL),
		SMBMGMT_E_INVALID);
}
END_TEST

/* The intent is there while the server is asked, and no outcome yet. */
static void *watch(void *userdata)
{
	(void)userdata;
	free(fix_close(&fix, "1", FIX_FORCE, NULL, NULL));
	return NULL;
}

START_TEST(intent_comes_first)
{
	char byte = 0;
	char text[65536];
	pthread_t thread;
	size_t len = 0;
	int pair[2];

	/* The pipe is full: the record waits for its reader. */
	ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
	fix_rows(fix.memory, 2);
	memset(text, ' ', sizeof(text));
	ck_assert_int_eq(write(pair[1], text, sizeof(text)), sizeof(text));
	audit_to(pair[1]);
	ck_assert_int_eq(pthread_create(&thread, NULL, watch, NULL), 0);
	while (smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_LIST) == 0)
		usleep(1000);
	usleep(50000);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  0);
	do {
		ck_assert_int_eq(read(pair[0], &byte, 1), 1);
		if (byte != ' ' || len > 0)
			text[len++] = byte;
	} while (byte != '\n');
	text[len] = '\0';
	HAS(text, INTENT);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine-audit-write");
	TCase *tcase = tcase_create("audit");

	tcase_add_checked_fixture(tcase, up, down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, synced_before_it_is_sent);
	tcase_add_test(tcase, not_on_disk);
	tcase_add_test(tcase, disk_full);
	tcase_add_test(tcase, disk_full_in_a_record);
	tcase_add_test(tcase, disk_full_in_an_outcome);
	tcase_add_test(tcase, no_reader);
	tcase_add_test(tcase, stalled_reader);
	tcase_add_test(tcase, long_record);
	tcase_add_test(tcase, a_socket);
	tcase_add_test(tcase, taken_away);
	tcase_add_test(tcase, bad_descriptors);
	tcase_add_test(tcase, intent_comes_first);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
