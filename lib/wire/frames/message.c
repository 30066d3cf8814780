/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/frames/message.h"

#include <string.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "core/target.h"
#include "core/text.h"

#define NO_TEXT UINT32_MAX

/* Length, bytes, and a NUL, so that a reader can hand the bytes out. */
void sm_msg_put_text(struct sm_out *out, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (text == NULL || len >= NO_TEXT) {
		sm_out_u32(out, NO_TEXT);
		return;
	}
	sm_out_u32(out, (uint32_t)len);
	sm_out_bytes(out, text, len + 1);
}

/* NULL: none, or the reader has failed. */
static const char *get_text(struct sm_in *in)
{
	uint32_t len = sm_in_u32(in);
	const uint8_t *bytes = NULL;

	if (in->failed || len == NO_TEXT)
		return NULL;
	bytes = sm_in_bytes(in, (size_t)len + 1);
	if (bytes == NULL)
		return NULL;
	if (bytes[len] != '\0' ||
	    !sm_text_valid((const char *)bytes, len, NULL)) {
		in->pos -= (size_t)len + 1;
		in->failed = true;
		return NULL;
	}
	return (const char *)bytes;
}

static int end(const struct sm_in *in, const char *what, struct sm_fail *fail)
{
	if (in->failed || in->pos != in->len)
		return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, in->pos,
				  "The helper's %s message is malformed at "
				  "byte %zu of %zu.",
				  what, in->pos, in->len);
	return 0;
}

int sm_msg_get_u32s(const uint8_t *payload, size_t len, uint32_t *values,
		    size_t count, struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	for (size_t i = 0; i < count; i++)
		values[i] = sm_in_u32(&in);
	return end(&in, "status", fail);
}

int sm_msg_get_text(uint8_t *payload, size_t len, const char **text,
		    struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	*text = get_text(&in);
	if (*text == NULL)
		in.failed = true;
	return end(&in, "text", fail);
}

/* A text that must be there and fit. */
static void get_copy(struct sm_in *in, char *to, size_t size)
{
	const char *text = get_text(in);

	if (text == NULL || strlen(text) >= size) {
		in->failed = true;
		to[0] = '\0';
		return;
	}
	memcpy(to, text, strlen(text) + 1);
}

static uint32_t get_at_most(struct sm_in *in, uint32_t limit)
{
	uint32_t value = sm_in_u32(in);

	if (!in->failed && value > limit) {
		in->pos -= 4;
		in->failed = true;
	}
	return value;
}

void sm_msg_put_fail(struct sm_out *out, const struct sm_fail *value)
{
	sm_out_u32(out, (uint32_t)value->code);
	sm_out_u32(out, (uint32_t)value->kind);
	sm_out_u32(out, value->native);
	sm_out_u64(out, (uint64_t)value->offset);
	sm_msg_put_text(out, value->text);
}

int sm_msg_get_fail(uint8_t *payload, size_t len, struct sm_fail *value,
		    struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	value->code = (int32_t)sm_in_u32(&in);
	value->kind = (int32_t)sm_in_u32(&in);
	value->native = sm_in_u32(&in);
	value->offset = (int64_t)sm_in_u64(&in);
	get_copy(&in, value->text, sizeof(value->text));
	if (value->code >= 0)
		in.failed = true;
	return end(&in, "failure", fail);
}

