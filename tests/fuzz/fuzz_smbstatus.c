/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What smbstatus may print.  The first byte of an input says in how large
 * pieces it is read; the rest is the document, which must be told of alike
 * however it comes, within bounds of memory, and joined without a slip.
 *
 *   CC=clang meson setup build-fuzz && meson compile -C build-fuzz \
 *       fuzz_smbstatus
 *   build-fuzz/tests/fuzz/fuzz_smbstatus NEW-FOLDER tests/fuzz/corpus/smbstatus
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/smbstatus/smbstatus.h"

/* Not assert(): it must hold in every build. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

struct input {
	const uint8_t *data;
	size_t len;
	size_t pos;
	size_t step;
};

static int read_some(void *userdata, uint8_t *to, size_t size, size_t *len,
		     struct sm_fail *fail)
{
	struct input *in = userdata;
	size_t n = in->len - in->pos;

	(void)fail;
	n = n > size ? size : n;
	n = n > in->step ? in->step : n;
	if (n > 0)
		memcpy(to, in->data + in->pos, n);
	in->pos += n;
	*len = n;
	return 0;
}

static int parse(const uint8_t *data, size_t len, size_t step,
		 struct sm_smbstatus *status, struct sm_fail *fail)
{
	struct input in = {.data = data, .len = len, .step = step};
	struct sm_json *json = malloc(sizeof(*json));
	int ret = 0;

	must(json != NULL);
	sm_json_start(json, read_some, &in);
	ret = sm_smbstatus_read(json, status, fail);
	free(json);
	return ret;
}

static void check_join(struct sm_smbstatus *status)
{
	must(sm_smbstatus_join(status, NULL) == 0);
	for (size_t i = 0; i < status->session_count; i++) {
		const struct sm_smb_session *s = &status->sessions[i];

		must(s->tree_first + s->tree_count <= status->tree_count);
		must(s->open_first + s->open_count <= status->open_count);
		must(s->other_first + s->other_count <= status->open_count);
		for (size_t j = 0; j < s->open_count; j++) {
			const struct sm_smb_open *o =
				&status->opens[s->open_first + j];

			must(o->uid == s->uid && !o->nobodys);
			must(sm_server_id_cmp(&o->server, &s->server) == 0);
		}
		for (size_t j = 0; j < s->tree_count; j++)
			must(status->trees[s->tree_first + j].session_id ==
			     s->id);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sm_smbstatus whole = {.sessions = NULL};
	struct sm_smbstatus pieces = {.sessions = NULL};
	struct sm_fail one = {.offset = -1};
	struct sm_fail two = {.offset = -1};
	int ret = 0;

	if (size == 0)
		return 0;
	ret = parse(data + 1, size - 1, size, &whole, &one);
	must(parse(data + 1, size - 1, 1u + data[0] % 16, &pieces, &two) ==
	     ret);
	must(whole.session_count == pieces.session_count);
	must(whole.open_count == pieces.open_count);
	/* A session is 200 bytes of ours for the two of `{}` at the least. */
	must(whole.arena.total <= 64 * size + 4096);
	if (ret == 0) {
		check_join(&whole);
	} else {
		must(ret == SMBMGMT_E_PROTOCOL || ret == SMBMGMT_E_TOO_LARGE);
		must(one.code == ret && one.offset == two.offset);
		must(one.offset >= 0 && (size_t)one.offset <= size);
	}
	sm_smbstatus_free(&whole);
	sm_smbstatus_free(&pieces);
	return 0;
}
