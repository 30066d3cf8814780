/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/passfd.h"

#include <string.h>

void sm_passfd_put(struct msghdr *msg, union sm_passfd *control, int fd)
{
	struct cmsghdr *c = NULL;

	memset(control, 0, sizeof(*control));
	sm_passfd_expect(msg, control);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

void sm_passfd_expect(struct msghdr *msg, union sm_passfd *control)
{
	msg->msg_control = control->bytes;
	msg->msg_controllen = sizeof(control->bytes);
}

int sm_passfd_get(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}
