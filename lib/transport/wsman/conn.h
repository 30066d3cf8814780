/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the files of this transport share. */
#ifndef SM_WSMAN_CONN_H
#define SM_WSMAN_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/transport.h"
#include "transport/wsman/choice.h"
#include "transport/wsman/gss.h"
#include "transport/wsman/http.h"
#include "transport/wsman/status.h"
#include "wire/wsman/wsman.h"

#define SM_SOAP_TYPE "application/soap+xml;charset=UTF-8"

struct sm_transport_conn {
	struct sm_target target;
	struct sm_choice choice;
	struct sm_http *http;
	struct sm_gss *gss;	 /* of the connection that stands; or NULL */
	char *authorization;	 /* what every request carries; NULL: GSS */
	bool ready;		 /* it is logged on */
	struct sm_fail refused;	 /* code 0: no log-on was, for good */
	enum sm_wsman_form form; /* that has worked, or is tried first */
	uint32_t envelope;	 /* largest answer that is asked for */
	bool no_query;		 /* the server takes no WQL */
};

enum sm_scheme sm_conn_scheme(const struct sm_transport_conn *conn);

/* Is what is sent sealed by us?  Whatever becomes of the log-on. */
static inline bool sm_conn_seals(const struct sm_transport_conn *conn)
{
	return sm_conn_scheme(conn) == SM_SCHEME_NEGOTIATE && !conn->target.tls;
}

/* Log on, over a new connection where that is what is logged on. */
int sm_logon(struct sm_transport_conn *conn, struct sm_fail *fail);
/* Whatever is connected and logged on is given up. */
void sm_logoff(struct sm_transport_conn *conn);

/* One message and what is to be done with its answer. */
struct sm_question {
	const struct sm_out *message;
	enum sm_wsman_kind expect;
	enum sm_doing doing;
	bool repeats;	/* asking twice does no harm, and changes nothing */
	const char *id; /* NULL: an answer to it names none */
	sm_wsman_session_fn *session;
	void *userdata;
	const bool *stopped; /* that was @session's wish; NULL: it has none */
};

/*
 * Send it and read the answer, to be cleared in any case, which may be a fault.
 * What @repeats is sent again over a connection that was found closed, or when
 * the server wants another log-on; all else is CONNECTION_LOST then.  A close
 * goes over the connection that stands, or not at all: another one may lead to
 * another machine, where the same id is somebody else's session.
 */
int sm_ask(struct sm_transport_conn *conn, const struct sm_question *question,
	   struct sm_wsman_answer *answer, struct sm_fail *fail);

/* Read an answer of HTTP's; a status that no message explains is an error. */
int sm_answer_read(struct sm_transport_conn *conn,
		   const struct sm_question *question,
		   const struct sm_http_answer *http,
		   struct sm_wsman_answer *answer, struct sm_fail *fail);

/* What every request says of itself; the id is a new one. */
int sm_request_make(const struct sm_transport_conn *conn,
		    struct sm_wsman_request *request, struct sm_fail *fail);

/* The next way to name a class to a server that did not know it by @form. */
static inline enum sm_wsman_form sm_form_next(enum sm_wsman_form form)
{
	return (enum sm_wsman_form)((form + 1) % SM_WSMAN_FORMS);
}

/* Is it the name that the server does not take?  Nothing was carried out. */
static inline bool sm_form_is_wrong(const struct sm_wsman_fault *fault)
{
	return fault->trouble == SM_WSMAN_NO_CLASS ||
	       fault->trouble == SM_WSMAN_NO_SELECTOR;
}

/* A message that could not be written. */
int sm_message_failed(const struct sm_out *message, struct sm_fail *fail);

int sm_list(struct sm_transport_conn *conn, const struct sm_query *query,
	    const struct sm_sink *sink, struct sm_fail *fail);
int sm_close_session(struct sm_transport_conn *conn,
		     const struct sm_close *close, struct sm_fail *fail);

#endif /* SM_WSMAN_CONN_H */
