/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Preloaded, it sets the wall clock of one process and leaves the clocks that
 * nobody can set: the file SETCLOCK_FILE holds how far off it is, a number of
 * seconds, and how often it was looked at, 8 bytes each, and may be written at
 * any time.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

struct clock {
	_Atomic int64_t seconds;
	_Atomic int64_t looks;
};

static struct clock *shared;

__attribute__((constructor)) static void begin(void)
{
	const char *name = getenv("SETCLOCK_FILE");
	void *memory = NULL;
	int fd = -1;

	/* A test that sets no clock would show nothing. */
	if (name == NULL)
		abort();
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	memory = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (memory == MAP_FAILED)
		abort();
	shared = memory;
	close(fd);
}

EXPORTED int clock_gettime(clockid_t id, struct timespec *tp)
{
	int ret = (int)syscall(SYS_clock_gettime, id, tp);

	if (shared == NULL || ret != 0 ||
	    (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
		return ret;
	tp->tv_sec += shared->seconds;
	shared->looks++;
	return 0;
}

EXPORTED int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec now;

	(void)tz;
	clock_gettime(CLOCK_REALTIME, &now);
	tv->tv_sec = now.tv_sec;
	tv->tv_usec = now.tv_nsec / 1000;
	return 0;
}

EXPORTED time_t time(time_t *where)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (where != NULL)
		*where = now.tv_sec;
	return now.tv_sec;
}
