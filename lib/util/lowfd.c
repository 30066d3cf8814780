/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/lowfd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void close_quietly(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

int sm_lowfd_leave(int fd)
{
	int high = -1;

	if (fd < STDIN_FILENO || fd > STDERR_FILENO)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, SM_LOWFD_COUNT);
	close_quietly(fd);
	return high;
}

int sm_lowfd_leave_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		pair[i] = sm_lowfd_leave(pair[i]);
	if (pair[0] >= 0 && pair[1] >= 0)
		return 0;
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close_quietly(pair[i]);
		pair[i] = -1;
	}
	return -1;
}
