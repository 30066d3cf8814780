/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The library's processes, as /proc shows them, and ports for them to ask. */
#ifndef TESTS_ENGINE_PROCS_H
#define TESTS_ENGINE_PROCS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <smbmgmt/smbmgmt.h>

/* What must be gone is gone after so long. */
#define GONE_MS 2000
/* Only a hang reaches it. */
#define LIMIT_MS 30000

int64_t procs_now(void); /* milliseconds */
void procs_sleep(long ms);

/* A port of loopback: with a backlog that takes connections, or closed. */
int procs_port(bool silent, char server[32]);
/* Open a handle to it, with a password, and drop the handle again. */
int32_t procs_open(smbmgmt_context *context, const char *server,
		   uint32_t deadline);

/* A process of that name whose host is @host, or 0. */
pid_t procs_find(pid_t host, const char *name);
/* The same, when there is one. */
pid_t procs_wait_for(pid_t host, const char *name);
/* A child of that host that is well inside its connect. */
pid_t procs_wait_for_hanging(pid_t host);
/* False for a zombie, too: it has ended. */
bool procs_alive(pid_t pid);
/* It ends within GONE_MS; the test fails otherwise. */
void procs_expect_gone(pid_t pid, const char *what);
/* There is none of that host within GONE_MS. */
void procs_expect_none(pid_t host, const char *name);

#endif /* TESTS_ENGINE_PROCS_H */
