/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "frames_gen.h"

#include <string.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

const char *gen_short_text(struct gen *gen, size_t size)
{
	const char *text = NULL;

	do {
		text = gen_text(gen);
	} while (text == NULL || strlen(text) >= size);
	return text;
}

static bool gen_bool(struct gen *gen)
{
	return gen_below(gen, 2) != 0;
}

static uint64_t gen_u64(struct gen *gen)
{
	return (uint64_t)gen_u32(gen) << 32 | gen_u32(gen);
}

/* Fields that are not there keep their zeros, as a transport leaves them. */
void gen_row(struct gen *gen, struct sm_row *row)
{
	memset(row, 0, sizeof(*row));
	row->have = gen_u64(gen) & SM_FIELDS_ALL;
	row->id = gen_u64(gen);
	row->num_opens = gen_u64(gen);
	row->unique = gen_u64(gen);
	row->exists = gen_u32(gen);
	row->idle = gen_u32(gen);
	row->instance = gen_below(gen, SMBMGMT_INSTANCE_SR + 1);
	row->guest = gen_bool(gen);
	row->encrypted = gen_bool(gen);
	row->id_derived = gen_bool(gen);
	row->own = (uint8_t)gen_below(gen, SMBMGMT_OWN_YES + 1);
	row->uid = gen_u32(gen);
	row->gid = gen_u32(gen);
	row->node_number = gen_u32(gen);
	row->auth_time = (int64_t)gen_u64(gen);
	row->cipher_degree =
		(uint8_t)gen_below(gen, SMBMGMT_DEGREE_ANONYMOUS + 1);
	row->signing_degree =
		(uint8_t)gen_below(gen, SMBMGMT_DEGREE_ANONYMOUS + 1);
	row->in_progress = gen_bool(gen);
	for (uint64_t bit = 1; bit != 0; bit <<= 1) {
		if ((row->have & SM_FIELDS_TEXT & bit) != 0)
			*sm_row_text(row, bit) = gen_short_text(gen, SIZE_MAX);
	}
}

void gen_target(struct gen *gen, struct sm_target *target)
{
	memset(target, 0, sizeof(*target));
	target->host = gen_short_text(gen, SIZE_MAX);
	target->port = gen_below(gen, 65536);
	target->user = gen_text(gen);
	target->domain = gen_text(gen);
	target->password = gen_text(gen);
	target->protection = gen_below(gen, SMBMGMT_PROTECTION_OFF + 1);
	target->smb_conf = gen_text(gen);
	target->debug_level = gen_below(gen, 5);
	target->deadline = gen_u32(gen);
	target->has_level_hint = gen_bool(gen);
	target->level_hint = gen_u32(gen);
	target->kerberos = gen_below(gen, SMBMGMT_KERBEROS_REQUIRED + 1);
	target->ccache = gen_text(gen);
	target->krb5_conf = gen_text(gen);
	target->address = gen_text(gen);
	target->samba_path = gen_text(gen);
	target->tls = gen_bool(gen);
	target->auth = gen_below(gen, SMBMGMT_AUTH_BASIC + 1);
	target->allow_plaintext = gen_bool(gen);
	target->ca_file = gen_text(gen);
	target->client_cert = gen_text(gen);
	target->client_key = gen_text(gen);
	target->wsman_path = gen_text(gen);
	target->pinned = gen_bool(gen);
}

static void gen_selected(struct gen *gen, struct sm_selected *item)
{
	uint64_t a = gen_u64(gen);
	uint64_t b = gen_u64(gen);

	item->property = gen_below(gen, SM_SELECTED_NODE + 1);
	if (item->property != SM_SELECTED_ID) {
		item->text = gen_short_text(gen, SIZE_MAX);
		return;
	}
	item->first = a < b ? a : b;
	item->last = a < b ? b : a;
}

/* Few: some tests take their time for each byte. */
static void gen_select(struct gen *gen, struct sm_select *select)
{
	select->count = gen_below(gen, 5);
	for (size_t i = 0; i < select->count; i++)
		gen_selected(gen, &select->items[i]);
}

void gen_query(struct gen *gen, struct sm_query *query)
{
	memset(query, 0, sizeof(*query));
	query->ask_instance = gen_bool(gen);
	query->instance = gen_below(gen, SMBMGMT_INSTANCE_SR + 1);
	query->deadline = gen_u32(gen);
	gen_select(gen, &query->select);
}

static void gen_array(struct gen *gen, char *to, size_t size)
{
	const char *text = gen_short_text(gen, size);

	memcpy(to, text, strlen(text) + 1);
}

static void gen_peer(struct gen *gen, char peer[64])
{
	static const char *const peers[] = {
		"",
		"10.0.0.7",
		"2001:db8::7",
		"fe80::7%eth0",
		"2001:db8:1111:2222:3333:4444:5555:6666",
	};
	const char *one = peers[gen_below(gen, 5)];

	memcpy(peer, one, strlen(one) + 1);
}

