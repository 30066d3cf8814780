/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What an HTTP answer says.  Where messages are sealed a plain body is
 * anybody's, and nothing in it is looked at.
 */
#include <string.h>
#include <strings.h>

#include "transport/wsman/conn.h"
#include "wire/wsman/sealed.h"

static int status_failed(const struct sm_transport_conn *conn,
			 const struct sm_question *question,
			 const struct sm_http_answer *http,
			 struct sm_fail *fail)
{
	struct sm_status status = {
		.status = http->status,
		.scheme = sm_conn_scheme(conn),
		.offers = &http->offers,
		.sealed = sm_conn_seals(conn),
		.tls = conn->target.tls,
		.empty = http->body.len == 0,
		.doing = question->doing,
	};

	if (question->repeats)
		return sm_status_fail(&status, fail);
	/* Of what cannot be asked again it is not known what came of it. */
	return sm_fail_native(fail, SMBMGMT_E_CONNECTION_LOST,
			      SMBMGMT_NATIVE_HTTP, (uint32_t)http->status,
			      question->doing == SM_DOING_CLOSE
				      ? "The server answers the close with "
					"HTTP status %ld and no message: it "
					"may have happened, list again."
				      : "The server breaks the listing off "
					"with HTTP status %ld; list again.",
			      http->status);
}

static bool is_good(const struct sm_http_answer *http)
{
	return http->status >= 200 && http->status < 300;
}

/* Of a body that is empty too. */
static const uint8_t *bytes(const struct sm_out *body)
{
	return body->data != NULL ? body->data : (const uint8_t *)"";
}

static bool is_soap(const struct sm_http_answer *http)
{
	const char type[] = "application/soap+xml";

	return strncasecmp(http->content_type, type, sizeof(type) - 1) == 0;
}

static int read_message(const struct sm_question *question, const void *data,
			size_t len, struct sm_wsman_answer *answer,
			struct sm_fail *fail)
{
	if (len > SM_WSMAN_ANSWER_MOST)
		return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
			       "The server's answer of %zu bytes is over the "
			       "library's bound of %u.",
			       len, SM_WSMAN_ANSWER_MOST);
	return sm_wsman_read(data, len, question->expect, question->id,
			     question->session, question->userdata, answer,
			     fail);
}

static int read_sealed(struct sm_transport_conn *conn,
		       const struct sm_question *question,
		       const struct sm_http_answer *http,
		       struct sm_wsman_answer *answer, struct sm_fail *fail)
{
	char boundary[SM_SEALED_BOUNDARY];
	struct sm_out plain = {.limit = SM_WSMAN_ANSWER_MOST + 1u};
	int ret = 0;

	if (!sm_sealed_boundary(http->content_type, boundary)) {
		if (!is_good(http) &&
		    (http->body.len == 0 || http->status != 500))
			return status_failed(conn, question, http, fail);
		return sm_fail_native(
			fail, SMBMGMT_E_PROTOCOL, SMBMGMT_NATIVE_HTTP,
			(uint32_t)http->status,
			"The server answers in the clear over a connection "
			"that is encrypted; that answer is not looked at "
			"(HTTP status %ld).",
			http->status);
	}
	ret = sm_gss_open(conn->gss, bytes(&http->body), http->body.len,
			  boundary, &plain, fail);
	if (ret == 0)
		ret = read_message(question, bytes(&plain), plain.len, answer,
				   fail);
	sm_out_free(&plain);
	return ret;
}

int sm_answer_read(struct sm_transport_conn *conn,
		   const struct sm_question *question,
		   const struct sm_http_answer *http,
		   struct sm_wsman_answer *answer, struct sm_fail *fail)
{
	int ret = 0;

	/* Of an error of HTTP's own the body is for people. */
	if (http->status == 401 || (http->status >= 300 && http->status < 400))
		return status_failed(conn, question, http, fail);
	if (sm_conn_seals(conn))
		ret = read_sealed(conn, question, http, answer, fail);
	else if (is_good(http) || (is_soap(http) && http->body.len > 0))
		ret = read_message(question, bytes(&http->body), http->body.len,
				   answer, fail);
	else
		return status_failed(conn, question, http, fail);
	if (ret == 0 && !is_good(http) && !answer->faulted)
		ret = sm_fail_native(fail, SMBMGMT_E_PROTOCOL,
				     SMBMGMT_NATIVE_HTTP,
				     (uint32_t)http->status,
				     "The server answers with HTTP status %ld "
				     "and a message that is no fault.",
				     http->status);
	return ret;
}
