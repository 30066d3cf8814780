/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Answers of WS-Management: the first byte says to what, and in which
 * encoding the rest is taken.  What is handed out must be in itself sound,
 * and the same each time.
 *
 *   CC=clang meson setup build-fuzz && meson compile -C build-fuzz fuzz_wsman
 *   build-fuzz/tests/fuzz/fuzz_wsman NEW-FOLDER tests/fuzz/corpus/wsman
 */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "fuzz.h"
#include "wire/wsman/wsman.h"

/* Not assert(): it must hold in every build. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

struct seen {
	size_t rows;
	uint64_t sum;
};

static void check_text(const struct sm_row *row, uint64_t field,
		       const char *text)
{
	must(((row->have & field) != 0) == (text != NULL));
	if (text == NULL)
		return;
	must(text[0] != '\0' && strlen(text) <= 4096);
	must(sm_text_valid(text, strlen(text), NULL));
}

static int take(void *userdata, const struct sm_row *row, struct sm_fail *fail)
{
	const uint64_t always = SMBMGMT_FIELD_ID | SMBMGMT_FIELD_INSTANCE;
	struct seen *seen = userdata;

	(void)fail;
	must((row->have & always) == always);
	must((row->have & ~SM_FIELDS_ALL) == 0);
	must(row->instance <= SMBMGMT_INSTANCE_SR);
	must((row->have & SMBMGMT_FIELD_NUM_OPENS) != 0 || row->num_opens == 0);
	check_text(row, SMBMGMT_FIELD_CLIENT, row->client);
	check_text(row, SMBMGMT_FIELD_USER, row->user);
	check_text(row, SMBMGMT_FIELD_SCOPE, row->scope);
	check_text(row, SMBMGMT_FIELD_NODE, row->node);
	check_text(row, SMBMGMT_FIELD_DIALECT, row->dialect);
	check_text(row, SMBMGMT_FIELD_TRANSPORT_NAME, row->transport_name);
	seen->rows++;
	seen->sum = seen->sum * 31 + row->id + row->num_opens + row->idle;
	return 0;
}

static void check_line(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	must(len < size);
	must(sm_text_valid(text, len, NULL));
	for (size_t i = 0; i < len; i++)
		must((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

static void check_fault(const struct sm_wsman_fault *fault,
			enum sm_wsman_kind kind)
{
	check_line(fault->text, sizeof(fault->text));
	check_line(fault->subcode, sizeof(fault->subcode));
	if (fault->trouble != SM_WSMAN_NO_INSTANCE)
		return;
	must(kind == SM_WSMAN_CLOSED);
	must(fault->has_cim && fault->cim == 6);
}

static void check_answer(const struct sm_wsman_answer *answer,
			 enum sm_wsman_kind kind, const struct seen *seen)
{
	bool page = kind == SM_WSMAN_ENUMERATED || kind == SM_WSMAN_PULLED;

	must(answer->items == seen->rows);
	check_line(answer->product, sizeof(answer->product));
	if (answer->faulted) {
		check_fault(&answer->fault, kind);
		must(answer->items == 0 && answer->context == NULL);
		return;
	}
	must(!(answer->end && answer->context != NULL));
	must(page || (answer->items == 0 && !answer->end));
	must(kind == SM_WSMAN_CLOSED || !answer->has_return);
	if (kind == SM_WSMAN_ENUMERATED)
		must(answer->end || answer->context != NULL);
	if (answer->context != NULL)
		must(sm_text_valid(answer->context, strlen(answer->context),
				   NULL));
}

/* The same text in UTF-16 says the same, where it is a text at all. */
static void check_wide(const uint8_t *data, size_t size,
		       enum sm_wsman_kind kind, bool big, int wanted,
		       const struct seen *seen)
{
	uint8_t *wide = malloc(2 * size + 2);
	struct seen again = {0, 0};
	struct sm_wsman_answer answer;

	must(wide != NULL);
	wide[0] = big ? 0xfe : 0xff;
	wide[1] = big ? 0xff : 0xfe;
	for (size_t i = 0; i < size; i++) {
		wide[2 + 2 * i] = big ? 0 : data[i];
		wide[3 + 2 * i] = big ? data[i] : 0;
	}
	must(sm_wsman_read(wide, 2 * size + 2, kind, NULL, take, &again,
			   &answer, NULL) == wanted);
	if (wanted == 0)
		must(again.rows == seen->rows && again.sum == seen->sum);
	sm_wsman_answer_clear(&answer);
	free(wide);
}

static bool is_ascii(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] == 0 || data[i] >= 0x80)
			return false;
	}
	return size >= 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sm_wsman_answer answer;
	struct seen seen = {0, 0};
	struct sm_fail fail = {.offset = -1};
	enum sm_wsman_kind kind = SM_WSMAN_IDENTIFIED;
	bool big = false;
	int ret = 0;

	if (size == 0)
		return 0;
	kind = (enum sm_wsman_kind)(data[0] % (SM_WSMAN_CLOSED + 1));
	big = (data[0] & 0x80) != 0;
	data++;
	size--;
	ret = sm_wsman_read(data, size, kind, NULL, take, &seen, &answer,
			    &fail);
	if (ret == 0) {
		check_answer(&answer, kind, &seen);
	} else {
		must(ret == SMBMGMT_E_PROTOCOL && fail.code == ret);
		must(fail.offset >= -1 && fail.offset <= (int64_t)size);
	}
	if (is_ascii(data, size))
		check_wide(data, size, kind, big, ret, &seen);
	sm_wsman_answer_clear(&answer);
	return 0;
}
