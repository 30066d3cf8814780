/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a DCE/RPC server may send.  The first byte of an input chooses: an
 * answer to a bind, or an answer in fragments.  All is of call 1; fragments
 * are cut as the carrier cuts them, by the length in each header.  What is
 * accepted must hold what the fragments held, under the bound.
 *
 *   CC=clang meson setup build-fuzz && meson compile -C build-fuzz fuzz_dcerpc
 *   build-fuzz/tests/fuzz/fuzz_dcerpc NEW-FOLDER tests/fuzz/corpus/dcerpc
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/dcerpc/pdu.h"

#define CALL 1
#define STUB_HEADER 24

/* Not assert(): it must hold in every build. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

static void check_error(int error, const struct sm_fail *fail, size_t len)
{
	must(error < 0 && fail->code == error);
	if (fail->kind == SMBMGMT_NATIVE_NTSTATUS) {
		must(error == SMBMGMT_E_SERVER && fail->offset == -1);
		/* A fault is never a success. */
		must(fail->native >> 30 == 3);
		return;
	}
	must(fail->offset >= 0 && (size_t)fail->offset <= len);
}

/* In a block of its exact size, so that a sanitizer sees an over-read. */
static uint8_t *copy(const uint8_t *data, size_t len)
{
	uint8_t *block = malloc(len > 0 ? len : 1);

	if (block != NULL && len > 0)
		memcpy(block, data, len);
	return block;
}

static void bind_answer(const uint8_t *data, size_t len)
{
	struct sm_fail fail = {.offset = -1};
	uint8_t *pdu = copy(data, len);
	uint16_t fragment = 0;
	int error = 0;

	if (pdu == NULL)
		return;
	error = sm_rpc_get_bind_answer(pdu, len, CALL, &fragment, &fail);
	if (error == 0) {
		must(fragment >= SM_RPC_FRAGMENT_MIN);
		must(fragment <= SM_RPC_FRAGMENT);
	} else {
		must(fragment == 0);
		check_error(error, &fail, len);
		must(error != SMBMGMT_E_TOO_LARGE && error != SMBMGMT_E_NOMEM);
	}
	free(pdu);
}

/* The length of the first PDU in @data; all of it where that is a lie. */
static size_t cut(const uint8_t *data, size_t len)
{
	struct sm_rpc_header header;

	if (len < SM_RPC_HEADER || sm_rpc_get_header(data, &header, NULL) != 0)
		return len;
	must(header.length >= SM_RPC_HEADER);
	must(header.length <= SM_RPC_FRAGMENT);
	return header.length < len ? header.length : len;
}

static void take_one(struct sm_rpc_answer *answer, const uint8_t *data,
		     size_t len, struct sm_out *want, int *error)
{
	struct sm_fail fail = {.offset = -1};
	uint8_t *pdu = copy(data, len);
	size_t before = answer->stub.len;
	bool begun = answer->begun;

	if (pdu == NULL)
		return;
	*error = sm_rpc_answer_take(answer, pdu, len, &fail);
	free(pdu);
	if (*error != 0) {
		must(answer->stub.len == before && answer->begun == begun);
		must(!answer->complete);
		check_error(*error, &fail, len);
		return;
	}
	must(len >= STUB_HEADER);
	must(len > STUB_HEADER || answer->complete);
	sm_out_bytes(want, data + STUB_HEADER, len - STUB_HEADER);
}

static void answer_fragments(const uint8_t *data, size_t len, size_t max)
{
	struct sm_rpc_answer answer = {.call_id = CALL, .max = max};
	struct sm_out want = {0};
	size_t pos = 0;
	int error = 0;

	while (error == 0 && !answer.complete && pos < len) {
		size_t n = cut(data + pos, len - pos);

		take_one(&answer, data + pos, n, &want, &error);
		pos += n;
	}
	must(answer.stub.len == want.len && answer.stub.len <= max);
	must(want.len == 0 ||
	     memcmp(answer.stub.data, want.data, want.len) == 0);
	/* No more memory than twice what came. */
	must(answer.stub.size <= 2 * len + 64);
	sm_out_free(&want);
	sm_out_free(&answer.stub);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 4) {
	case 0:
		bind_answer(data + 1, size - 1);
		break;
	case 1:
		answer_fragments(data + 1, size - 1, 100);
		break;
	default:
		answer_fragments(data + 1, size - 1, (size_t)32 << 20);
	}
	return 0;
}
