/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/callback.h"
#include "util/clock.h"

struct record {
	struct record *next;
	char text[]; /* without its line feed */
};

struct sm_audit {
	/* Held while a record is written: one at a time, in order. */
	pthread_mutex_t writing;
	int fd; /* -1: none */
	struct stat file;
	bool torn;    /* the last record has no end */
	bool stalled; /* nobody read, for a whole deadline */
	/* The callback's, as in log.c: */
	pthread_mutex_t lock;
	pthread_cond_t delivered;
	smbmgmt_audit_fn fn;
	void *userdata;
	smbmgmt_free_fn free_fn;
	struct record *first;
	struct record **last;
	bool delivering;
};

struct sm_audit *sm_audit_new(void)
{
	struct sm_audit *audit = calloc(1, sizeof(*audit));

	if (audit == NULL)
		return NULL;
	pthread_mutex_init(&audit->writing, NULL);
	pthread_mutex_init(&audit->lock, NULL);
	pthread_cond_init(&audit->delivered, NULL);
	audit->fd = -1;
	audit->last = &audit->first;
	return audit;
}

static void free_records(struct record *record)
{
	while (record != NULL) {
		struct record *next = record->next;

		free(record);
		record = next;
	}
}

/* The number may be another's by now, if the host closes what it finds. */
static bool is_ours(const struct sm_audit *audit)
{
	struct stat now;

	if (fstat(audit->fd, &now) != 0)
		return false;
	if (now.st_dev == audit->file.st_dev &&
	    now.st_ino == audit->file.st_ino)
		return true;
	errno = EBADF;
	return false;
}

static void close_ours(struct sm_audit *audit)
{
	if (audit->fd >= 0 && is_ours(audit))
		close(audit->fd);
	audit->fd = -1;
}

void sm_audit_free(struct sm_audit *audit)
{
	if (audit == NULL)
		return;
	close_ours(audit);
	free_records(audit->first);
	if (audit->free_fn != NULL)
		audit->free_fn(audit->userdata);
	pthread_cond_destroy(&audit->delivered);
	pthread_mutex_destroy(&audit->lock);
	pthread_mutex_destroy(&audit->writing);
	free(audit);
}

/*
 * Above the standard descriptors.  A pipe is opened anew where that works:
 * then it does not block, whatever the caller's own description of it does.
 */
