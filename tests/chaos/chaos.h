/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the parts of the chaos host share. */
#ifndef TESTS_CHAOS_H
#define TESTS_CHAOS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <smbmgmt/smbmgmt.h>

#define SERVERS 8
#define SLOTS 12
#define SOME 4 /* handles of one operation, at most */
/* No operation here takes longer; only a hang reaches it. */
#define HANG_MS 90000

struct server {
	const char *name;
	const char *auth_file;
	bool dead; /* and always will be */
};

/* Set up before the threads begin, and changed by none of them. */
struct chaos {
	struct server servers[SERVERS];
	uint32_t server_count;
	const char *victim;	 /* the user that may be closed, and no other */
	const char *clients[16]; /* addresses that it comes from */
	uint32_t client_count;
	int audit;
	int64_t end; /* no operation begins after it */
	smbmgmt_context *context;
};

extern struct chaos chaos;

enum tally {
	OPERATIONS,
	JOBS_STARTED,
	JOBS_COMPLETE,
	JOBS_CANCELLED,
	JOBS_DROPPED,
	HANDLES_OPENED,
	HANDLES_REMOVED,
	CONTEXTS_ENDED,
	FORKS,
	CLOSED,
	SENT,
	TALLIES
};

struct worker {
	pthread_t thread;
	uint32_t number;	  /* from 0 */
	uint32_t done;		  /* operations */
	uint64_t state;		  /* of its random numbers */
	_Atomic int64_t since;	  /* when its operation began, 0: none */
	const char *_Atomic what; /* it is doing */
};

/* A number below @n that the seed decides. */
uint32_t pick(struct worker *w, uint32_t n);
int64_t now_ms(void);
void pause_ms(uint32_t ms);
void count(enum tally which, uint32_t n);
/* What must never happen; the run goes on and fails. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What the host itself needs: memory, options. */
void need(int32_t code);

/* check.c: what holds for all codes, reports and jobs. */
void check_code(int32_t code, const char *what);
/*
 * Only the victim; and a line for each session that is said to have ended since
 * @begin, for the witnesses.  Drops the report.
 */
void check_report(smbmgmt_report *report, int64_t begin);
/* It completes, once and for all. */
void check_job(smbmgmt_job *job, const char *what);
void print_codes(void);

/* make.c: what operations are given. */
smbmgmt_context *make_context(void);
smbmgmt_open_options *make_options(const struct server *server,
				   uint32_t deadline, int32_t skip_test);
smbmgmt_filter *make_filter(struct worker *w);
smbmgmt_action *make_action(struct worker *w);
smbmgmt_evict_options *make_evict_options(struct worker *w);
/* References to some of the shared handles. */
uint32_t take_handles(struct worker *w, smbmgmt_handle *handles[SOME]);
void drop_handles(smbmgmt_handle *handles[SOME], uint32_t n);
/* Put a handle in a place, NULL too; what was there is removed. */
void place_handle(uint32_t slot, smbmgmt_handle *handle);

/* ops.c: one random operation. */
void do_something(struct worker *w);

#endif /* TESTS_CHAOS_H */
