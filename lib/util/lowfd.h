/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A host may have closed its standard input, output and error, and print all
 * the same, or open others in their place one day.  So none of the library's
 * descriptors may stay one of these.
 */
#ifndef SM_UTIL_LOWFD_H
#define SM_UTIL_LOWFD_H

/* Standard input, output and error. */
#define SM_LOWFD_COUNT 3

/*
 * The same, on another number if need be; -1 and errno, and @fd is closed.
 * Below 0 nothing is done.  Close-on-exec.
 */
int sm_lowfd_leave(int fd);
/* Both, or neither: then they are closed and -1. */
int sm_lowfd_leave_pair(int pair[2]);

#endif /* SM_UTIL_LOWFD_H */
