/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A message to the server, and its answer. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "transport/wsman/conn.h"
#include "util/step.h"
#include "wire/wsman/sealed.h"

int sm_request_make(const struct sm_transport_conn *conn,
		    struct sm_wsman_request *request, struct sm_fail *fail)
{
	uint8_t random[16];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return sm_fail(fail, SMBMGMT_E_SYSTEM,
			       "The system gives no random numbers.");
	memset(request, 0, sizeof(*request));
	request->to = sm_http_url(conn->http);
	request->max_envelope = conn->envelope;
	request->timeout = sm_step_operation(sm_http_left(conn->http));
	request->form = conn->form;
	sm_wsman_make_id(random, request->id);
	return 0;
}

int sm_message_failed(const struct sm_out *message, struct sm_fail *fail)
{
	if (!message->failed)
		return 0;
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "What is asked for cannot be written in a message of "
		       "WS-Management: a text is not UTF-8 that XML can carry, "
		       "or memory ran out.");
}

static int post(struct sm_transport_conn *conn,
		const struct sm_question *question, struct sm_http_answer *http,
		bool *sent, struct sm_fail *fail)
{
	struct sm_http_request request = {
		.authorization = conn->authorization,
		.content_type = SM_SOAP_TYPE,
		.body = question->message->data,
		.len = question->message->len,
		/* What GSS has logged on is one connection and no other. */
		.may_connect = sm_conn_scheme(conn) != SM_SCHEME_NEGOTIATE &&
			       question->doing != SM_DOING_CLOSE,
	};
	struct sm_out body = {0};
	int ret = 0;

	*sent = false;
	if (sm_conn_seals(conn)) {
		ret = sm_gss_seal(conn->gss, question->message, &body, fail);
		request.content_type = sm_sealed_content_type(SM_SEALED_SPNEGO);
		request.body = body.data;
		request.len = body.len;
	}
	if (ret == 0)
		ret = sm_http_post(conn->http, &request, http, sent, fail);
	sm_out_free(&body);
	return ret;
}

/*
 * The log-on has gone.  Where messages are sealed the 401 that says so is
 * anybody's, and proves nothing of what was carried out.
 */
static bool wants_logon(const struct sm_transport_conn *conn,
			const struct sm_question *question, int ret, bool sent,
			const struct sm_http_answer *http)
{
	if (sm_conn_scheme(conn) != SM_SCHEME_NEGOTIATE || !question->repeats)
		return false;
	if (ret != 0)
		return ret == SMBMGMT_E_CONNECTION_LOST && !sent;
	return http->status == 401;
}

/* An answer that makes no sense may be followed by others. */
static bool is_unsure(const struct sm_question *question, int ret)
{
	return ret == SMBMGMT_E_PROTOCOL &&
	       (question->stopped == NULL || !*question->stopped);
}

/* An answer that was not sealed as all are: those to come may be shifted. */
static bool is_foreign(const struct sm_transport_conn *conn,
		       const struct sm_http_answer *http)
{
	char boundary[SM_SEALED_BOUNDARY];

	return sm_conn_seals(conn) && http->status != 0 &&
	       !sm_sealed_boundary(http->content_type, boundary);
}

/* Known to the engine by its errno. */
static int not_sent(struct sm_fail *fail)
{
	return sm_fail_native(fail, SMBMGMT_E_CONNECTION_LOST,
			      SMBMGMT_NATIVE_ERRNO, ENOTCONN,
			      "The connection over which the session was "
			      "listed has ended; nothing was sent. Try again.");
}

static int ask_once(struct sm_transport_conn *conn,
		    const struct sm_question *question, bool last, bool *again,
		    struct sm_wsman_answer *answer, struct sm_fail *fail)
{
	struct sm_http_answer http = {0};
	bool sent = false;
	int ret = post(conn, question, &http, &sent, fail);

	if (ret == SMBMGMT_E_CONNECTION_LOST && !sent &&
	    question->doing == SM_DOING_CLOSE)
		ret = not_sent(fail);
	*again = !last && wants_logon(conn, question, ret, sent, &http);
	if (ret == 0 && !*again)
		ret = sm_answer_read(conn, question, &http, answer, fail);
	/* 401: what is logged on is so no more. */
	if (*again || is_unsure(question, ret) || http.status == 401 ||
	    is_foreign(conn, &http))
		sm_logoff(conn);
	if (!sent || http.status == 0)
		conn->ready = false;
	sm_http_answer_clear(&http);
	return ret;
}

int sm_ask(struct sm_transport_conn *conn, const struct sm_question *question,
	   struct sm_wsman_answer *answer, struct sm_fail *fail)
{
	bool kept = conn->ready;
	bool again = false;
	int ret = 0;

	memset(answer, 0, sizeof(*answer));
	if (!kept && question->doing == SM_DOING_CLOSE)
		return not_sent(fail);
	ret = sm_message_failed(question->message, fail);
	if (ret == 0)
		ret = sm_logon(conn, fail);
	/* One that was logged on just now is not logged on anew. */
	if (ret == 0)
		ret = ask_once(conn, question, !kept, &again, answer, fail);
	if (again) {
		ret = sm_logon(conn, fail);
		if (ret == 0)
			ret = ask_once(conn, question, true, &again, answer,
				       fail);
	}
	return ret;
}