static int own_descriptor(int fd, const struct stat *file)
{
	char path[40];
	int own = -1;
	int high = -1;

	if (S_ISFIFO(file->st_mode)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	}
	if (own > STDERR_FILENO)
		return own;
	high = fcntl(own >= 0 ? own : fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (own >= 0)
		close(own);
	return high;
}

int sm_audit_set_fd(struct sm_audit *audit, int fd, struct sm_fail *fail)
{
	struct stat file;
	int flags = 0;
	int own = -1;

	memset(&file, 0, sizeof(file));
	if (fd != -1) {
		flags = fcntl(fd, F_GETFL);
		if (flags < 0 || fstat(fd, &file) != 0)
			return sm_fail_errno(fail, errno,
					     "The audit cannot go to the "
					     "descriptor %d",
					     fd);
		if ((flags & O_ACCMODE) == O_RDONLY || (flags & O_PATH) != 0)
			return sm_fail(fail, SMBMGMT_E_INVALID,
				       "The audit cannot go to the descriptor "
				       "%d: it is not open for writing.",
				       fd);
		own = own_descriptor(fd, &file);
		if (own < 0)
			return sm_fail_errno(fail, errno,
					     "The audit's descriptor cannot "
					     "be duplicated");
	}
	pthread_mutex_lock(&audit->writing);
	close_ours(audit);
	audit->fd = own;
	audit->file = file;
	audit->torn = false;
	audit->stalled = false;
	pthread_mutex_unlock(&audit->writing);
	return 0;
}

void sm_audit_set(struct sm_audit *audit, smbmgmt_audit_fn fn, void *userdata,
		  smbmgmt_free_fn free_fn)
{
	struct record *undelivered = NULL;
	smbmgmt_free_fn old_free = NULL;
	void *old = NULL;

	pthread_mutex_lock(&audit->lock);
	/* Another thread may be inside the callback that goes. */
	while (audit->delivering)
		pthread_cond_wait(&audit->delivered, &audit->lock);
	old_free = audit->free_fn;
	old = audit->userdata;
	audit->fn = fn;
	audit->userdata = userdata;
	audit->free_fn = free_fn;
	if (fn == NULL) {
		undelivered = audit->first;
		audit->first = NULL;
		audit->last = &audit->first;
	}
	pthread_mutex_unlock(&audit->lock);
	free_records(undelivered);
	if (old_free != NULL)
		old_free(old);
}

bool sm_audit_on(struct sm_audit *audit)
{
	bool on = false;

	pthread_mutex_lock(&audit->writing);
	on = audit->fd >= 0;
	pthread_mutex_unlock(&audit->writing);
	pthread_mutex_lock(&audit->lock);
	on = on || audit->fn != NULL;
	pthread_mutex_unlock(&audit->lock);
	return on;
}

/*
 * SIGPIPE and SIGXFSZ are the host's business: errno says the same.  They
 * are sent to the thread that writes, so they can be taken back there.
 */
struct hush {
	sigset_t ours;
	sigset_t before;
	bool pending;
};

static void hush_begin(struct hush *hush)
{
	sigset_t pending;

	sigemptyset(&hush->ours);
	sigaddset(&hush->ours, SIGPIPE);
	sigaddset(&hush->ours, SIGXFSZ);
	sigemptyset(&pending);
	sigpending(&pending);
	hush->pending = sigismember(&pending, SIGPIPE) == 1 ||
			sigismember(&pending, SIGXFSZ) == 1;
	pthread_sigmask(SIG_BLOCK, &hush->ours, &hush->before);
}

static void hush_end(struct hush *hush)
{
	static const struct timespec now;
	int error = errno;

	while (!hush->pending && sigtimedwait(&hush->ours, NULL, &now) > 0)
		;
	pthread_sigmask(SIG_SETMASK, &hush->before, NULL);
	errno = error;
}

/* Room for a byte or more; ETIMEDOUT. */
static int wait_room(struct sm_audit *audit, int64_t until)
{
	struct pollfd pollfd = {.fd = audit->fd, .events = POLLOUT};

	for (;;) {
		int64_t left = (until - sm_clock_now() + SM_MS - 1) / SM_MS;
		int n = 0;

		if (audit->stalled || left < 0)
			left = 0;
		n = poll(&pollfd, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
		if (n == 0) {
			audit->stalled = true;
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

static ssize_t write_some(const struct sm_audit *audit, const char *line,
			  size_t len)
{
	int flags = 0;

	if (S_ISSOCK(audit->file.st_mode))
		return send(audit->fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (S_ISFIFO(audit->file.st_mode)) {
		flags = fcntl(audit->fd, F_GETFL);
		/* There is room for so much, and more may have to wait. */
		if ((flags & O_NONBLOCK) == 0 && len > PIPE_BUF)
			len = PIPE_BUF;
	}
	return write(audit->fd, line, len);
}

/* All of it, or -1 and errno; *@done is how much. */
static int write_all(struct sm_audit *audit, const char *line, size_t len,
		     int64_t until, size_t *done)
{
	bool stream =
		S_ISFIFO(audit->file.st_mode) || S_ISSOCK(audit->file.st_mode);

	*done = 0;
	while (*done < len) {
		ssize_t n = 0;

		if (!S_ISREG(audit->file.st_mode) &&
		    wait_room(audit, until) != 0)
			return -1;
		n = write_some(audit, line + *done, len - *done);
		if (n < 0 && (errno == EINTR || (stream && errno == EAGAIN)))
			continue;
		if (n < 0)
			return -1;
		*done += (size_t)n;
		audit->stalled = false;
		/* The disk is full; another's record may follow ours now. */
		if (!stream && *done < len) {
			errno = ENOSPC;
			return -1;
		}
	}
	return 0;
}

/*
 * A record that was cut short is ended, now or with the next one, so that the
 * next one begins a line.
 */
static int write_line(struct sm_audit *audit, const char *line, size_t len,
		      int64_t until)
{
	size_t done = 0;
	int error = 0;

	if (audit->torn) {
		if (write_all(audit, "\n", 1, until, &done) != 0)
			return -1;
		audit->torn = false;
	}
	if (write_all(audit, line, len, until, &done) == 0)
		return 0;
	error = errno;
	audit->torn = done > 0 && write_all(audit, "\n", 1, until, &done) != 0;
	errno = error;
	return -1;
}

static int write_locked(struct sm_audit *audit, const char *line, size_t len,
			bool sync, int64_t until)
{
	struct hush hush;
	int ret = 0;

	if (!is_ours(audit))
		return -1;
	hush_begin(&hush);
	ret = write_line(audit, line, len, until);
	if (ret == 0 && sync && S_ISREG(audit->file.st_mode))
		ret = fdatasync(audit->fd);
	hush_end(&hush);
	return ret;
}

/* Never dropped, unlike a log's: what is not told here is not done. */
static bool push(struct sm_audit *audit, const char *line, size_t len)
{
	struct record *record = malloc(sizeof(*record) + len);

	if (record == NULL)
		return false;
	memcpy(record->text, line, len - 1);
	record->text[len - 1] = '\0';
	record->next = NULL;
	pthread_mutex_lock(&audit->lock);
	if (audit->fn != NULL) {
		*audit->last = record;
		audit->last = &record->next;
		record = NULL;
	}
	pthread_mutex_unlock(&audit->lock);
	free(record);
	return true;
}

int sm_audit_write(struct sm_audit *audit, const char *line, size_t len,
		   bool sync, int64_t milliseconds, struct sm_fail *fail)
{
	int64_t until = sm_clock_now() + milliseconds * SM_MS;
	int error = 0;

	pthread_mutex_lock(&audit->writing);
	if (audit->fd >= 0 && write_locked(audit, line, len, sync, until) != 0)
		error = errno;
	pthread_mutex_unlock(&audit->writing);
	if (error != 0)
		return sm_fail_errno(fail, error,
				     "The audit's record could not be "
				     "written");
	return push(audit, line, len) ? 0 : sm_fail_nomem(fail);
}

/* One thread delivers at a time, so that records keep their order. */
void sm_audit_deliver(struct sm_audit *audit)
{
	struct record *records = NULL;
	smbmgmt_audit_fn fn = NULL;
	void *userdata = NULL;

	pthread_mutex_lock(&audit->lock);
	if (audit->delivering || audit->first == NULL || audit->fn == NULL) {
		pthread_mutex_unlock(&audit->lock);
		return;
	}
	audit->delivering = true;
	records = audit->first;
	audit->first = NULL;
	audit->last = &audit->first;
	fn = audit->fn;
	userdata = audit->userdata;
	pthread_mutex_unlock(&audit->lock);

	sm_callback_enter();
	for (struct record *r = records; r != NULL; r = r->next)
		fn(r->text, userdata);
	sm_callback_leave();
	free_records(records);

	pthread_mutex_lock(&audit->lock);
	audit->delivering = false;
	pthread_cond_broadcast(&audit->delivered);
	pthread_mutex_unlock(&audit->lock);
}
