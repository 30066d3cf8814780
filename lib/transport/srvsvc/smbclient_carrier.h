/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the carrier over Samba's libsmbclient share. */
#ifndef SM_SMBCLIENT_CARRIER_H
#define SM_SMBCLIENT_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libsmbclient.h>

#include "transport/srvsvc/carrier.h"
#include "transport/srvsvc/carrier_common.h"
#include "wire/dcerpc/pdu.h"

/* How far a connect came. */
enum sm_smbclient_stage {
	SM_STAGE_REACH, /* TCP, the dialect, the log-on */
	SM_STAGE_TREE,	/* logged on; IPC$ */
	SM_STAGE_PIPE,	/* IPC$ is open; the pipe, and all calls */
};

/* What libsmbclient told its log while it did something. */
struct sm_smbclient_heard {
	enum sm_smbclient_stage stage;
	bool has_status;
	uint32_t status;  /* the NTSTATUS that it made an errno of */
	bool refused;	  /* the log-on was refused */
	char reason[200]; /* so */
};

struct sm_carrier_conn {
	SMBCCTX *context;
	SMBCFILE *pipe;
	const struct sm_target *target; /* only while connecting */
	smbc_add_cached_srv_fn keep_server;
	struct sm_smbclient_heard heard;
	uint32_t debug_level;
	uint32_t port;
	uint32_t call_id;
	uint16_t fragment; /* the longest that we may send */
	bool has_read;	   /* a read of the pipe went well */
	bool dead;	   /* the pipe is out of step, or gone */
};

/* Fail if libsmbclient cannot do what is asked for, and say what can. */
int sm_smbclient_refuse(const struct sm_target *target, struct sm_fail *fail);
/* Make conn->context, ready to open; nothing is connected yet. */
int sm_smbclient_configure(const struct sm_target *target,
			   struct sm_carrier_conn *conn, struct sm_fail *fail);

/* Listen to the context's log from now on. */
void sm_smbclient_listen(struct sm_carrier_conn *conn);
/* The log outlives the context: it must not know @conn any more. */
void sm_smbclient_unlisten(struct sm_carrier_conn *conn);
/* One message; it is printed if its level was asked for. */
void sm_smbclient_hear(struct sm_smbclient_heard *heard, const char *message);
void sm_smbclient_forget(struct sm_carrier_conn *conn);

/* Write one fragment. */
int sm_smbclient_write(struct sm_carrier_conn *conn, const uint8_t *bytes,
		       size_t len, struct sm_fail *fail);
/*
 * Read one PDU into @pdu; never more than the server has sent, for that
 * would wait for ever.  @first bytes are read at once: no PDU that is
 * expected here has fewer.
 */
int sm_smbclient_read(struct sm_carrier_conn *conn, size_t first,
		      uint8_t pdu[SM_RPC_FRAGMENT], size_t *len,
		      struct sm_fail *fail);

/* What a failed connect means; may look at the host again. */
int sm_smbclient_connect_failed(const struct sm_target *target,
				const struct sm_smbclient_heard *heard,
				int number, struct sm_fail *fail);
/*
 * What a failed read or write means; @first_read: nothing was read from the
 * pipe before; @alive: still connected.
 */
int sm_smbclient_call_failed(const struct sm_smbclient_heard *heard, int number,
			     bool first_read, bool alive, struct sm_fail *fail);

#endif /* SM_SMBCLIENT_CARRIER_H */
