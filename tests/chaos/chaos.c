/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A host that does everything at once, for chaos.py, which makes the world
 * around it fall down:
 *
 *	chaos SEED SECONDS VICTIM AUDIT-FILE CLIENT,... SERVER AUTH-FILE...
 *
 * (a server that never serves has a ~ before its name).
 * Threads do random operations on shared handles; the user VICTIM, who comes
 * from the CLIENTs, is all that they close.  Prints lines: `claim OUTCOME
 * SERVER CLIENT USER BEGIN END` for each session that a report says is gone
 * (milliseconds of CLOCK_MONOTONIC), `wrong TEXT` for what must never be, `code
 * NAME N`, `tally NAME N`; `quiet` when the time is over and all threads have
 * ended.  Then a line on standard input makes it close VICTIM once more, on
 * servers that are well now: `final OUTCOME SERVER CLIENT USER`.  `end` when
 * nothing of the library's is left.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chaos.h"

#define THREADS 8

struct chaos chaos;

static const char *const tally_names[TALLIES] = {"operations",
						 "jobs-started",
						 "jobs-complete",
						 "jobs-cancelled",
						 "jobs-dropped",
						 "handles-opened",
						 "handles-removed",
						 "contexts-ended",
						 "forks",
						 "closed",
						 "sent"};
static atomic_uint tallies[TALLIES];
static atomic_uint wrongs;

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(uint32_t ms)
{
	struct timespec length = {.tv_sec = ms / 1000,
				  .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&length, NULL);
}

uint32_t pick(struct worker *w, uint32_t n)
{
	/* Knuth's constants for 64 bits; the high bits are good ones. */
	w->state = w->state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(w->state >> 33) % n;
}

void count(enum tally which, uint32_t n)
{
	atomic_fetch_add(&tallies[which], n);
}

void wrong(const char *format, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	atomic_fetch_add(&wrongs, 1);
	printf("wrong %s\n", text);
}

void need(int32_t code)
{
	if (code == SMBMGMT_OK)
		return;
	fprintf(stderr, "chaos: %s\n", smbmgmt_error_name(code));
	abort();
}

static unsigned int entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void *work(void *userdata)
{
	struct worker *w = userdata;

	while (now_ms() < chaos.end)
		do_something(w);
	return NULL;
}

/* Until all have ended; an operation that does not is the end of the run. */
static void watch(struct worker *workers)
{
	unsigned int busy = 1;

	while (busy > 0) {
		pause_ms(200);
		busy = now_ms() < chaos.end;
		for (int i = 0; i < THREADS; i++) {
			int64_t since = atomic_load(&workers[i].since);

			busy += since != 0;
			if (since == 0 || now_ms() - since < 2 * HANG_MS)
				continue;
			printf("wrong hangs: %s\n",
			       atomic_load(&workers[i].what));
			fflush(stdout);
			abort();
		}
	}
}

/* Something to begin with. */
static void open_all(void)
{
	for (uint32_t i = 0; i < chaos.server_count; i++) {
		smbmgmt_open_options *options =
			make_options(&chaos.servers[i], 3000, 1);
		smbmgmt_handle *handle = NULL;

		need(smbmgmt_open_handle(chaos.context, chaos.servers[i].name,
					 options, &handle, NULL));
		smbmgmt_open_options_unref(options);
		place_handle(i, handle);
	}
}

static void run_workers(uint64_t seed)
{
	struct worker workers[THREADS];

	memset(workers, 0, sizeof(workers));
	for (uint32_t i = 0; i < THREADS; i++) {
		workers[i].number = i;
		workers[i].state = (seed + 1) * 1000003U + (uint64_t)i * 7919U;
		if (pthread_create(&workers[i].thread, NULL, work,
				   &workers[i]) != 0)
			abort();
	}
	watch(workers);
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
}

static void print_final(const smbmgmt_report *report)
{
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		const smbmgmt_session *session =
			smbmgmt_report_session(report, i);

		if (session == NULL)
			continue;
		printf("final %s %s %s %s\n",
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       smbmgmt_session_server(session),
		       smbmgmt_session_client(session),
		       smbmgmt_session_user(session));
	}
	for (uint32_t i = 0; i < smbmgmt_report_error_count(report); i++) {
		smbmgmt_error *error = smbmgmt_report_error(report, i);

		printf("final-error %s %s\n", smbmgmt_error_computer(error),
		       smbmgmt_error_message(error));
	}
}

/* On the same context: it must have come through all that. */
static void close_finally(void)
{
	smbmgmt_handle *handles[SERVERS] = {NULL};
	smbmgmt_action *action = NULL;
	smbmgmt_filter *filter = NULL;
	smbmgmt_report *report = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < chaos.server_count; i++) {
		smbmgmt_open_options *options = NULL;

		if (chaos.servers[i].dead)
			continue;
		options = make_options(&chaos.servers[i], 30000, 1);
		need(smbmgmt_open_handle(chaos.context, chaos.servers[i].name,
					 options, &handles[n++], NULL));
		smbmgmt_open_options_unref(options);
	}
	need(smbmgmt_action_new(&action, NULL));
	need(smbmgmt_action_set_force(action, 1, NULL));
	need(smbmgmt_filter_new(&filter, NULL));
	need(smbmgmt_filter_add_user(filter, chaos.victim, NULL));
	smbmgmt_close_sessions(chaos.context, handles, n, filter, action,
			       &report, NULL);
	print_final(report);
	smbmgmt_report_unref(report);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
	for (uint32_t i = 0; i < n; i++)
		smbmgmt_handle_unref(handles[i]);
}

static void parse(int argc, char **argv)
{
	char *rest = argv[5];

	chaos.victim = argv[3];
	chaos.audit =
		open(argv[4], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	while (chaos.client_count < 16 && rest != NULL)
		chaos.clients[chaos.client_count++] = strsep(&rest, ",");
	for (int i = 6; i + 1 < argc && chaos.server_count < SERVERS; i += 2)
		chaos.servers[chaos.server_count++] =
			(struct server){.name = argv[i] + (argv[i][0] == '~'),
					.auth_file = argv[i + 1],
					.dead = argv[i][0] == '~'};
}

static void live(uint64_t seed)
{
	char line[16];

	chaos.context = make_context();
	open_all();
	run_workers(seed);
	puts("quiet");
	if (fgets(line, sizeof(line), stdin) != NULL)
		close_finally();
	for (uint32_t i = 0; i < SLOTS; i++)
		place_handle(i, NULL);
	smbmgmt_context_unref(chaos.context);
}

int main(int argc, char **argv)
{
	unsigned int before = 0;

	if (argc < 8)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	parse(argc, argv);
	chaos.end = now_ms() + atoi(argv[2]) * INT64_C(1000);
	before = entries("/proc/self/fd");
	live(strtoull(argv[1], NULL, 10));
	if (entries("/proc/self/fd") != before)
		wrong("%u descriptors before, %u after", before,
		      entries("/proc/self/fd"));
	/* With `.` and `..`, and without a thread of the library's. */
	if (entries("/proc/self/task") != 3)
		wrong("threads are left");
	print_codes();
	for (int i = 0; i < TALLIES; i++)
		printf("tally %s %u\n", tally_names[i], tallies[i]);
	puts("end");
	close(chaos.audit);
	/* Not before somebody has looked for processes of ours. */
	while (getchar() != EOF)
		;
	return wrongs == 0 ? 0 : 1;
}