void sm_msg_put_target(struct sm_out *out, const struct sm_target *target)
{
	sm_out_u32(out, target->port);
	sm_out_u32(out, target->protection);
	sm_out_u32(out, target->debug_level);
	sm_out_u32(out, target->deadline);
	sm_out_u32(out, target->has_level_hint ? 1 : 0);
	sm_out_u32(out, target->level_hint);
	sm_out_u32(out, target->kerberos);
	sm_msg_put_text(out, target->host);
	sm_msg_put_text(out, target->user);
	sm_msg_put_text(out, target->domain);
	sm_msg_put_text(out, target->password);
	sm_msg_put_text(out, target->smb_conf);
	sm_msg_put_text(out, target->ccache);
	sm_msg_put_text(out, target->krb5_conf);
	sm_msg_put_text(out, target->address);
	sm_msg_put_text(out, target->samba_path);
	sm_out_u32(out, target->tls ? 1 : 0);
	sm_out_u32(out, target->auth);
	sm_out_u32(out, target->allow_plaintext ? 1 : 0);
	sm_msg_put_text(out, target->ca_file);
	sm_msg_put_text(out, target->client_cert);
	sm_msg_put_text(out, target->client_key);
	sm_msg_put_text(out, target->wsman_path);
	sm_out_u32(out, target->pinned ? 1 : 0);
}

int sm_msg_get_target(uint8_t *payload, size_t len, struct sm_target *target,
		      struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	target->port = get_at_most(&in, 65535);
	target->protection = get_at_most(&in, SMBMGMT_PROTECTION_OFF);
	target->debug_level = get_at_most(&in, 4);
	target->deadline = sm_in_u32(&in);
	target->has_level_hint = get_at_most(&in, 1) == 1;
	target->level_hint = sm_in_u32(&in);
	target->kerberos = get_at_most(&in, SMBMGMT_KERBEROS_REQUIRED);
	target->host = get_text(&in);
	target->user = get_text(&in);
	target->domain = get_text(&in);
	target->password = get_text(&in);
	target->smb_conf = get_text(&in);
	target->ccache = get_text(&in);
	target->krb5_conf = get_text(&in);
	target->address = get_text(&in);
	target->samba_path = get_text(&in);
	target->tls = get_at_most(&in, 1) == 1;
	target->auth = get_at_most(&in, SMBMGMT_AUTH_BASIC);
	target->allow_plaintext = get_at_most(&in, 1) == 1;
	target->ca_file = get_text(&in);
	target->client_cert = get_text(&in);
	target->client_key = get_text(&in);
	target->wsman_path = get_text(&in);
	target->pinned = get_at_most(&in, 1) == 1;
	if (target->host == NULL)
		in.failed = true;
	return end(&in, "connect", fail);
}

static void put_select(struct sm_out *out, const struct sm_select *select)
{
	sm_out_u32(out, (uint32_t)select->count);
	for (size_t i = 0; i < select->count; i++) {
		const struct sm_selected *item = &select->items[i];

		sm_out_u32(out, item->property);
		sm_out_u64(out, item->first);
		sm_out_u64(out, item->last);
		sm_msg_put_text(out, item->text);
	}
}

static void get_select(struct sm_in *in, struct sm_select *select)
{
	select->count = get_at_most(in, SM_SELECT_MOST);
	for (size_t i = 0; !in->failed && i < select->count; i++) {
		struct sm_selected *item = &select->items[i];

		item->property = get_at_most(in, SM_SELECTED_NODE);
		item->first = sm_in_u64(in);
		item->last = sm_in_u64(in);
		item->text = get_text(in);
		if (item->property == SM_SELECTED_ID ? item->last < item->first
						     : item->text == NULL)
			in->failed = true;
	}
}

void sm_msg_put_query(struct sm_out *out, const struct sm_query *query)
{
	sm_out_u32(out, query->ask_instance ? 1 : 0);
	sm_out_u32(out, query->instance);
	sm_out_u32(out, query->deadline);
	put_select(out, &query->select);
}

int sm_msg_get_query(uint8_t *payload, size_t len, struct sm_query *query,
		     struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	query->ask_instance = get_at_most(&in, 1) == 1;
	query->instance = get_at_most(&in, SMBMGMT_INSTANCE_SR);
	query->deadline = sm_in_u32(&in);
	get_select(&in, &query->select);
	return end(&in, "list", fail);
}

