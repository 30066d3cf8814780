/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the files of the srvsvc transport share. */
#ifndef SM_SRVSVC_CONN_H
#define SM_SRVSVC_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport/srvsvc/carrier.h"
#include "transport/transport.h"
#include "util/arena.h"
#include "wire/srvsvc/srvsvc_ndr.h"

/* The WERRORs that mean something here (MS-ERREF 2.2). */
#define SM_WERR_ACCESS_DENIED 5u
#define SM_WERR_NOT_SUPPORTED 50u
#define SM_WERR_INVALID_LEVEL 124u
#define SM_WERR_MORE_DATA 234u
#define SM_WERR_USER_NOT_FOUND 2221u
#define SM_WERR_CLIENT_NOT_FOUND 2312u

/*
 * Bounds that no honest server meets: about 400,000 sessions in an answer;
 * rows and pages of one listing.
 */
#define SM_SRVSVC_ANSWER_MAX ((size_t)32 << 20)
#define SM_SRVSVC_ROWS_MAX 500000u
#define SM_SRVSVC_PAGES_MAX 10000u

struct sm_transport_conn {
	const struct sm_carrier *carrier;
	struct sm_carrier_conn *carried;
	int64_t since;	     /* when it was made, of sm_clock_now() */
	uint32_t connecting; /* whole seconds that making it took */
	char *user;	     /* ours, without domain */
	bool has_level;	     /* @level answered, or is hoped to */
	uint32_t level;
};

/* One page of a listing; its rows end where the next one's begin. */
struct sm_page {
	size_t start;	  /* its first row */
	size_t count;	  /* its rows */
	size_t drop;	  /* so many first rows repeat the page before */
	uint32_t total;	  /* TotalEntries beside it */
	uint32_t seconds; /* age of the connection when it came */
};

/* All that one listing read. */
struct sm_pages {
	struct sm_arena arena;
	struct sm_srvsvc_session *rows;
	size_t row_count;
	size_t row_size;
	struct sm_page *pages;
	size_t page_count;
	size_t page_size;
	bool incomplete;
	char why[200];
};

/* Age of the connection in whole seconds. */
uint32_t sm_srvsvc_age(const struct sm_transport_conn *conn);

/*
 * One NetrSessionEnum.  A DCE/RPC fault that says what a WERROR says as well
 * (access denied, a level the server's IDL does not have) becomes that status.
 */
int sm_srvsvc_call_enum(struct sm_transport_conn *conn, uint32_t level,
			uint32_t resume, struct sm_arena *arena,
			struct sm_srvsvc_enum_answer *answer,
			struct sm_fail *fail);
/* One NetrSessionDel; both names must be given. */
int sm_srvsvc_call_del(struct sm_transport_conn *conn, const char *client,
		       const char *user, uint32_t *status,
		       struct sm_fail *fail);

/*
 * Read all pages at one level.  Returns 0 with *status: 0 if @pages holds the
 * listing (maybe incomplete), else the WERROR that the first page met.
 */
int sm_srvsvc_read_pages(struct sm_transport_conn *conn, uint32_t level,
			 struct sm_pages *pages, uint32_t *status,
			 struct sm_fail *fail);
void sm_srvsvc_pages_free(struct sm_pages *pages);
/* The listing may lack sessions; the first reason is kept. */
void sm_srvsvc_pages_doubt(struct sm_pages *pages, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Decide which rows repeat others, by the server's total. */
void sm_srvsvc_reconcile(struct sm_pages *pages);

/* Read the listing at the best level that the server answers. */
int sm_srvsvc_read_best(struct sm_transport_conn *conn, struct sm_pages *pages,
			struct sm_fail *fail);

/* The fields that a level has. */
uint64_t sm_srvsvc_level_fields(uint32_t level);
/* Hand the rows on. */
int sm_srvsvc_emit(const struct sm_pages *pages, uint32_t level,
		   const struct sm_sink *sink, struct sm_fail *fail);

/* The vtable's close_unit. */
int sm_srvsvc_close(struct sm_transport_conn *conn, const struct sm_close *unit,
		    struct sm_fail *fail);

#endif /* SM_SRVSVC_CONN_H */
