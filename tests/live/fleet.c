/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Handles on many servers, and one listing of them all for each line on
 * standard input:
 *
 *     live-fleet SERVERS-FILE CREDENTIALS-FILE THROTTLE connect|later \
 *         watch|run [MILLISECONDS]
 *
 * connect: the handles are connected before the first line; later: each at its
 * first listing.  A line is answered with the listing's nanoseconds, code,
 * sessions and errors, and with the most servers that were in flight at once
 * by the job's own states; these are looked at all the time with watch, and
 * not at all with run, so that only the listing is measured.  For each error
 * its server and code follow.  MILLISECONDS are the listing's deadline.
 * LIVE_CARRIER in the environment chooses what carries srvsvc.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <smbmgmt/smbmgmt.h>

#define SERVERS_MAX 4096

struct fleet {
	smbmgmt_context *context;
	smbmgmt_open_options *open_options;
	smbmgmt_list_options *list_options;
	char *names[SERVERS_MAX];
	smbmgmt_handle *handles[SERVERS_MAX];
	uint32_t count;
	bool watch;
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void must(int32_t code, smbmgmt_error *err)
{
	if (code == SMBMGMT_OK)
		return;
	fprintf(stderr, "live-fleet: %s\n", smbmgmt_error_message(err));
	exit(1);
}

static void read_names(struct fleet *fleet, const char *path)
{
	FILE *in = fopen(path, "re");
	char line[256];

	if (in == NULL) {
		perror(path);
		exit(1);
	}
	while (fleet->count < SERVERS_MAX &&
	       fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		fleet->names[fleet->count++] = strdup(line);
	}
	fclose(in);
}

static void make_options(struct fleet *fleet, const char *auth,
			 int32_t throttle, bool skip_test)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_error *err = NULL;

	must(smbmgmt_credentials_new(&credentials, &err), err);
	must(smbmgmt_credentials_load_file(credentials, auth, &err), err);
	must(smbmgmt_open_options_new(&fleet->open_options, &err), err);
	must(smbmgmt_open_options_set_credentials(fleet->open_options,
						  credentials, &err),
	     err);
	must(smbmgmt_open_options_set_skip_test(fleet->open_options, skip_test,
						&err),
	     err);
	if (getenv("LIVE_CARRIER") != NULL)
		must(smbmgmt_open_options_set_carrier(
			     fleet->open_options, getenv("LIVE_CARRIER"), &err),
		     err);
	must(smbmgmt_list_options_new(&fleet->list_options, &err), err);
	must(smbmgmt_list_options_set_throttle(fleet->list_options, throttle,
					       &err),
	     err);
	smbmgmt_credentials_unref(credentials);
}

static void open_all(struct fleet *fleet)
{
	for (uint32_t i = 0; i < fleet->count; i++) {
		smbmgmt_error *err = NULL;

		must(smbmgmt_open_handle(fleet->context, fleet->names[i],
					 fleet->open_options,
					 &fleet->handles[i], &err),
		     err);
	}
}

/* From the last one down, so that no two are counted that never were at once:
 * they begin in order, and whoever began before and is running still, was. */
static uint32_t running(const smbmgmt_job *job, uint32_t count)
{
	uint32_t found = 0;

	for (uint32_t i = count; i > 0; i--)
		found += smbmgmt_job_server_state(job, i - 1) ==
			 SMBMGMT_JOB_SERVER_RUNNING;
	return found;
}

static uint32_t watch(smbmgmt_job *job, uint32_t count)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	uint32_t most = 0;

	while (!smbmgmt_job_is_complete(job)) {
		uint32_t found = running(job, count);

		most = found > most ? found : most;
		nanosleep(&pause, NULL);
	}
	return most;
}

static void list(struct fleet *fleet)
{
	smbmgmt_session_list *sessions = NULL;
	smbmgmt_error *err = NULL;
	smbmgmt_job *job = NULL;
	uint32_t most = 0;
	int64_t start = now();

	must(smbmgmt_start_list(fleet->context, fleet->handles, fleet->count,
				NULL, fleet->list_options, &job, &err),
	     err);
	if (fleet->watch)
		most = watch(job, fleet->count);
	must(smbmgmt_job_wait(job, UINT32_MAX, &err), err);
	sessions = smbmgmt_job_list(job);
	printf("%" PRId64 " %s %" PRIu32 " %" PRIu32 " %" PRIu32, now() - start,
	       smbmgmt_error_name(smbmgmt_job_code(job)),
	       smbmgmt_session_list_count(sessions),
	       smbmgmt_session_list_error_count(sessions), most);
	for (uint32_t i = 0; i < smbmgmt_session_list_error_count(sessions);
	     i++) {
		err = smbmgmt_session_list_error(sessions, i);
		printf(" %s %s", smbmgmt_error_computer(err),
		       smbmgmt_error_name(smbmgmt_error_code(err)));
	}
	putchar('\n');
	fflush(stdout);
	smbmgmt_session_list_unref(sessions);
	smbmgmt_job_unref(job);
}

int main(int argc, char **argv)
{
	static struct fleet fleet;
	smbmgmt_error *err = NULL;
	char line[16];

	if (argc != 6 && argc != 7) {
		fprintf(stderr,
			"usage: live-fleet SERVERS-FILE "
			"CREDENTIALS-FILE THROTTLE connect|later "
			"watch|run\n");
		return 2;
	}
	read_names(&fleet, argv[1]);
	make_options(&fleet, argv[2], (int32_t)strtol(argv[3], NULL, 10),
		     strcmp(argv[4], "later") == 0);
	if (argc == 7)
		must(smbmgmt_list_options_set_deadline(
			     fleet.list_options,
			     (uint32_t)strtoul(argv[6], NULL, 10), &err),
		     err);
	fleet.watch = strcmp(argv[5], "watch") == 0;
	must(smbmgmt_context_new(&fleet.context, &err), err);
	/* All of them are kept, whatever the descriptors of this machine. */
	must(smbmgmt_context_set_idle_limit(fleet.context, UINT32_MAX, &err),
	     err);
	open_all(&fleet);
	while (fgets(line, sizeof(line), stdin) != NULL)
		list(&fleet);
	for (uint32_t i = 0; i < fleet.count; i++) {
		smbmgmt_handle_unref(fleet.handles[i]);
		free(fleet.names[i]);
	}
	smbmgmt_open_options_unref(fleet.open_options);
	smbmgmt_list_options_unref(fleet.list_options);
	smbmgmt_context_unref(fleet.context);
	return 0;
}
