/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Enumerate, and Pull to the end.  Whatever the server cannot do is asked for
 * in another way as long as no session was handed out; afterwards a listing
 * that cannot go on is an error.
 */
#include <stdlib.h>
#include <string.h>

#include "transport/wsman/conn.h"
#include "util/clock.h"

/* Bounds that no honest server meets: pulls with nothing, one after another,
 * and rows of one listing. */
#define EMPTY_MOST 1000
#define ROWS_MOST 500000
/* What is asked for where SM_WSMAN_ENVELOPE is too small. */
#define ENVELOPE_LARGE 4194304
/* What telling the server that we stop may take. */
#define RELEASE_MS 1000

struct listing {
	struct sm_transport_conn *conn;
	const struct sm_query *query;
	const struct sm_select *select;
	const struct sm_sink *sink;
	size_t rows;
	unsigned int empty; /* pulls in a row */
	bool stopped;	    /* by the sink, or by us */
	bool end;
	char *context; /* NULL: Enumerate has not answered yet */
	/* What was tried already. */
	unsigned int tried_forms;
	struct sm_wsman_fault first; /* what the first of them met */
	bool tried_large;
};

static int take_session(void *userdata, const struct sm_row *row,
			struct sm_fail *fail)
{
	struct listing *l = userdata;
	int ret = 0;

	/* One that does not know the option lists the default instance. */
	if (l->query->ask_instance && row->instance != l->query->instance)
		ret = sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			      "The server does not list the SMB instance that "
			      "was asked for, but another one: it knows no "
			      "instances.");
	else if (++l->rows > ROWS_MOST)
		ret = sm_fail(fail, SMBMGMT_E_TOO_LARGE,
			      "The server lists more than %u sessions; that is "
			      "over the library's bound.",
			      ROWS_MOST);
	else
		ret = l->sink->row(l->sink->userdata, row, fail);
	l->stopped = l->stopped || ret != 0;
	return ret;
}

static int ask(struct listing *l, struct sm_wsman_answer *answer,
	       struct sm_fail *fail)
{
	struct sm_transport_conn *conn = l->conn;
	struct sm_wsman_request request;
	struct sm_out message = {0};
	struct sm_question question = {
		.message = &message,
		.expect = l->context == NULL ? SM_WSMAN_ENUMERATED
					     : SM_WSMAN_PULLED,
		.doing = SM_DOING_LIST,
		/* A Pull has an effect: its rows are not told again. */
		.repeats = l->context == NULL,
		.session = take_session,
		.userdata = l,
		.stopped = &l->stopped,
	};
	int ret = sm_request_make(conn, &request, fail);

	memset(answer, 0, sizeof(*answer));
	if (ret != 0)
		return ret;
	request.ask_instance = l->query->ask_instance;
	request.instance = l->query->instance;
	question.id = request.id;
	if (l->context == NULL)
		sm_wsman_put_enumerate(&message, &request, l->select,
				       SM_WSMAN_ITEMS);
	else
		sm_wsman_put_pull(&message, &request, l->select, l->context,
				  SM_WSMAN_ITEMS);
	ret = sm_ask(conn, &question, answer, fail);
	sm_out_free(&message);
	return ret;
}

/* From the beginning, in another way. */
static bool begin_again(struct listing *l)
{
	if (l->rows > 0)
		return false;
	free(l->context);
	l->context = NULL;
	return true;
}

static bool without_query(struct listing *l)
{
	if (l->select == NULL || !begin_again(l))
		return false;
	/* The core filters what comes in any case. */
	l->select = NULL;
	l->conn->no_query = true;
	return true;
}

/* The class by another name; after the last of them the first is back. */
static bool try_form(struct listing *l, const struct sm_wsman_fault *fault)
{
	if (l->rows > 0)
		return false;
	if (l->tried_forms == 0)
		l->first = *fault;
	l->conn->form = sm_form_next(l->conn->form);
	return ++l->tried_forms < SM_WSMAN_FORMS && begin_again(l);
}

