/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "world.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLES 3
#define ROWS 4

struct world world;

static smbmgmt_memory *tables[TABLES];
static const char *server; /* NULL: the tables */
static smbmgmt_credentials *credentials;
static pthread_barrier_t barrier;

void world_fail(const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "failed: ");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

void world_true(bool value, const char *what)
{
	if (!value)
		world_fail("%s", what);
}

void world_ok(int32_t code, const char *what)
{
	if (code != SMBMGMT_OK)
		world_fail("%s: %s", what, smbmgmt_error_name(code));
}

static void add_row(smbmgmt_memory *memory, unsigned int number)
{
	smbmgmt_session_builder *b = NULL;
	char client[16];
	char user[16];

	snprintf(client, sizeof(client), "c%u", number);
	snprintf(user, sizeof(user), "u%u", number);
	world_ok(smbmgmt_session_builder_new(&b, NULL), "builder");
	world_ok(smbmgmt_session_builder_set_id(b, number, 0, NULL), "id");
	world_ok(smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_CLIENT,
						  client, NULL),
		 "client");
	world_ok(smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_USER, user,
						  NULL),
		 "user");
	world_ok(smbmgmt_session_builder_set_number(
			 b, SMBMGMT_FIELD_SECONDS_EXISTS, 3600, NULL),
		 "age");
	world_ok(smbmgmt_memory_add_session(memory, b, NULL, NULL), "row");
	smbmgmt_session_builder_unref(b);
}

static void make_tables(void)
{
	for (int i = 0; i < TABLES; i++) {
		world_ok(smbmgmt_memory_new(&tables[i], NULL), "memory");
		for (unsigned int row = 1; row <= ROWS; row++)
			add_row(tables[i], row);
		/* There is always something left to close. */
		smbmgmt_memory_set_reconnects(tables[i], 1000000, NULL);
		smbmgmt_memory_set_delay(tables[i], SMBMGMT_OP_LIST, 1, NULL);
		smbmgmt_memory_set_delay(tables[i], SMBMGMT_OP_CLOSE, 1, NULL);
	}
}

void world_use_server(const char *name, const char *auth_file)
{
	server = name;
	world.is_server = true;
	world_ok(smbmgmt_credentials_new(&credentials, NULL), "credentials");
	world_ok(smbmgmt_credentials_load_file(credentials, auth_file, NULL),
		 "credentials file");
}

smbmgmt_handle *world_open(unsigned int number)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *error = NULL;
	const char *name = server != NULL ? server : "memory:table";

	world_ok(smbmgmt_open_options_new(&options, NULL), "options");
	if (server != NULL) {
		world_ok(smbmgmt_open_options_set_credentials(
				 options, credentials, NULL),
			 "set_credentials");
	} else {
		world_ok(smbmgmt_open_options_set_memory(
				 options, tables[number % TABLES], NULL),
			 "set_memory");
		world_ok(smbmgmt_open_options_set_skip_test(options, 1, NULL),
			 "skip_test");
	}
	if (smbmgmt_open_handle(world.context, name, options, &handle,
				&error) != 0)
		world_fail("open: %s", smbmgmt_error_message(error));
	smbmgmt_open_options_unref(options);
	return handle;
}

smbmgmt_filter *world_filter(void)
{
	smbmgmt_filter *filter = NULL;

	world_ok(smbmgmt_filter_new(&filter, NULL), "filter");
	if (server != NULL) {
		world_ok(smbmgmt_filter_add_user(filter, "alice", NULL), "u");
		world_ok(smbmgmt_filter_add_user(filter, "bob", NULL), "u");
	} else {
		world_ok(smbmgmt_filter_add_user(filter, "u1", NULL), "u");
		world_ok(smbmgmt_filter_add_user(filter, "u3", NULL), "u");
	}
	return filter;
}

smbmgmt_action *world_action(void)
{
	smbmgmt_action *action = NULL;

	world_ok(smbmgmt_action_new(&action, NULL), "action");
	world_ok(smbmgmt_action_set_force(action, 1, NULL), "force");
	world_ok(smbmgmt_action_set_deadline(action, 5000, NULL), "deadline");
	return action;
}

void world_wait(void)
{
	pthread_barrier_wait(&barrier);
}

void world_threads(void *(*work)(void *), void *userdata)
{
	pthread_t threads[WORLD_THREADS];

	pthread_barrier_init(&barrier, NULL, WORLD_THREADS);
	for (int i = 0; i < WORLD_THREADS; i++)
		world_true(pthread_create(&threads[i], NULL, work, userdata) ==
				   0,
			   "a thread");
	for (int i = 0; i < WORLD_THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
}

void world_run(const struct world_case *cases, size_t count)
{
	if (server == NULL)
		make_tables();
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		world_ok(smbmgmt_context_new(&world.context, NULL), "context");
		cases[i].run();
		smbmgmt_context_unref(world.context);
		printf("ok %zu - %s\n", i + 1, cases[i].name);
		fflush(stdout);
	}
	for (int i = 0; i < TABLES; i++)
		smbmgmt_memory_unref(tables[i]);
	smbmgmt_credentials_unref(credentials);
}
