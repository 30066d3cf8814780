/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Invoke ForceClose.  It is sent a second time only after a fault that says
 * that what we name is not known there, that is, nothing was carried out.
 */
#include <string.h>

#include "transport/wsman/conn.h"

static int invoke(struct sm_transport_conn *conn, const struct sm_close *close,
		  enum sm_wsman_form form, struct sm_wsman_answer *answer,
		  struct sm_fail *fail)
{
	struct sm_wsman_request request;
	struct sm_out message = {0};
	struct sm_question question = {
		.message = &message,
		.expect = SM_WSMAN_CLOSED,
		.doing = SM_DOING_CLOSE,
	};
	int ret = sm_request_make(conn, &request, fail);

	memset(answer, 0, sizeof(*answer));
	if (ret != 0)
		return ret;
	request.form = form;
	/* The default one is what a server takes that knows no instances. */
	request.ask_instance = close->has_instance && close->instance != 0;
	request.instance = close->instance;
	question.id = request.id;
	sm_wsman_put_close(&message, &request, close->id);
	ret = sm_ask(conn, &question, answer, fail);
	sm_out_free(&message);
	return ret;
}

static int judge(const struct sm_wsman_answer *answer, bool first,
		 struct sm_fail *fail)
{
	/* It may be gone because of what was sent before. */
	if (answer->faulted && !first &&
	    answer->fault.trouble == SM_WSMAN_NO_INSTANCE)
		return sm_fail(fail, SMBMGMT_E_PROTOCOL,
			       "The server refused a first name of the class, "
			       "and by another one there is no such session.");
	if (answer->faulted)
		return sm_fault_fail(&answer->fault, SM_DOING_CLOSE, fail);
	if (answer->has_return && answer->return_value != 0)
		return sm_fault_returned(answer->return_value, fail);
	return 0;
}

/* It may have happened, unless another sentence says what did. */
static int explain(int ret, struct sm_fail *fail)
{
	if (ret != SMBMGMT_E_CONNECTION_LOST ||
	    fail->kind != SMBMGMT_NATIVE_NONE)
		return ret;
	return sm_fail(fail, ret,
		       "The connection broke while the server was closing the "
		       "session: it may have happened, list again.");
}

int sm_close_session(struct sm_transport_conn *conn,
		     const struct sm_close *close, struct sm_fail *fail)
{
	struct sm_wsman_answer answer;
	struct sm_wsman_fault first;
	enum sm_wsman_form form = conn->form;
	int tried = 0;
	int ret = 0;

	if (close->unit != SM_UNIT_SESSION)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "wsman closes one session by its id, and "
			       "nothing else.");
	ret = invoke(conn, close, form, &answer, fail);
	first = answer.fault;
	while (ret == 0 && answer.faulted && sm_form_is_wrong(&answer.fault) &&
	       ++tried < SM_WSMAN_FORMS) {
		sm_wsman_answer_clear(&answer);
		form = sm_form_next(form);
		ret = invoke(conn, close, form, &answer, fail);
	}
	/* All names tried: what the usual one met says most. */
	if (tried == SM_WSMAN_FORMS)
		answer.fault = first;
	ret = ret == 0 ? judge(&answer, tried == 0, fail) : explain(ret, fail);
	sm_wsman_answer_clear(&answer);
	return ret;
}
