/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A connection to the server of a handle: its own one, or one beside it. */
#include <string.h>

#include <talloc.h>

#include "core/target.h"
#include "engine/handle.h"
#include "engine/req.h"
#include "util/clock.h"
#include "wire/frames/frame.h"

struct dial_state {
	struct sm_engine *engine;
	struct smbmgmt_handle *handle;
	struct tevent_req *subreq;
	int64_t began_ns;
	struct sm_conn *conn;
	struct sm_fail fail;
};

static void dialled(struct tevent_req *subreq);

/*
 * A name may lead to one of several machines, and to another one each time.
 * What was listed is on one of them: the same id is somebody else's session on
 * another.
 */
static void aim(const struct smbmgmt_handle *handle, struct sm_target *target)
{
	if (target->address != NULL || handle->peer[0] == '\0' ||
	    sm_address_is_numeric(handle->host))
		return;
	target->address = handle->peer;
	target->pinned = true;
}

bool sm_dial_leads_there(const struct smbmgmt_handle *handle)
{
	return handle->memory != NULL ||
	       strcmp(handle->module, SM_HELPER_SAMBA) == 0 ||
	       handle->way.texts[SM_WAY_ADDRESS] != NULL ||
	       handle->peer[0] != '\0' || sm_address_is_numeric(handle->host);
}

int sm_dial_check(const struct smbmgmt_handle *handle,
		  const struct sm_listing *before, const struct sm_listing *now,
		  struct sm_fail *fail)
{
	if (!sm_listing_moved(before, now))
		return 0;
	return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
		       "%s was %s when it was listed and is %s now; list "
		       "again.",
		       handle->server, before->peer, now->peer);
}

static struct tevent_req *start_dial(struct dial_state *state, int64_t deadline)
{
	struct smbmgmt_handle *handle = state->handle;
	const smbmgmt_credentials *c = handle->credentials;
	const struct sm_way *way = &handle->way;
	char *const *texts = way->texts;
	struct sm_target target = {
		.host = handle->host,
		.port = way->port,
		.user = c == NULL ? NULL : c->user,
		.domain = c == NULL ? NULL : c->domain,
		.password = c == NULL ? NULL : c->password,
		.protection = (uint32_t)way->protection,
		.kerberos = c == NULL ? 0 : (uint32_t)c->kerberos,
		.ccache = c == NULL ? NULL : c->ccache,
		.krb5_conf = texts[SM_WAY_KRB5_CONF],
		.address = texts[SM_WAY_ADDRESS],
		.smb_conf = texts[SM_WAY_SMB_CONF],
		.samba_path = texts[SM_WAY_SAMBA_PATH],
		.debug_level = (uint32_t)way->debug_level,
		.tls = handle->tls,
		.auth = (uint32_t)way->auth,
		.allow_plaintext = way->allow_plaintext,
		.ca_file = texts[SM_WAY_CA_FILE],
		.client_cert = texts[SM_WAY_CLIENT_CERT],
		.client_key = texts[SM_WAY_CLIENT_KEY],
		.wsman_path = texts[SM_WAY_WSMAN_PATH],
		.deadline = (uint32_t)((deadline - sm_clock_now()) / SM_MS),
		.has_level_hint = handle->has_level_hint,
		.level_hint = handle->level_hint,
	};

	if (handle->memory != NULL)
		return sm_conn_memory_send(state, state->engine, handle->memory,
					   deadline);
	aim(handle, &target);
	return sm_conn_helper_send(state, state->engine, handle->module,
				   &target, deadline);
}

struct tevent_req *sm_dial_send(TALLOC_CTX *mem, struct sm_engine *engine,
				struct smbmgmt_handle *handle, int64_t deadline)
{
	struct dial_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct dial_state);

	if (req == NULL)
		return NULL;
	state->engine = engine;
	state->handle = handle;
	state->began_ns = sm_clock_now();
	state->subreq = start_dial(state, deadline);
	if (tevent_req_nomem(state->subreq, req))
		return tevent_req_post(req, engine->ev);
	tevent_req_set_callback(state->subreq, dialled, req);
	return req;
}

static void dialled(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct dial_state *state = tevent_req_data(req, struct dial_state);
	int ret = 0;

	if (state->handle->memory != NULL)
		ret = sm_conn_memory_recv(subreq, state, &state->conn,
					  &state->fail);
	else
		ret = sm_conn_helper_recv(subreq, state, &state->conn,
					  &state->fail);
	TALLOC_FREE(state->subreq);
	if (ret != 0) {
		sm_req_fail(req, &state->fail);
		return;
	}
	state->conn->made_ns = sm_clock_now();
	state->conn->took_ns = state->conn->made_ns - state->began_ns;
	tevent_req_done(req);
}

int sm_dial_recv(struct tevent_req *req, TALLOC_CTX *mem, struct sm_conn **conn,
		 struct sm_fail *fail)
{
	struct dial_state *state = tevent_req_data(req, struct dial_state);
	enum tevent_req_state how = TEVENT_REQ_INIT;
	uint64_t error = 0;

	if (!tevent_req_is_error(req, &how, &error))
		*conn = talloc_move(mem, &state->conn);
	return sm_req_recv(req, &state->fail, fail);
}
