/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Rows stay rows: identical rows are separate sessions.  Only where pages meet
 * may a row be there twice, when a run that ends one page also begins the next
 * - and it is taken for a repetition only as far as the server's total demands
 * it.  Where rows and total cannot be brought together the listing may lack
 * sessions, and says so.
 */
#include <inttypes.h>
#include <string.h>

#include "transport/srvsvc/conn.h"

/* Longer runs are not looked for; a server's overlap is a row or a few. */
#define RUN_MAX 4096

static bool same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/* Seconds since the session began; it reads as -1 in its first second. */
static uint32_t row_time(const struct sm_srvsvc_session *row)
{
	return row->time == UINT32_MAX ? 0 : row->time;
}

/*
 * May @later be the session @earlier, seen again at most @slack seconds on?
 * Opens and idle time may have changed meanwhile.
 */
static bool same_session(const struct sm_srvsvc_session *earlier,
			 const struct sm_srvsvc_session *later, uint32_t slack)
{
	uint32_t before = row_time(earlier);
	uint32_t after = row_time(later);

	return after >= before && after - before <= slack &&
	       earlier->flags == later->flags &&
	       same_text(earlier->client, later->client) &&
	       same_text(earlier->user, later->user) &&
	       same_text(earlier->type, later->type) &&
	       same_text(earlier->transport, later->transport);
}

/* Does the run of @run rows that ends page i - 1 begin page i? */
static bool run_repeats(const struct sm_pages *pages, size_t i, size_t run)
{
	const struct sm_page *page = &pages->pages[i];
	const struct sm_srvsvc_session *begin = pages->rows + page->start;
	uint32_t slack = page->seconds - page[-1].seconds + 2;
	size_t k = 0;

	for (k = 0; k < run; k++)
		if (!same_session(begin - run + k, begin + k, slack))
			return false;
	return true;
}

/* The longest such run of at most @limit rows. */
static size_t longest_run(const struct sm_pages *pages, size_t i, size_t limit)
{
	const struct sm_page *page = &pages->pages[i];
	size_t run = page->count;

	if (run > page[-1].count)
		run = page[-1].count;
	if (run > limit)
		run = limit;
	if (run > RUN_MAX)
		run = RUN_MAX;
	while (run > 0 && !run_repeats(pages, i, run))
		run--;
	return run;
}

/*
 * How many sessions the server says there are.  Servers read TotalEntries in
 * two ways: as the whole list, the same beside each page, or as what is left
 * from this page on, ending with the last page's rows.  Both begin with the
 * whole.  False: the totals fit neither, so sessions came or went.
 */
static bool whole_total(const struct sm_pages *pages, size_t *total)
{
	const struct sm_page *first = pages->pages;
	const struct sm_page *last = first + pages->page_count - 1;
	const struct sm_page *page = NULL;
	bool same = true;
	bool left = last->total == last->count;

	for (page = first; page <= last; page++) {
		if (page->total != first->total)
			same = false;
		/* A page begins within, or right behind, what came so far. */
		if (page->total < page->count || page->total > first->total ||
		    first->total - page->total > page->start)
			left = false;
	}
	*total = first->total;
	return same || left;
}

/* Are all rows that could be dropped alike, so that it matters not which? */
static bool candidates_alike(const struct sm_pages *pages, uint32_t slack)
{
	const struct sm_srvsvc_session *one = NULL;
	size_t i = 0;
	size_t k = 0;

	for (i = 1; i < pages->page_count; i++) {
		const struct sm_page *page = &pages->pages[i];

		for (k = 0; k < page->drop; k++) {
			const struct sm_srvsvc_session *row =
				pages->rows + page->start + k;

			if (one == NULL)
				one = row;
			if (!same_session(one, row, slack) &&
			    !same_session(row, one, slack))
				return false;
		}
	}
	return true;
}

/* Keep no more than @excess rows dropped; runs are cut from the last on. */
static void drop_fewer(struct sm_pages *pages, size_t excess)
{
	size_t i = 0;

	for (i = 1; i < pages->page_count; i++) {
		struct sm_page *page = &pages->pages[i];

		if (page->drop > excess)
			page->drop = longest_run(pages, i, excess);
		excess -= page->drop;
	}
}

/* There are @excess rows more than sessions: find them where pages meet. */
static void drop_excess(struct sm_pages *pages, size_t excess)
{
	struct sm_page *last = &pages->pages[pages->page_count - 1];
	size_t found = 0;
	size_t i = 0;

	for (i = 1; i < pages->page_count; i++) {
		pages->pages[i].drop = longest_run(pages, i, excess);
		found += pages->pages[i].drop;
	}
	if (found < excess) {
		sm_srvsvc_pages_doubt(pages,
				      "The server listed %zu sessions more "
				      "than it says there are.",
				      excess - found);
		return;
	}
	if (found == excess)
		return;
	if (!candidates_alike(pages,
			      last->seconds - pages->pages[0].seconds + 2))
		sm_srvsvc_pages_doubt(pages,
				      "The server listed %zu sessions twice, "
				      "and which they are cannot be told.",
				      excess);
	drop_fewer(pages, excess);
}

void sm_srvsvc_reconcile(struct sm_pages *pages)
{
	size_t total = 0;

	if (pages->page_count == 0)
		return;
	if (!whole_total(pages, &total)) {
		sm_srvsvc_pages_doubt(pages,
				      "Sessions came or went while the "
				      "pages of the list were read.");
		return;
	}
	if (pages->row_count > total)
		drop_excess(pages, pages->row_count - total);
	else if (pages->row_count < total)
		sm_srvsvc_pages_doubt(pages,
				      "The server says that there are %zu "
				      "sessions, and listed %zu.",
				      total, pages->row_count);
}
