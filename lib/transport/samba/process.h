/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A process of Samba's, by what the kernel says of it. */
#ifndef SM_SAMBA_PROCESS_H
#define SM_SAMBA_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/smbstatus/smbstatus.h"

/* Room for sm_process_text(). */
#define SM_PROCESS_TEXT 112

/*
 * A server process as an opaque text, equal for equal ones: its server id,
 * and where it is on this machine when it was started.
 */
void sm_process_text(const struct sm_server_id *server,
		     char text[SM_PROCESS_TEXT]);

/* The server id that sm_process_text() wrote; @start is 0 if it had none. */
bool sm_process_parse(const char *text, struct sm_server_id *server,
		      uint64_t *start);

/* When it was started, in ticks since the machine was; 0: it is not there. */
uint64_t sm_process_start(pid_t pid);

/* Does it run smbd's program? */
bool sm_process_is_smbd(pid_t pid);

/* Its parent's pid, or 0. */
pid_t sm_process_parent(pid_t pid);

#endif /* SM_SAMBA_PROCESS_H */
