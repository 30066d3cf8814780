/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The srvsvc decoders.  The first byte of an input chooses which one; the
 * rest is the stub.  What one accepts must be encoded, and that read back and
 * encoded again to the same bytes; memory is bounded by the length.
 *
 *   CC=clang meson setup build-fuzz && meson compile -C build-fuzz fuzz_srvsvc
 *   build-fuzz/tests/fuzz/fuzz_srvsvc NEW-FOLDER tests/fuzz/corpus/srvsvc
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/srvsvc/srvsvc_ndr.h"

/* Not assert(): it must hold in every build. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

/* A level 0 row is 12 times its bytes, a block of the arena twice its last. */
static void check_memory(const struct sm_arena *arena, size_t len)
{
	must(arena->total <= 40 * len + 2048);
}

static void check_error(int error, const struct sm_fail *fail, size_t len)
{
	must(error == SMBMGMT_E_PROTOCOL && fail->code == error);
	must(fail->offset >= 0 && (size_t)fail->offset <= len);
}

static void check_equal(struct sm_out *a, struct sm_out *b)
{
	must(a->len == b->len && memcmp(a->data, b->data, a->len) == 0);
	sm_out_free(a);
	sm_out_free(b);
}

static void enum_request(const uint8_t *stub, size_t len)
{
	struct sm_srvsvc_enum_request request;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out first = {0};
	struct sm_out second = {0};
	int error =
		sm_srvsvc_get_enum_request(stub, len, &arena, &request, &fail);

	check_memory(&arena, len);
	if (error != 0) {
		check_error(error, &fail, len);
	} else if (sm_srvsvc_put_enum_request(&request, &first, NULL) == 0) {
		must(sm_srvsvc_get_enum_request(first.data, first.len, &arena,
						&request, &fail) == 0);
		must(sm_srvsvc_put_enum_request(&request, &second, NULL) == 0);
		check_equal(&first, &second);
	}
	sm_arena_free(&arena);
}

static void enum_answer(const uint8_t *stub, size_t len, uint32_t level)
{
	struct sm_srvsvc_enum_answer answer;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out first = {0};
	struct sm_out second = {0};
	int error = sm_srvsvc_get_enum_answer(stub, len, level, &arena, &answer,
					      &fail);

	check_memory(&arena, len);
	if (error != 0) {
		check_error(error, &fail, len);
	} else if (sm_srvsvc_put_enum_answer(&answer, &first, NULL) == 0) {
		must(first.len == len);
		must(sm_srvsvc_get_enum_answer(first.data, first.len, level,
					       &arena, &answer, &fail) == 0);
		must(sm_srvsvc_put_enum_answer(&answer, &second, NULL) == 0);
		check_equal(&first, &second);
	}
	sm_arena_free(&arena);
}

static void del_request(const uint8_t *stub, size_t len)
{
	struct sm_srvsvc_del_request request;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out out = {0};
	int error =
		sm_srvsvc_get_del_request(stub, len, &arena, &request, &fail);

	check_memory(&arena, len);
	if (error != 0) {
		check_error(error, &fail, len);
	} else if (sm_srvsvc_put_del_request(&request, &out, NULL) == 0) {
		must(request.client != NULL && request.client[0] != '\0');
		must(request.user != NULL && request.user[0] != '\0');
		must(out.len == len);
	}
	sm_out_free(&out);
	sm_arena_free(&arena);
}

static void del_answer(const uint8_t *stub, size_t len)
{
	struct sm_fail fail = {0};
	uint32_t status = 0;
	int error = sm_srvsvc_get_del_answer(stub, len, &status, &fail);

	must((error == 0) == (len == 4));
	if (error != 0)
		check_error(error, &fail, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t levels[] = {0, 1, 2, 10, 502};

	if (size == 0)
		return 0;
	switch (data[0] % 8) {
	case 5:
		enum_request(data + 1, size - 1);
		break;
	case 6:
		del_request(data + 1, size - 1);
		break;
	case 7:
		del_answer(data + 1, size - 1);
		break;
	default:
		enum_answer(data + 1, size - 1, levels[data[0] % 8]);
	}
	return 0;
}
