/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* One descriptor beside the bytes of a sendmsg or recvmsg (SCM_RIGHTS). */
#ifndef SM_UTIL_PASSFD_H
#define SM_UTIL_PASSFD_H

#include <sys/socket.h>

/* Room for the control message, aligned for it. */
union sm_passfd {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* Let @msg take @fd along. */
void sm_passfd_put(struct msghdr *msg, union sm_passfd *control, int fd);
/* Let @msg receive one. */
void sm_passfd_expect(struct msghdr *msg, union sm_passfd *control);
/* The one that came with @msg, or -1. */
int sm_passfd_get(struct msghdr *msg);

#endif /* SM_UTIL_PASSFD_H */
