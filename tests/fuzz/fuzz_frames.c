/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The readers of the helper's frames.  The first byte of an input chooses
 * which one; the rest is the header or the payload.  What one accepts must be
 * written, and that read back and written again to the same bytes.
 *
 *   CC=clang meson setup build-fuzz && meson compile -C build-fuzz fuzz_frames
 *   build-fuzz/tests/fuzz/fuzz_frames NEW-FOLDER tests/fuzz/corpus/frames
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/frames/frame.h"
#include "wire/frames/message.h"

/* Not assert(): it must hold in every build. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

static void header(const uint8_t *data, size_t len)
{
	struct sm_frame frame;
	struct sm_fail fail = {.offset = -1};
	struct sm_out out = {0};

	if (len < SM_FRAME_HEADER)
		return;
	if (sm_frame_get(data, &frame, &fail) != 0) {
		must(fail.code == SMBMGMT_E_PROTOCOL);
		must(fail.offset == 0 || fail.offset == 6);
		return;
	}
	must(frame.length <= SM_FRAME_PAYLOAD && frame.flags == 0);
	sm_frame_put(&out, &frame);
	must(out.len == SM_FRAME_HEADER &&
	     memcmp(out.data, data, SM_FRAME_HEADER) == 0);
	sm_out_free(&out);
}

/* Read @payload; if it is a message, append it to @again. */
typedef int (*reader)(uint8_t *payload, size_t len, struct sm_out *again,
		      struct sm_fail *fail);

#define READER(name)                                                           \
	static int read_##name(uint8_t *payload, size_t len,                   \
			       struct sm_out *again, struct sm_fail *fail)     \
	{                                                                      \
		struct sm_##name value;                                        \
		int ret = sm_msg_get_##name(payload, len, &value, fail);       \
                                                                               \
		if (ret == 0)                                                  \
			sm_msg_put_##name(again, &value);                      \
		return ret;                                                    \
	}

READER(fail)
READER(target)
READER(query)
READER(listing)
READER(close)

static int read_text(uint8_t *payload, size_t len, struct sm_out *again,
		     struct sm_fail *fail)
{
	const char *text = NULL;
	int ret = sm_msg_get_text(payload, len, &text, fail);

	if (ret == 0)
		sm_msg_put_text(again, text);
	return ret;
}

static void put_again(struct sm_out *again, const struct sm_record *record)
{
	switch (record->kind) {
	case SM_RECORD_ROW:
		sm_msg_put_row(again, &record->row);
		break;
	case SM_RECORD_SHARE:
		sm_msg_put_share(again, record->share);
		break;
	case SM_RECORD_FILE:
		sm_msg_put_file(again, &record->file);
		break;
	}
}

static int read_rows(uint8_t *payload, size_t len, struct sm_out *again,
		     struct sm_fail *fail)
{
	size_t pos = 0;
	int ret = 0;

	do {
		struct sm_record record;
		size_t before = pos;

		ret = sm_msg_get_record(payload, len, &pos, &record, fail);
		must(ret != 0 ? pos == before : pos > before && pos <= len);
		if (ret == 0)
			put_again(again, &record);
	} while (ret == 0 && pos < len);
	return ret;
}

static void message(reader read, uint8_t *payload, size_t len)
{
	struct sm_fail fail = {.offset = -1};
	struct sm_out first = {0};
	struct sm_out second = {0};

	if (read(payload, len, &first, &fail) != 0) {
		must(fail.code == SMBMGMT_E_PROTOCOL);
		must(fail.offset >= 0 && (size_t)fail.offset <= len);
	} else {
		/* Only a flag's byte can have been another: same length. */
		must(!first.failed && first.len == len);
		must(read(first.data, first.len, &second, &fail) == 0);
		must(second.len == first.len &&
		     memcmp(first.data, second.data, first.len) == 0);
	}
	sm_out_free(&first);
	sm_out_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const reader readers[] = {read_fail,    read_target, read_query,
					 read_listing, read_close,  read_text,
					 read_rows};
	uint8_t *payload = NULL;

	if (size == 0)
		return 0;
	if (data[0] % 8 == 7) {
		header(data + 1, size - 1);
		return 0;
	}
	/* Readers may write to a payload, and a fuzzer's input is its own. */
	payload = malloc(size - 1 > 0 ? size - 1 : 1);
	if (payload == NULL)
		return 0;
	memcpy(payload, data + 1, size - 1);
	message(readers[data[0] % 8], payload, size - 1);
	free(payload);
	return 0;
}