void sm_msg_put_listing(struct sm_out *out, const struct sm_listing *listing)
{
	const struct sm_identity *id = &listing->identity;

	sm_out_u64(out, listing->fields);
	sm_out_u32(out, listing->caps);
	sm_out_u32(out, listing->unit);
	sm_out_u32(out, listing->has_level ? 1 : 0);
	sm_out_u32(out, listing->level);
	sm_out_u32(out, listing->incomplete ? 1 : 0);
	sm_msg_put_text(out, listing->why);
	sm_out_u32(out, id->known ? 1 : 0);
	sm_msg_put_text(out, id->user);
	for (size_t i = 0; i < SM_IDENTITY_ADDRESSES; i++)
		sm_msg_put_text(out, id->addresses[i]);
	sm_out_u32(out, id->seconds);
	sm_out_u32(out, id->connecting);
	sm_msg_put_text(out, listing->peer);
}

/* The next connection may be made to it. */
static void get_peer(struct sm_in *in, char peer[64])
{
	get_copy(in, peer, 64);
	if (peer[0] != '\0' && !sm_address_is_numeric(peer))
		in->failed = true;
}

int sm_msg_get_listing(uint8_t *payload, size_t len, struct sm_listing *listing,
		       struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);
	struct sm_identity *id = &listing->identity;

	listing->fields = sm_in_u64(&in);
	listing->caps = sm_in_u32(&in);
	listing->unit = get_at_most(&in, SM_UNIT_PROCESS);
	listing->has_level = get_at_most(&in, 1) == 1;
	listing->level = sm_in_u32(&in);
	listing->incomplete = get_at_most(&in, 1) == 1;
	get_copy(&in, listing->why, sizeof(listing->why));
	id->known = get_at_most(&in, 1) == 1;
	get_copy(&in, id->user, sizeof(id->user));
	for (size_t i = 0; i < SM_IDENTITY_ADDRESSES; i++)
		get_copy(&in, id->addresses[i], sizeof(id->addresses[i]));
	id->seconds = sm_in_u32(&in);
	id->connecting = sm_in_u32(&in);
	get_peer(&in, listing->peer);
	return end(&in, "listing", fail);
}

void sm_msg_put_close(struct sm_out *out, const struct sm_close *close)
{
	sm_out_u32(out, close->unit);
	sm_out_u64(out, close->id);
	sm_out_u32(out, close->has_instance ? 1 : 0);
	sm_out_u32(out, close->instance);
	sm_msg_put_text(out, close->client);
	sm_msg_put_text(out, close->user);
	sm_msg_put_text(out, close->process);
	sm_out_u32(out, close->deadline);
}

int sm_msg_get_close(uint8_t *payload, size_t len, struct sm_close *close,
		     struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	close->unit = get_at_most(&in, SM_UNIT_PROCESS);
	close->id = sm_in_u64(&in);
	close->has_instance = get_at_most(&in, 1) == 1;
	close->instance = sm_in_u32(&in);
	close->client = get_text(&in);
	close->user = get_text(&in);
	close->process = get_text(&in);
	close->deadline = sm_in_u32(&in);
	return end(&in, "close", fail);
}

void sm_msg_put_row(struct sm_out *out, const struct sm_row *row)
{
	sm_out_u8(out, SM_RECORD_ROW);
	sm_out_u64(out, row->have);
	sm_out_u8(out, row->id_derived);
	sm_out_u8(out, row->own);
	sm_out_u8(out, row->guest);
	sm_out_u8(out, row->encrypted);
	sm_out_u8(out, row->cipher_degree);
	sm_out_u8(out, row->signing_degree);
	sm_out_u8(out, row->in_progress);
	sm_out_u64(out, row->id);
	sm_out_u64(out, row->num_opens);
	sm_out_u64(out, row->unique);
	sm_out_u64(out, (uint64_t)row->auth_time);
	sm_out_u32(out, row->exists);
	sm_out_u32(out, row->idle);
	sm_out_u32(out, row->instance);
	sm_out_u32(out, row->uid);
	sm_out_u32(out, row->gid);
	sm_out_u32(out, row->node_number);
	for (uint64_t rest = row->have & SM_FIELDS_TEXT; rest != 0;
	     rest &= rest - 1)
		sm_msg_put_text(out, *sm_row_text((struct sm_row *)row,
						  rest & ~(rest - 1)));
}

