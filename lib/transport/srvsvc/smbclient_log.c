/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libsmbclient makes an errno of each NTSTATUS, one for several causes; its
 * log still has the NTSTATUS.  What is heard there makes errors finer.  If
 * another version says it in other words, they are as coarse as errno.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/srvsvc/smbclient_carrier.h"

/* The level at which all of this is said; no password is said there. */
#define LISTEN_LEVEL 4

void sm_smbclient_forget(struct sm_carrier_conn *conn)
{
	enum sm_smbclient_stage stage = conn->heard.stage;

	memset(&conn->heard, 0, sizeof(conn->heard));
	conn->heard.stage = stage;
}

/* "...: 0xc0000034 -> 2" */
static void hear_status(struct sm_smbclient_heard *heard, const char *message)
{
	const char *number = strstr(message, ": 0x");
	char *end = NULL;

	if (number == NULL)
		return;
	heard->status = (uint32_t)strtoul(number + 2, &end, 16);
	heard->has_status = strncmp(end, " -> ", 4) == 0;
}

void sm_smbclient_hear(struct sm_smbclient_heard *heard, const char *message)
{
	static const char refusal[] = "login failed: ";
	const char *reason = strstr(message, refusal);

	if (strstr(message, "status_to_errno") != NULL)
		hear_status(heard, message);
	if (heard->stage == SM_STAGE_REACH &&
	    strstr(message, "session setup ok") != NULL)
		heard->stage = SM_STAGE_TREE;
	if (reason == NULL)
		return;
	heard->refused = true;
	snprintf(heard->reason, sizeof(heard->reason), "%s",
		 reason + sizeof(refusal) - 1);
	heard->reason[strcspn(heard->reason, "\r\n")] = '\0';
}

static void take_message(void *userdata, int level, const char *message)
{
	struct sm_carrier_conn *conn = userdata;
	size_t len = strlen(message);

	sm_smbclient_hear(&conn->heard, message);
	if (level > (int)conn->debug_level)
		return;
	fputs(message, stderr);
	if (len == 0 || message[len - 1] != '\n')
		fputc('\n', stderr);
}

void sm_smbclient_listen(struct sm_carrier_conn *conn)
{
	smbc_setLogCallback(conn->context, conn, take_message);
	smbc_setDebug(conn->context, conn->debug_level > LISTEN_LEVEL
					     ? (int)conn->debug_level
					     : LISTEN_LEVEL);
}

void sm_smbclient_unlisten(struct sm_carrier_conn *conn)
{
	smbc_setDebug(conn->context, 0);
	smbc_setLogCallback(conn->context, NULL, NULL);
}
