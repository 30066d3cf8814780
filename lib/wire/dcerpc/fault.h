/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* DCE/RPC faults: C706 appendix E, MS-RPCE 2.2.2.9, MS-ERREF 2.2. */
#ifndef SM_WIRE_DCERPC_FAULT_H
#define SM_WIRE_DCERPC_FAULT_H

#include <stdint.h>

#include "util/buf.h"
#include "util/fail.h"

/*
 * The NTSTATUS that stands for a fault's status, the same that Samba's
 * libdcerpc makes of it: both carriers then tell the same story.
 */
uint32_t sm_rpc_fault_ntstatus(uint32_t status);

/*
 * Read a fault PDU behind its header.  Always an error: SERVER with the
 * NTSTATUS, or PROTOCOL.
 */
int sm_rpc_get_fault(struct sm_in *in, struct sm_fail *fail);

#endif /* SM_WIRE_DCERPC_FAULT_H */
