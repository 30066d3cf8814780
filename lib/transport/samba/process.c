/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/samba/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The fields of proc(5)'s stat that follow the name, which is in brackets. */
#define FIELD_PARENT 4
#define FIELD_START 22

/* A number of /proc/PID/stat, 0 if there is none. */
static uint64_t stat_number(pid_t pid, int field)
{
	char text[1024];
	char path[64];
	char *at = NULL;
	ssize_t len = 0;
	int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return 0;
	text[len] = '\0';
	/* A name may hold anything, brackets and blanks too. */
	at = strrchr(text, ')');
	for (int i = 2; at != NULL && i < field; i++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

uint64_t sm_process_start(pid_t pid)
{
	return stat_number(pid, FIELD_START);
}

pid_t sm_process_parent(pid_t pid)
{
	return (pid_t)stat_number(pid, FIELD_PARENT);
}

/* A program that an update has replaced ends in " (deleted)". */
bool sm_process_is_smbd(pid_t pid)
{
	char target[PATH_MAX];
	char path[64];
	const char *name = NULL;
	ssize_t len = 0;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0)
		return false;
	target[len] = '\0';
	name = strrchr(target, '/');
	return name != NULL && strncmp(name + 1, "smbd", 4) == 0;
}

void sm_process_text(const struct sm_server_id *server,
		     char text[SM_PROCESS_TEXT])
{
	uint64_t start = 0;

	if (server->vnn == SM_VNN_NONE)
		start = sm_process_start((pid_t)server->pid);
	snprintf(text, SM_PROCESS_TEXT,
		 "%" PRIu64 ":%" PRIu64 ".%" PRIu64 "/%" PRIu64 "@%" PRIu64,
		 server->vnn, server->pid, server->task, server->unique, start);
}

bool sm_process_parse(const char *text, struct sm_server_id *server,
		      uint64_t *start)
{
	int end = 0;

	memset(server, 0, sizeof(*server));
	if (sscanf(text,
		   "%" SCNu64 ":%" SCNu64 ".%" SCNu64 "/%" SCNu64 "@%" SCNu64
		   "%n",
		   &server->vnn, &server->pid, &server->task, &server->unique,
		   start, &end) != 5 ||
	    text[end] != '\0' || server->pid == 0 || server->pid > INT32_MAX)
		return false;
	server->known = true;
	return true;
}