/* Is there another way to ask, that is not tried yet? */
static bool try_other(struct listing *l, const struct sm_wsman_fault *fault)
{
	struct sm_transport_conn *conn = l->conn;

	switch (fault->trouble) {
	case SM_WSMAN_NO_CLASS:
	case SM_WSMAN_NO_SELECTOR:
		/* A query is asked for by a name of its own. */
		return without_query(l) || try_form(l, fault);
	case SM_WSMAN_TOO_SMALL:
		/* What a Pull that failed so was about may be lost there. */
		if (l->tried_large || !begin_again(l))
			return false;
		l->tried_large = true;
		conn->envelope = ENVELOPE_LARGE;
		return true;
	case SM_WSMAN_NO_WQL:
		return without_query(l);
	default:
		return false;
	}
}

static int take_fault(struct listing *l, const struct sm_wsman_fault *fault,
		      struct sm_fail *fail)
{
	if (try_other(l, fault))
		return 0;
	return sm_fault_fail(l->tried_forms == SM_WSMAN_FORMS ? &l->first
							      : fault,
			     SM_DOING_LIST, fail);
}

static int take_answer(struct listing *l, struct sm_wsman_answer *answer,
		       struct sm_fail *fail)
{
	l->empty = answer->items > 0 ? 0 : l->empty + 1;
	l->end = answer->end;
	/* A Pull's answer may leave it out: then the old one goes on. */
	if (answer->context != NULL) {
		free(l->context);
		l->context = answer->context;
		answer->context = NULL;
	}
	if (l->end)
		return 0;
	if (l->context == NULL)
		return sm_fail(fail, SMBMGMT_E_PROTOCOL,
			       "The server neither ends the listing nor says "
			       "how it goes on.");
	if (l->empty <= EMPTY_MOST)
		return 0;
	l->stopped = true;
	return sm_fail(fail, SMBMGMT_E_PROTOCOL,
		       "The server goes on with the listing for ever and lists "
		       "nothing.");
}

static int one_answer(struct listing *l, struct sm_fail *fail)
{
	struct sm_wsman_answer answer;
	int ret = ask(l, &answer, fail);

	if (ret == 0 && answer.faulted)
		ret = take_fault(l, &answer.fault, fail);
	else if (ret == 0)
		ret = take_answer(l, &answer, fail);
	/* How some servers refuse a query that they cannot read. */
	else if (ret == SMBMGMT_E_SERVER && fail->kind == SMBMGMT_NATIVE_HTTP &&
		 fail->native == 500 && without_query(l))
		ret = 0;
	/* The context is in the answer that the sink has stopped. */
	if (l->stopped && answer.context != NULL) {
		free(l->context);
		l->context = answer.context;
		answer.context = NULL;
	}
	sm_wsman_answer_clear(&answer);
	return ret;
}

/* So that the server need not keep it; what comes of that is nobody's. */
static void release(struct listing *l)
{
	struct sm_transport_conn *conn = l->conn;
	struct sm_wsman_request request;
	struct sm_wsman_answer answer;
	struct sm_out message = {0};
	struct sm_question question = {
		.message = &message,
		.expect = SM_WSMAN_RELEASED,
		.doing = SM_DOING_LIST,
	};
	struct sm_fail unused;

	if (l->context == NULL || !conn->ready ||
	    sm_http_left(conn->http) < RELEASE_MS ||
	    sm_request_make(conn, &request, &unused) != 0)
		return;
	request.timeout = RELEASE_MS;
	question.id = request.id;
	sm_http_set_deadline(conn->http, sm_clock_now() + RELEASE_MS * SM_MS);
	sm_wsman_put_release(&message, &request, l->select, l->context);
	sm_ask(conn, &question, &answer, &unused);
	sm_wsman_answer_clear(&answer);
	sm_out_free(&message);
}

int sm_list(struct sm_transport_conn *conn, const struct sm_query *query,
	    const struct sm_sink *sink, struct sm_fail *fail)
{
	struct listing l = {
		.conn = conn,
		.query = query,
		.select = query->select.count > 0 && !conn->no_query
				  ? &query->select
				  : NULL,
		.sink = sink,
	};
	int ret = 0;

	while (ret == 0 && !l.end)
		ret = one_answer(&l, fail);
	if (l.stopped)
		release(&l);
	free(l.context);
	return ret;
}
