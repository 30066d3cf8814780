/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The carrier over Samba's libsmbclient: srvsvc is opened as a file, and the
 * DCE/RPC that is written to it and read from it is the library's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/srvsvc/smbclient_carrier.h"
#include "wire/srvsvc/srvsvc_ndr.h"

/* A good answer of NetrSessionDel, a status and no more; faults are longer. */
#define DEL_ANSWER 28

static void smbclient_disconnect(struct sm_carrier_conn *conn)
{
	if (conn == NULL)
		return;
	/* A polite end would wait for a server that may hang. */
	sm_carrier_cut(conn->port);
	if (conn->pipe != NULL)
		smbc_getFunctionClose(conn->context)(conn->context, conn->pipe);
	if (conn->context != NULL) {
		sm_smbclient_unlisten(conn);
		smbc_free_context(conn->context, 1);
	}
	free(conn);
}

static int open_pipe(struct sm_carrier_conn *conn, struct sm_fail *fail)
{
	char url[512];
	int number = 0;

	snprintf(url, sizeof(url), "smb://%s/IPC$/srvsvc", conn->target->host);
	sm_smbclient_forget(conn);
	conn->pipe = smbc_getFunctionOpen(conn->context)(conn->context, url,
							 O_RDWR, 0);
	number = errno;
	if (conn->pipe != NULL)
		return 0;
	return sm_smbclient_connect_failed(conn->target, &conn->heard, number,
					   fail);
}

static int bind_srvsvc(struct sm_carrier_conn *conn, struct sm_fail *fail)
{
	uint8_t pdu[SM_RPC_FRAGMENT];
	struct sm_out out = {0};
	size_t len = 0;
	int ret = 0;

	sm_rpc_put_bind(&out, ++conn->call_id);
	ret = out.failed ? sm_fail_nomem(fail)
			 : sm_smbclient_write(conn, out.data, out.len, fail);
	sm_out_free(&out);
	if (ret == 0)
		ret = sm_smbclient_read(conn, SM_RPC_HEADER, pdu, &len, fail);
	if (ret == 0)
		ret = sm_rpc_get_bind_answer(pdu, len, conn->call_id,
					     &conn->fragment, fail);
	return ret;
}

/* It goes where the name leads: not on, if that is another machine now. */
static int check_peer(const struct sm_carrier_conn *conn,
		      const struct sm_target *target, struct sm_fail *fail)
{
	char peer[64];

	sm_carrier_peer(conn->port, peer);
	if (strcmp(peer, target->address) == 0)
		return 0;
	return sm_fail(fail, SMBMGMT_E_UNREACHABLE,
		       "The name %s leads to %s now, and no more to %s, which "
		       "was listed; list again.",
		       target->host, peer[0] != '\0' ? peer : "elsewhere",
		       target->address);
}

static int smbclient_connect(const struct sm_target *target,
			     struct sm_carrier_conn **conn,
			     struct sm_fail *fail)
{
	struct sm_carrier_conn *made = NULL;
	int ret = sm_smbclient_refuse(target, fail);

	if (ret != 0)
		return ret;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return sm_fail_nomem(fail);
	made->target = target;
	made->port = target->port != 0 ? target->port : SM_SMB_PORT;
	made->debug_level = target->debug_level;
	ret = sm_smbclient_configure(target, made, fail);
	if (ret == 0)
		ret = open_pipe(made, fail);
	if (ret == 0)
		ret = bind_srvsvc(made, fail);
	if (ret == 0 && target->pinned)
		ret = check_peer(made, target, fail);
	/* It holds the password, and its owner wipes it now. */
	made->target = NULL;
	if (ret != 0) {
		smbclient_disconnect(made);
		return ret;
	}
	*conn = made;
	return 0;
}

static int send_request(struct sm_carrier_conn *conn,
			struct sm_rpc_request *request, struct sm_fail *fail)
{
	struct sm_out out = {0};
	bool last = false;
	int ret = 0;

	while (ret == 0 && !last) {
		out.len = 0;
		last = sm_rpc_put_request(&out, request);
		ret = out.failed ? sm_fail_nomem(fail)
				 : sm_smbclient_write(conn, out.data, out.len,
						      fail);
	}
	sm_out_free(&out);
	if (ret != 0)
		conn->dead = true;
	return ret;
}

static int receive_answer(struct sm_carrier_conn *conn, size_t first,
			  struct sm_rpc_answer *answer, struct sm_fail *fail)
{
	uint8_t pdu[SM_RPC_FRAGMENT];
	size_t len = 0;
	int ret = 0;

	while (ret == 0 && !answer->complete) {
		ret = sm_smbclient_read(conn, first, pdu, &len, fail);
		if (ret != 0)
			return ret;
		ret = sm_rpc_answer_take(answer, pdu, len, fail);
		first = SM_RPC_HEADER;
	}
	/* A fault ends the call; after all else there may be more to read. */
	if (ret != 0 && ret != SMBMGMT_E_SERVER)
		conn->dead = true;
	return ret;
}

/* The answer's bytes are the caller's from here on. */
static int take_stub(struct sm_rpc_answer *answer, uint8_t **stub, size_t *len,
		     struct sm_fail *fail)
{
	if (answer->stub.data == NULL)
		answer->stub.data = malloc(1);
	if (answer->stub.data == NULL)
		return sm_fail_nomem(fail);
	*stub = answer->stub.data;
	*len = answer->stub.len;
	return 0;
}

static int smbclient_call(struct sm_carrier_conn *conn, uint16_t opnum,
			  const uint8_t *stub, size_t stub_len, size_t max,
			  uint8_t **answer, size_t *answer_len,
			  struct sm_fail *fail)
{
	struct sm_rpc_request request = {
		.call_id = ++conn->call_id,
		.opnum = opnum,
		.fragment = conn->fragment,
		.stub = stub,
		.len = stub_len,
	};
	struct sm_rpc_answer taken = {
		.call_id = request.call_id,
		.max = max,
	};
	size_t first = opnum == SM_SRVSVC_OP_DEL ? DEL_ANSWER : SM_RPC_HEADER;
	int ret = 0;

	if (conn->dead)
		return sm_fail(fail, SMBMGMT_E_CONNECTION_LOST,
			       "The connection to the server broke in an "
			       "earlier call.");
	ret = send_request(conn, &request, fail);
	if (ret == 0)
		ret = receive_answer(conn, first, &taken, fail);
	if (ret == 0)
		ret = take_stub(&taken, answer, answer_len, fail);
	if (ret != 0)
		sm_out_free(&taken.stub);
	return ret;
}

static void smbclient_addresses(struct sm_carrier_conn *conn,
				struct sm_identity *identity)
{
	sm_carrier_addresses(conn->port, identity);
}

static void smbclient_peer(struct sm_carrier_conn *conn, char peer[64])
{
	sm_carrier_peer(conn->port, peer);
}

extern const struct sm_carrier smbmgmt_carrier;

__attribute__((visibility("default")))
const struct sm_carrier smbmgmt_carrier = {
	.size = sizeof(struct sm_carrier),
	.name = "smbclient",
	.connect = smbclient_connect,
	.call = smbclient_call,
	.addresses = smbclient_addresses,
	.disconnect = smbclient_disconnect,
	.peer = smbclient_peer,
};
