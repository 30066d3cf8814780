/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A context, what its handles reach, and threads that begin together. */
#ifndef TESTS_THREADS_WORLD_H
#define TESTS_THREADS_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include <smbmgmt/smbmgmt.h>

#define WORLD_THREADS 8

struct world_case {
	const char *name;
	void (*run)(void);
};

extern struct world {
	smbmgmt_context *context; /* of this case */
	bool is_server;		  /* the sessions are a server's */
} world;

/* Say why, and end the program: nothing else of it makes sense then. */
_Noreturn void world_fail(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void world_true(bool value, const char *what);
void world_ok(int32_t code, const char *what);

/* Not on tables in memory but on this server. */
void world_use_server(const char *server, const char *auth_file);
/* One more handle; the number chooses the table. */
smbmgmt_handle *world_open(unsigned int number);
/* Some of the sessions that there are. */
smbmgmt_filter *world_filter(void);
/* Force, and a deadline. */
smbmgmt_action *world_action(void);

/* Run it in eight threads, and wait for them. */
void world_threads(void *(*work)(void *), void *userdata);
/* In such a thread: wait until all eight are there. */
void world_wait(void);

/* All cases, each on a context of its own, as TAP. */
void world_run(const struct world_case *cases, size_t count);

#endif /* TESTS_THREADS_WORLD_H */
