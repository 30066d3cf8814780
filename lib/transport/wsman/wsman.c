/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The wsman transport: Windows' class MSFT_SmbSession over WS-Management.  A
 * module of smbmgmt-helper; everything is initialised in the child that uses
 * it, as the process that loads it only forks.
 */
#include <stdlib.h>
#include <string.h>

#include "transport/wsman/certificate.h"
#include "transport/wsman/conn.h"
#include "transport/wsman/target.h"
#include "util/clock.h"
#include "util/step.h"

#define FIELDS                                                                 \
	(SMBMGMT_FIELD_ID | SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |        \
	 SMBMGMT_FIELD_SCOPE | SMBMGMT_FIELD_NODE | SMBMGMT_FIELD_DIALECT |    \
	 SMBMGMT_FIELD_TRANSPORT_NAME | SMBMGMT_FIELD_NUM_OPENS |              \
	 SMBMGMT_FIELD_SECONDS_EXISTS | SMBMGMT_FIELD_SECONDS_IDLE |           \
	 SMBMGMT_FIELD_INSTANCE)
#define CAPS (SM_CAP_DOMAINS | SM_CAP_INSTANCES)

static void begin_step(struct sm_transport_conn *conn, uint32_t milliseconds)
{
	sm_http_set_deadline(conn->http,
			     sm_step_deadline(sm_clock_now(), milliseconds));
}

static void disconnect(struct sm_transport_conn *conn)
{
	if (conn == NULL)
		return;
	sm_logoff(conn);
	sm_http_free(conn->http);
	if (conn->authorization != NULL)
		explicit_bzero(conn->authorization,
			       strlen(conn->authorization));
	free(conn->authorization);
	sm_target_clear(&conn->target);
	free(conn);
}

/* Is it WS-Management that is there, and does it know who we are? */
static int identify(struct sm_transport_conn *conn, struct sm_fail *fail)
{
	struct sm_wsman_answer answer;
	struct sm_out message = {0};
	struct sm_question question = {
		.message = &message,
		.expect = SM_WSMAN_IDENTIFIED,
		.doing = SM_DOING_CONNECT,
		.repeats = true,
	};
	int ret = 0;

	sm_wsman_put_identify(&message);
	ret = sm_ask(conn, &question, &answer, fail);
	sm_out_free(&message);
	if (ret == 0 && answer.faulted)
		ret = sm_fault_fail(&answer.fault, SM_DOING_CONNECT, fail);
	sm_wsman_answer_clear(&answer);
	return ret;
}

/* Found out later, it would look like the server's no. */
static int check_client(const struct sm_target *target, struct sm_fail *fail)
{
	if (target->client_cert == NULL)
		return 0;
	return sm_certificate_check(target->client_cert,
				    target->client_key != NULL
					    ? target->client_key
					    : target->client_cert,
				    fail);
}

static int connect_server(const struct sm_target *target,
			  struct sm_transport_conn **made, struct sm_fail *fail)
{
	struct sm_transport_conn *conn = NULL;
	struct sm_choice choice;
	int ret = sm_choose(target, &choice, fail);

	if (ret == 0)
		ret = check_client(target, fail);
	if (ret != 0)
		return ret;
	conn = calloc(1, sizeof(*conn));
	if (conn == NULL)
		return sm_fail_nomem(fail);
	conn->choice = choice;
	conn->form = SM_WSMAN_DMTF;
	conn->envelope = SM_WSMAN_ENVELOPE;
	ret = sm_target_copy(target, &conn->target, fail);
	if (ret == 0)
		ret = sm_http_new(&conn->target, &conn->http, fail);
	if (ret == 0) {
		begin_step(conn, target->deadline);
		ret = identify(conn, fail);
	}
	if (ret != 0) {
		disconnect(conn);
		return ret;
	}
	*made = conn;
	return 0;
}

static int enumerate(struct sm_transport_conn *conn,
		     const struct sm_query *query, const struct sm_sink *sink,
		     struct sm_listing *listing, struct sm_fail *fail)
{
	int ret = 0;

	memset(listing, 0, sizeof(*listing));
	listing->fields = FIELDS;
	listing->caps = CAPS;
	listing->unit = SM_UNIT_SESSION;
	begin_step(conn, query->deadline);
	ret = sm_list(conn, query, sink, fail);
	if (ret == 0)
		memcpy(listing->peer, sm_http_peer(conn->http),
		       sizeof(listing->peer));
	return ret;
}

static int close_unit(struct sm_transport_conn *conn,
		      const struct sm_close *close, struct sm_fail *fail)
{
	begin_step(conn, close->deadline);
	return sm_close_session(conn, close, fail);
}

extern const struct sm_transport sm_transport_module;

__attribute__((visibility("default")))
const struct sm_transport sm_transport_module = {
	.size = sizeof(struct sm_transport),
	.name = "wsman",
	.fields = FIELDS,
	.caps = CAPS,
	.connect = connect_server,
	.enumerate = enumerate,
	.close_unit = close_unit,
	.disconnect = disconnect,
};
