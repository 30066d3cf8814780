/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The carrier over Samba's libdcerpc.  Of a pipe only the binding handle is
 * used: its other members are private to newer Samba.
 */
#include <stdlib.h>
#include <string.h>

#include "transport/srvsvc/dcerpc_carrier.h"
#include "transport/srvsvc/dcerpc_samba.h"

/* Calls may take as long as their caller's deadline lets them. */
#define NO_TIMEOUT_SECONDS 86400

static void dcerpc_disconnect(struct sm_carrier_conn *conn)
{
	if (conn == NULL)
		return;
	talloc_free(conn->memory);
	free(conn);
}

static int dcerpc_connect(const struct sm_target *target,
			  struct sm_carrier_conn **conn, struct sm_fail *fail)
{
	struct sm_carrier_conn *made = calloc(1, sizeof(*made));
	int ret = 0;

	if (made == NULL)
		return sm_fail_nomem(fail);
	made->port = target->port != 0 ? target->port : SM_SMB_PORT;
	made->memory = talloc_new(NULL);
	if (made->memory == NULL)
		ret = sm_fail_nomem(fail);
	else
		ret = sm_dcerpc_connect(target, made, fail);
	if (ret != 0) {
		dcerpc_disconnect(made);
		return ret;
	}
	dcerpc_binding_handle_set_timeout(made->handle, NO_TIMEOUT_SECONDS);
	*conn = made;
	return 0;
}

/* Start the call and wait for it; *@out hangs off @memory. */
static NTSTATUS run_call(struct sm_carrier_conn *conn, TALLOC_CTX *memory,
			 uint16_t opnum, const uint8_t *stub, size_t stub_len,
			 uint8_t **out, size_t *out_len, uint32_t *flags)
{
	struct tevent_req *req = NULL;
	NTSTATUS status = NT_STATUS_NO_MEMORY;

	req = dcerpc_binding_handle_raw_call_send(memory, conn->events,
						  conn->handle, NULL, opnum, 0,
						  stub, stub_len);
	if (req == NULL || !tevent_req_poll(req, conn->events))
		return status;
	return dcerpc_binding_handle_raw_call_recv(req, memory, out, out_len,
						   flags);
}

static int take_answer(const uint8_t *data, size_t len, uint32_t flags,
		       size_t max, uint8_t **answer, size_t *answer_len,
		       struct sm_fail *fail)
{
	uint8_t *copy = NULL;

	if ((flags & DCERPC_PULL_BIGENDIAN) != 0)
		return sm_fail(fail, SMBMGMT_E_PROTOCOL,
			       "The server answers in big-endian NDR, which "
			       "this library does not read.");
	if (len > max)
		return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
			       "The server's answer of %zu bytes is over the "
			       "library's bound of %zu.",
			       len, max);
	copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		return sm_fail_nomem(fail);
	if (len > 0)
		memcpy(copy, data, len);
	*answer = copy;
	*answer_len = len;
	return 0;
}

static int dcerpc_call(struct sm_carrier_conn *conn, uint16_t opnum,
		       const uint8_t *stub, size_t stub_len, size_t max,
		       uint8_t **answer, size_t *answer_len,
		       struct sm_fail *fail)
{
	TALLOC_CTX *memory = talloc_new(conn->memory);
	uint8_t *out = NULL;
	size_t out_len = 0;
	uint32_t flags = 0;
	NTSTATUS status;
	int ret = 0;

	if (memory == NULL)
		return sm_fail_nomem(fail);
	status = run_call(conn, memory, opnum, stub, stub_len, &out, &out_len,
			  &flags);
	if (!NT_STATUS_IS_OK(status))
		ret = sm_dcerpc_call_failed(
			NT_STATUS_V(status),
			dcerpc_binding_handle_is_connected(conn->handle), fail);
	else
		ret = take_answer(out, out_len, flags, max, answer, answer_len,
				  fail);
	talloc_free(memory);
	return ret;
}

static void dcerpc_addresses(struct sm_carrier_conn *conn,
			     struct sm_identity *identity)
{
	sm_carrier_addresses(conn->port, identity);
}

static void dcerpc_peer(struct sm_carrier_conn *conn, char peer[64])
{
	sm_carrier_peer(conn->port, peer);
}

static const char *dcerpc_user(struct sm_carrier_conn *conn)
{
	return conn->user;
}

extern const struct sm_carrier smbmgmt_carrier;

__attribute__((visibility("default")))
const struct sm_carrier smbmgmt_carrier = {
	.size = sizeof(struct sm_carrier),
	.name = "dcerpc",
	.connect = dcerpc_connect,
	.call = dcerpc_call,
	.addresses = dcerpc_addresses,
	.disconnect = dcerpc_disconnect,
	.user = dcerpc_user,
	.peer = dcerpc_peer,
};
