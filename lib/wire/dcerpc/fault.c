/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/dcerpc/fault.h"

#include <inttypes.h>
#include <stddef.h>

#include "util/ntstatus.h"
#include "wire/dcerpc/internal.h"

/* The faults of C706's appendix E, nca_s_fault_*, as they are numbered. */
#define NCA_FIRST 0x1C000001u
#define NCA_LAST 0x1C000025u
/* What ors into a number makes an NTSTATUS of it, an error. */
#define ERROR_BITS 0xC0000000u

static const struct meaning {
	uint32_t fault;
	uint32_t ntstatus;
} meanings[] = {
	/* Win32 error numbers, which Windows and Samba put there as well. */
	{0, SM_NT_RPC_PROTOCOL_ERROR},
	{1, SM_NT_RPC_CALL_FAILED},
	{5, SM_NT_ACCESS_DENIED},
	{8, SM_NT_NO_MEMORY},
	{1722, SM_NT_RPC_SERVER_UNAVAILABLE},
	{1725, SM_NT_RPC_NO_CALL_ACTIVE},
	{1752, SM_NT_EPT_CANT_PERFORM_OP},
	{1753, SM_NT_RPC_OUT_OF_RESOURCES},
	{1783, SM_NT_RPC_BAD_STUB_DATA},
	{1825, SM_NT_RPC_SEC_PKG_ERROR},
	/* nca_s_fault_: those of the range that have a meaning of their own */
	{0x1C000001, SM_NT_RPC_FP_DIV_ZERO},
	{0x1C000003, SM_NT_RPC_FP_DIV_ZERO},
	{0x1C000004, SM_NT_RPC_FP_UNDERFLOW},
	{0x1C000005, SM_NT_RPC_FP_OVERFLOW},
	{0x1C000006, SM_NT_RPC_ENUM_VALUE_OUT_OF_RANGE},
	{0x1C000007, SM_NT_RPC_INVALID_BOUND},
	{0x1C000008, SM_NT_RPC_PROTOCOL_ERROR},
	{0x1C00000D, SM_NT_RPC_CALL_CANCELLED},
	{0x1C000010, SM_NT_RPC_FP_OVERFLOW},
	{0x1C000015, SM_NT_RPC_PIPE_CLOSED},
	{0x1C000017, SM_NT_RPC_PIPE_DISCIPLINE_ERROR},
	{0x1C00001A, SM_NT_RPC_SS_CONTEXT_MISMATCH},
	{0x1C00001D, SM_NT_RPC_UNSUPPORTED_AUTHN_LEVEL},
	/* nca_s_: a server did not let the call in */
	{0x1C010001, SM_NT_RPC_COMM_FAILURE},
	{0x1C010002, SM_NT_RPC_PROCNUM_OUT_OF_RANGE},
	{0x1C010003, SM_NT_RPC_UNKNOWN_IF},
	{0x1C010006, SM_NT_RPC_NOT_RPC_ERROR},
	{0x1C010009, SM_NT_RPC_NOT_RPC_ERROR},
	{0x1C01000B, SM_NT_RPC_PROTOCOL_ERROR},
	{0x1C010013, SM_NT_RPC_NOT_RPC_ERROR},
	{0x1C010014, SM_NT_RPC_NOT_RPC_ERROR},
	{0x1C010015, SM_NT_RPC_NOT_RPC_ERROR},
	{0x1C010017, SM_NT_RPC_NOT_RPC_ERROR},
};

uint32_t sm_rpc_fault_ntstatus(uint32_t status)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].fault == status)
			return meanings[i].ntstatus;
	}
	if (status >= NCA_FIRST && status <= NCA_LAST)
		return SM_NT_RPC_NOT_RPC_ERROR;
	return status | ERROR_BITS;
}

int sm_rpc_get_fault(struct sm_in *in, struct sm_fail *fail)
{
	uint32_t status = 0;

	/* Allocation hint, context, cancel count, flags: the call is over. */
	sm_in_bytes(in, SM_RPC_STUB_HEADER - SM_RPC_HEADER);
	status = sm_in_u32(in);
	/* impacket's server ends here; what others add is padding. */
	if (in->failed)
		return sm_rpc_bad(fail, in->pos, "a fault without its status");
	return sm_fail_native(fail, SMBMGMT_E_SERVER, SMBMGMT_NATIVE_NTSTATUS,
			      sm_rpc_fault_ntstatus(status),
			      "The server's srvsvc service failed: DCE/RPC "
			      "fault 0x%08" PRIx32 ".",
			      status);
}