void gen_listing(struct gen *gen, struct sm_listing *listing)
{
	struct sm_identity *id = &listing->identity;

	memset(listing, 0, sizeof(*listing));
	listing->fields = gen_u64(gen);
	listing->caps = gen_u32(gen);
	listing->unit = gen_below(gen, SM_UNIT_PROCESS + 1);
	listing->incomplete = gen_bool(gen);
	gen_array(gen, listing->why, sizeof(listing->why));
	listing->has_level = gen_bool(gen);
	listing->level = gen_u32(gen);
	id->known = gen_bool(gen);
	gen_array(gen, id->user, sizeof(id->user));
	for (size_t i = 0; i < SM_IDENTITY_ADDRESSES; i++)
		gen_array(gen, id->addresses[i], sizeof(id->addresses[i]));
	id->seconds = gen_u32(gen);
	id->connecting = gen_u32(gen);
	gen_peer(gen, listing->peer);
}

void gen_close(struct gen *gen, struct sm_close *close)
{
	memset(close, 0, sizeof(*close));
	close->unit = gen_below(gen, SM_UNIT_PROCESS + 1);
	close->id = gen_u64(gen);
	close->instance = gen_u32(gen);
	close->has_instance = gen_bool(gen);
	close->client = gen_text(gen);
	close->user = gen_text(gen);
	close->process = gen_text(gen);
	close->deadline = gen_u32(gen);
}

void gen_fail(struct gen *gen, struct sm_fail *fail)
{
	memset(fail, 0, sizeof(*fail));
	fail->code = -1 - (int32_t)gen_below(gen, 100);
	fail->kind = (int32_t)gen_below(gen, SMBMGMT_NATIVE_CIM + 1);
	fail->native = gen_u32(gen);
	fail->offset = gen_bool(gen) ? -1 : (int64_t)(gen_u64(gen) >> 1);
	gen_array(gen, fail->text, sizeof(fail->text));
}

static void put_u32s(struct gen *gen, struct sm_out *out)
{
	sm_out_u32(out, gen_u32(gen));
	sm_out_u32(out, gen_u32(gen));
}

static int get_u32s(uint8_t *payload, size_t len, struct sm_out *again,
		    struct sm_fail *fail)
{
	uint32_t values[2];
	int ret = sm_msg_get_u32s(payload, len, values, 2, fail);

	if (ret == 0 && again != NULL) {
		sm_out_u32(again, values[0]);
		sm_out_u32(again, values[1]);
	}
	return ret;
}

static void put_text(struct gen *gen, struct sm_out *out)
{
	sm_msg_put_text(out, gen_short_text(gen, SIZE_MAX));
}

static int get_text(uint8_t *payload, size_t len, struct sm_out *again,
		    struct sm_fail *fail)
{
	const char *text = NULL;
	int ret = sm_msg_get_text(payload, len, &text, fail);

	if (ret == 0 && again != NULL)
		sm_msg_put_text(again, text);
	return ret;
}

#define KIND(name)                                                             \
	static void put_##name(struct gen *gen, struct sm_out *out)            \
	{                                                                      \
		struct sm_##name value;                                        \
                                                                               \
		gen_##name(gen, &value);                                       \
		sm_msg_put_##name(out, &value);                                \
	}                                                                      \
                                                                               \
	static int get_##name(uint8_t *payload, size_t len,                    \
			      struct sm_out *again, struct sm_fail *fail)      \
	{                                                                      \
		struct sm_##name value;                                        \
		int ret = sm_msg_get_##name(payload, len, &value, fail);       \
                                                                               \
		if (ret == 0 && again != NULL)                                 \
			sm_msg_put_##name(again, &value);                      \
		return ret;                                                    \
	}

KIND(fail)
KIND(target)
KIND(query)
KIND(listing)
KIND(close)

static void put_file(struct gen *gen, struct sm_out *out)
{
	struct sm_file file = {
		.path = gen_short_text(gen, SIZE_MAX),
		.writes = gen_bool(gen),
		.opened_at = (int64_t)gen_u64(gen),
	};

	sm_msg_put_file(out, &file);
}

/* A ROWS frame's payload: one record or more. */
static void put_rows(struct gen *gen, struct sm_out *out)
{
	for (uint32_t n = 1 + gen_below(gen, 3); n > 0; n--) {
		struct sm_row row;

		gen_row(gen, &row);
		sm_msg_put_row(out, &row);
		if (gen_bool(gen))
			sm_msg_put_share(out, gen_short_text(gen, SIZE_MAX));
		if (gen_bool(gen))
			put_file(gen, out);
	}
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

static int get_rows(uint8_t *payload, size_t len, struct sm_out *again,
		    struct sm_fail *fail)
{
	size_t pos = 0;
	int ret = 0;

	do {
		struct sm_record record;

		ret = sm_msg_get_record(payload, len, &pos, &record, fail);
		if (ret == 0 && again != NULL)
			put_again(again, &record);
	} while (ret == 0 && pos < len);
	return ret;
}

const struct frames_kind frames_kinds[FRAMES_KINDS] = {
	{"u32s", put_u32s, get_u32s},	 {"text", put_text, get_text},
	{"fail", put_fail, get_fail},	 {"target", put_target, get_target},
	{"query", put_query, get_query}, {"listing", put_listing, get_listing},
	{"close", put_close, get_close}, {"rows", put_rows, get_rows},
};
