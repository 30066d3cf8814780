/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How many servers to work on at once where the caller leaves it to us. */
#include <sys/resource.h>
#include <unistd.h>

#include "engine/fleet.h"

/*
 * docs/performance.md has what was measured: so many connections that wait for
 * slow servers keep one processor from idling, and more of them gain nothing.
 */
#define EACH_PROCESSOR 32
#define MOST 128
#define LEAST 4
/* Two descriptors a connection: no more than a quarter of what may be open. */
#define PART_OF_FILES 8
/* What a child has of its own, bytes, and how much of the memory is for them.
 */
#define CHILD (UINT64_C(600) * 1024)
#define PART_OF_MEMORY 16

static size_t lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t by_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return lesser(n < 1 ? EACH_PROCESSOR : (size_t)n * EACH_PROCESSOR,
		      MOST);
}

static size_t by_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur / PART_OF_FILES > MOST)
		return MOST;
	return (size_t)files.rlim_cur / PART_OF_FILES;
}

static size_t by_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long size = sysconf(_SC_PAGESIZE);

	if (pages < 1 || size < 1)
		return MOST;
	return (size_t)((uint64_t)pages * (uint64_t)size / PART_OF_MEMORY /
			CHILD);
}

size_t sm_fleet_throttle(size_t handles)
{
	size_t throttle =
		lesser(by_processors(), lesser(by_files(), by_memory()));

	if (throttle < LEAST)
		throttle = LEAST;
	return lesser(throttle, handles);
}
