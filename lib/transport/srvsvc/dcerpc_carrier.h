/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the carrier over Samba's libdcerpc share. */
#ifndef SM_DCERPC_CARRIER_H
#define SM_DCERPC_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport/srvsvc/carrier.h"
#include "transport/srvsvc/carrier_common.h"

struct cli_credentials;
struct dcerpc_binding_handle;
struct loadparm_context;
struct tevent_context;

struct sm_carrier_conn {
	void *memory; /* the talloc context that all of it hangs off */
	struct tevent_context *events;
	struct dcerpc_binding_handle *handle;
	uint32_t port;
	/* Whose ticket it is, NULL without Kerberos: NAME@REALM, and NAME. */
	const char *principal;
	const char *user;
};

/* Connect and bind; everything hangs off conn->memory. */
int sm_dcerpc_connect(const struct sm_target *target,
		      struct sm_carrier_conn *conn, struct sm_fail *fail);

/*
 * What is left of the target's SMBMGMT_KERBEROS_: DESIRED is OFF for a server
 * without a name, and REQUIRED without a user and password.  Fails with
 * INVALID where Kerberos must be and cannot.
 */
int sm_dcerpc_kerberos_state(const struct sm_target *target, uint32_t *state,
			     struct sm_fail *fail);
/* Get or find a ticket, and have @creds log on with it and nothing else. */
int sm_dcerpc_kerberos(const struct sm_target *target,
		       struct sm_carrier_conn *conn,
		       struct loadparm_context *lp,
		       struct cli_credentials *creds, struct sm_fail *fail);
/* The error of Kerberos' library (a number of its own, and its text). */
int sm_dcerpc_no_ticket(const char *principal, int number, const char *text,
			struct sm_fail *fail);
/* What the NTSTATUS of a connect says of the principal's ticket; 0: nothing. */
int sm_dcerpc_kerberos_failed(const char *host, const char *principal,
			      uint32_t ntstatus, struct sm_fail *fail);
/* default_realm in the [libdefaults] of a krb5.conf. */
bool sm_dcerpc_default_realm(const char *path, char *realm, size_t size);

/* What the NTSTATUS of a failed connect means; may look at the host again. */
int sm_dcerpc_connect_failed(const struct sm_target *target, uint32_t ntstatus,
			     struct sm_fail *fail);
/* What the NTSTATUS of a failed call means; @alive: still connected. */
int sm_dcerpc_call_failed(uint32_t ntstatus, bool alive, struct sm_fail *fail);

#endif /* SM_DCERPC_CARRIER_H */
