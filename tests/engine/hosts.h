/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Hosts that are not as one would wish them: each is a process of its own with
 * the real helper, and ports of loopback for servers, one that refuses and one
 * that says nothing.
 */
#ifndef TESTS_ENGINE_HOSTS_H
#define TESTS_ENGINE_HOSTS_H

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include <smbmgmt/smbmgmt.h>

#include "procs.h"

extern char host_refusing[32];
extern char host_silent[32];
extern int host_ports[2];
/* Standard error, and nothing that a host closes. */
extern int host_said;

/* In a host: libcheck is its parent's. */
#define NEED(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(host_said, "%s:%d: %s\n", __func__, __LINE__,  \
				#condition);                                   \
			_exit(1);                                              \
		}                                                              \
	} while (0)

smbmgmt_context *new_context(void);
/* The helper is started, asked, and its answer is read. */
void need_service(smbmgmt_context *context);

/* A second thread in a connect that hangs. */
struct hang {
	smbmgmt_context *context;
	pthread_t thread;
	pid_t child;
};

void begin_hang(struct hang *hang, smbmgmt_context *context);
/* It goes on until now, and then ends as it has to. */
void end_hang(struct hang *hang);

struct host {
	const char *name;
	void (*live)(void);
};

/* A test for each host. */
Suite *hosts_suite(const char *name, const struct host *list, int n);

#endif /* TESTS_ENGINE_HOSTS_H */
