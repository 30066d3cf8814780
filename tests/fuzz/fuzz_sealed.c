/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Encrypted bodies: the first line is the Content-Type, the rest the body.
 * What is read lies within it, in order; and written again it is read again.
 *
 *   CC=clang meson setup build-fuzz && meson compile -C build-fuzz fuzz_sealed
 *   build-fuzz/tests/fuzz/fuzz_sealed NEW-FOLDER tests/fuzz/corpus/sealed
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/wsman/sealed.h"

/* Not assert(): it must hold in every build. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

static void check_again(const struct sm_sealed *sealed)
{
	char boundary[SM_SEALED_BOUNDARY];
	struct sm_out out = {0};
	struct sm_sealed again;
	size_t pos = 0;
	bool more = true;

	must(sm_sealed_boundary(sm_sealed_content_type(sealed->protocol),
				boundary));
	sm_sealed_put(&out, sealed);
	must(!out.failed);
	/* Our own boundary may stand behind the text, in what was added. */
	if (memmem(sealed->data, sealed->data_len, boundary,
		   strlen(boundary)) == NULL) {
		must(sm_sealed_get(out.data, out.len, boundary, &pos, &again,
				   &more, NULL) == 0);
		must(!more && pos == out.len);
		must(again.protocol == sealed->protocol);
		must(again.plain == sealed->plain);
		must(again.signature_len == sealed->signature_len);
		must(again.data_len == sealed->data_len);
		must(memcmp(again.data, sealed->data, again.data_len) == 0);
	}
	sm_out_free(&out);
}

static void check_body(const uint8_t *body, size_t len, const char *boundary)
{
	size_t pos = 0;
	bool more = true;

	while (more) {
		struct sm_sealed sealed;
		struct sm_fail fail = {.offset = -1};
		size_t was = pos;
		int ret = sm_sealed_get(body, len, boundary, &pos, &sealed,
					&more, &fail);

		if (ret != 0) {
			must(ret == SMBMGMT_E_PROTOCOL && fail.code == ret);
			must(pos == was && fail.offset >= (int64_t)was);
			must(fail.offset <= (int64_t)len);
			return;
		}
		must(pos > was && pos <= len && (more || pos == len));
		must(sealed.plain <= SM_SEALED_PLAIN_MOST);
		must(sealed.signature_len <= SM_SEALED_SIGNATURE_MOST);
		must(sealed.signature > body + was);
		must(sealed.data == sealed.signature + sealed.signature_len);
		must(sealed.data_len >= sealed.plain);
		must(sealed.data + sealed.data_len <= body + pos);
		check_again(&sealed);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	char boundary[SM_SEALED_BOUNDARY];
	char *type = NULL;

	if (end == NULL)
		return 0;
	type = strndup((const char *)data, (size_t)(end - data));
	must(type != NULL);
	end++;
	if (sm_sealed_boundary(type, boundary)) {
		must(boundary[0] != '\0');
		must(strlen(boundary) < SM_SEALED_BOUNDARY);
		check_body(end, size - (size_t)(end - data), boundary);
	}
	free(type);
	return 0;
}