void sm_msg_put_share(struct sm_out *out, const char *share)
{
	sm_out_u8(out, SM_RECORD_SHARE);
	sm_msg_put_text(out, share);
}

void sm_msg_put_file(struct sm_out *out, const struct sm_file *file)
{
	sm_out_u8(out, SM_RECORD_FILE);
	sm_out_u8(out, file->writes ? 1 : 0);
	sm_out_u64(out, (uint64_t)file->opened_at);
	sm_msg_put_text(out, file->path);
}

static const char *get_some_text(struct sm_in *in)
{
	const char *text = get_text(in);

	if (text == NULL)
		in->failed = true;
	return text;
}

static void get_row(struct sm_in *in, struct sm_row *row)
{
	memset(row, 0, sizeof(*row));
	row->have = sm_in_u64(in);
	row->id_derived = sm_in_u8(in) != 0;
	row->own = sm_in_u8(in);
	row->guest = sm_in_u8(in) != 0;
	row->encrypted = sm_in_u8(in) != 0;
	row->cipher_degree = sm_in_u8(in);
	row->signing_degree = sm_in_u8(in);
	row->in_progress = sm_in_u8(in) != 0;
	row->id = sm_in_u64(in);
	row->num_opens = sm_in_u64(in);
	row->unique = sm_in_u64(in);
	row->auth_time = (int64_t)sm_in_u64(in);
	row->exists = sm_in_u32(in);
	row->idle = sm_in_u32(in);
	row->instance = sm_in_u32(in);
	row->uid = sm_in_u32(in);
	row->gid = sm_in_u32(in);
	row->node_number = sm_in_u32(in);
	if ((row->have & ~SM_FIELDS_ALL) != 0 || row->own > SMBMGMT_OWN_YES ||
	    row->instance > SMBMGMT_INSTANCE_SR ||
	    row->cipher_degree > SMBMGMT_DEGREE_ANONYMOUS ||
	    row->signing_degree > SMBMGMT_DEGREE_ANONYMOUS)
		in->failed = true;
	for (uint64_t rest = row->have & SM_FIELDS_TEXT; rest != 0;
	     rest &= rest - 1)
		*sm_row_text(row, rest & ~(rest - 1)) = get_some_text(in);
}

int sm_msg_get_record(uint8_t *payload, size_t len, size_t *pos,
		      struct sm_record *record, struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(payload, len);

	in.pos = *pos;
	record->kind = sm_in_u8(&in);
	switch (record->kind) {
	case SM_RECORD_ROW:
		get_row(&in, &record->row);
		break;
	case SM_RECORD_SHARE:
		record->share = get_some_text(&in);
		break;
	case SM_RECORD_FILE:
		record->file.writes = sm_in_u8(&in) != 0;
		record->file.opened_at = (int64_t)sm_in_u64(&in);
		record->file.path = get_some_text(&in);
		break;
	default:
		in.failed = true;
	}
	if (in.failed)
		return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, in.pos,
				  "The helper's row is malformed at byte %zu "
				  "of %zu.",
				  in.pos, len);
	*pos = in.pos;
	return 0;
}

int sm_msg_get_row(uint8_t *payload, size_t len, size_t *pos,
		   struct sm_row *row, struct sm_fail *fail)
{
	struct sm_record record = {.kind = SM_RECORD_ROW};
	size_t next = *pos;
	int ret = sm_msg_get_record(payload, len, &next, &record, fail);

	if (ret == 0 && record.kind != SM_RECORD_ROW)
		return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, *pos,
				  "The helper sends lists of no row.");
	if (ret != 0)
		return ret;
	*row = record.row;
	*pos = next;
	return 0;
}
