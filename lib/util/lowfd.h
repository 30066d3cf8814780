/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A host may have closed its standard input, output and error, and print all
 * the same, or open others in their place one day.  So none of the library's
 * descriptors may stay one of these.
 */
#ifndef SM_UTIL_LOWFD_H
#define SM_UTIL_LOWFD_H

/*
 * The same, on another number if need be; -1 and errno, and @fd is closed.
 * Below 0 nothing is done.  Close-on-exec.
 */
int sm_lowfd_leave(int fd);
/* Both, or neither: then they are closed and -1. */
int sm_lowfd_leave_pair(int pair[2]);

/*
 * For descriptors that others make: until these are released, new ones get
 * higher numbers.  (But for those that another thread closes meanwhile.)
 */
struct sm_lowfd {
	int count;
	int fds[3];
};

void sm_lowfd_hold(struct sm_lowfd *low);
void sm_lowfd_release(struct sm_lowfd *low);

#endif /* SM_UTIL_LOWFD_H */
