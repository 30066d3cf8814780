/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A listing that comes in pages.  The status says whether there is more, the
 * resume handle does not: servers hand back 0, the total, or a position.  What
 * goes wrong behind a good first page leaves a listing that may lack sessions,
 * not a failure - except that a connection which broke is reported as such, so
 * that its owner makes a new one and asks again.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/srvsvc/conn.h"

/* So many pages in a row may be empty though there is more. */
#define EMPTY_PAGES_MAX 3

void sm_srvsvc_pages_free(struct sm_pages *pages)
{
	sm_arena_free(&pages->arena);
	free(pages->rows);
	free(pages->pages);
	memset(pages, 0, sizeof(*pages));
}

void sm_srvsvc_pages_doubt(struct sm_pages *pages, const char *format, ...)
{
	va_list ap;

	if (pages->incomplete)
		return;
	pages->incomplete = true;
	va_start(ap, format);
	vsnprintf(pages->why, sizeof(pages->why), format, ap);
	va_end(ap);
}

/* Make room for @more elements behind the @count that there are. */
static void *make_room(void *array, size_t count, size_t more, size_t each,
		       size_t *size)
{
	size_t want = count + more; /* bounded by ROWS_MAX and PAGES_MAX */
	void *bigger = NULL;

	if (want <= *size)
		return array;
	if (want < *size * 2)
		want = *size * 2;
	bigger = reallocarray(array, want, each);
	if (bigger != NULL)
		*size = want;
	return bigger;
}

static int add_page(struct sm_pages *pages,
		    const struct sm_srvsvc_enum_answer *answer,
		    uint32_t seconds, struct sm_fail *fail)
{
	size_t count = answer->has_array ? answer->count : 0;
	struct sm_srvsvc_session *rows = NULL;
	struct sm_page *list = NULL;

	if (pages->page_count >= SM_SRVSVC_PAGES_MAX ||
	    count > SM_SRVSVC_ROWS_MAX - pages->row_count)
		return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
			       "The server's list of sessions has no end: over "
			       "%u pages or %u sessions.",
			       SM_SRVSVC_PAGES_MAX, SM_SRVSVC_ROWS_MAX);
	list = make_room(pages->pages, pages->page_count, 1, sizeof(*list),
			 &pages->page_size);
	if (list == NULL)
		return sm_fail_nomem(fail);
	pages->pages = list;
	if (count > 0) {
		rows = make_room(pages->rows, pages->row_count, count,
				 sizeof(*rows), &pages->row_size);
		if (rows == NULL)
			return sm_fail_nomem(fail);
		pages->rows = rows;
		memcpy(rows + pages->row_count, answer->sessions,
		       count * sizeof(*rows));
	}
	list += pages->page_count++;
	memset(list, 0, sizeof(*list));
	list->start = pages->row_count;
	list->count = count;
	list->total = answer->total;
	list->seconds = seconds;
	pages->row_count += count;
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/* Is the last page what the one before was, but for times that went on? */
static bool last_page_repeats(const struct sm_pages *pages)
{
	const struct sm_page *last = &pages->pages[pages->page_count - 1];
	size_t i = 0;

	if (pages->page_count < 2 || last[-1].count != last->count)
		return false;
	for (i = 0; i < last->count; i++) {
		const struct sm_srvsvc_session *a =
			&pages->rows[last[-1].start + i];
		const struct sm_srvsvc_session *b =
			&pages->rows[last->start + i];

		if (!same_text(a->client, b->client) ||
		    !same_text(a->user, b->user))
			return false;
	}
	return true;
}

/*
 * Does the server give the same again and again?  Overlap alone never doubles
 * the rows; a page that repeats while they are doubled is no overlap.
 */
static bool is_stuck(const struct sm_pages *pages)
{
	size_t empty = 0;
	size_t total = 0;
	size_t i = 0;

	for (i = 0; i < pages->page_count; i++) {
		if (pages->pages[i].total > total)
			total = pages->pages[i].total;
		empty = pages->pages[i].count == 0 ? empty + 1 : 0;
	}
	if (empty >= EMPTY_PAGES_MAX)
		return true;
	if (total > SM_SRVSVC_ROWS_MAX || pages->row_count <= 2 * total)
		return false;
	return pages->row_count > 2 * total + 1000 || last_page_repeats(pages);
}

/* Does this failure of a later page leave the connection in order? */
static bool spares_connection(int code)
{
	return code == SMBMGMT_E_SERVER || code == SMBMGMT_E_PROTOCOL ||
	       code == SMBMGMT_E_ACCESS_DENIED;
}

static int read_more(struct sm_transport_conn *conn, uint32_t level,
		     uint32_t resume, struct sm_pages *pages,
		     struct sm_fail *fail)
{
	struct sm_srvsvc_enum_answer answer;
	struct sm_fail why = {.offset = -1};
	uint32_t status = SM_WERR_MORE_DATA;
	int ret = 0;

	while (status == SM_WERR_MORE_DATA) {
		ret = sm_srvsvc_call_enum(conn, level, resume, &pages->arena,
					  &answer, &why);
		if (ret != 0 && !spares_connection(ret)) {
			if (fail != NULL)
				*fail = why;
			return ret;
		}
		if (ret != 0) {
			sm_srvsvc_pages_doubt(pages,
					      "A page of the list failed: %s",
					      why.text);
			return 0;
		}
		status = answer.status;
		if (status == SM_WERR_CLIENT_NOT_FOUND ||
		    status == SM_WERR_USER_NOT_FOUND)
			return 0; /* nothing was left */
		if (status != 0 && status != SM_WERR_MORE_DATA) {
			sm_srvsvc_pages_doubt(pages,
					      "A page of the list failed: the "
					      "server answered error %u.",
					      status);
			return 0;
		}
		ret = add_page(pages, &answer, sm_srvsvc_age(conn), fail);
		if (ret != 0)
			return ret;
		if (status == 0)
			return 0;
		if (!answer.has_resume || is_stuck(pages)) {
			sm_srvsvc_pages_doubt(pages,
					      "The server says that there are "
					      "more sessions and does not go "
					      "on to list them.");
			return 0;
		}
		resume = answer.resume;
	}
	return 0;
}

int sm_srvsvc_read_pages(struct sm_transport_conn *conn, uint32_t level,
			 struct sm_pages *pages, uint32_t *status,
			 struct sm_fail *fail)
{
	struct sm_srvsvc_enum_answer answer;
	int ret = 0;

	ret = sm_srvsvc_call_enum(conn, level, 0, &pages->arena, &answer, fail);
	if (ret != 0)
		return ret;
	*status = 0;
	if (answer.status == SM_WERR_CLIENT_NOT_FOUND ||
	    answer.status == SM_WERR_USER_NOT_FOUND)
		return 0;
	if (answer.status != 0 && answer.status != SM_WERR_MORE_DATA) {
		*status = answer.status;
		return 0;
	}
	ret = add_page(pages, &answer, sm_srvsvc_age(conn), fail);
	if (ret != 0)
		return ret;
	if (answer.status == SM_WERR_MORE_DATA && !answer.has_resume)
		sm_srvsvc_pages_doubt(pages,
				      "The server says that there are more "
				      "sessions and not where they begin.");
	else if (answer.status == SM_WERR_MORE_DATA)
		ret = read_more(conn, level, answer.resume, pages, fail);
	if (ret == 0)
		sm_srvsvc_reconcile(pages);
	return ret;
}
