/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "core/table.h"
#include "core/text.h"
#include "util/clock.h"

smbmgmt_session *smbmgmt_session_ref(smbmgmt_session *session)
{
	sm_session_ref(session);
	return session;
}

void smbmgmt_session_unref(smbmgmt_session *session)
{
	sm_session_unref(session);
}

int32_t smbmgmt_session_has(const smbmgmt_session *session, uint64_t fields)
{
	return session != NULL && sm_row_has(&session->row, fields);
}

/* A getter of a number, 0 where it is not known. */
#define NUMBER(type, name, field, member)                                      \
	type smbmgmt_session_##name(const smbmgmt_session *session)            \
	{                                                                      \
		if (!smbmgmt_session_has(session, SMBMGMT_FIELD_##field))      \
			return 0;                                              \
		return (type)session->row.member;                              \
	}

/* A getter of a text, "" where it is not known. */
#define TEXT(name, field, member)                                              \
	const char *smbmgmt_session_##name(const smbmgmt_session *session)     \
	{                                                                      \
		if (!smbmgmt_session_has(session, SMBMGMT_FIELD_##field))      \
			return "";                                             \
		return session->row.member;                                    \
	}

NUMBER(uint64_t, id, ID, id)
NUMBER(uint64_t, num_opens, NUM_OPENS, num_opens)
NUMBER(uint32_t, seconds_exists, SECONDS_EXISTS, exists)
NUMBER(uint32_t, seconds_idle, SECONDS_IDLE, idle)
NUMBER(int32_t, instance, INSTANCE, instance)
NUMBER(int32_t, guest, GUEST, guest)
NUMBER(int32_t, encrypted, ENCRYPTED, encrypted)
NUMBER(int32_t, id_is_derived, ID, id_derived)
TEXT(client, CLIENT, client)
TEXT(user, USER, user)
TEXT(scope, SCOPE, scope)
TEXT(node, NODE, node)
TEXT(dialect, DIALECT, dialect)
TEXT(transport_name, TRANSPORT_NAME, transport_name)
TEXT(client_type, CLIENT_TYPE, client_type)
TEXT(group, GROUP, group)
TEXT(address, ADDRESS, address)
TEXT(cipher, CIPHER, cipher)
TEXT(signing, SIGNING, signing)
NUMBER(uint32_t, uid, UID, uid)
NUMBER(uint32_t, gid, GID, gid)
NUMBER(int32_t, cipher_degree, CIPHER, cipher_degree)
NUMBER(int32_t, signing_degree, SIGNING, signing_degree)
NUMBER(uint32_t, node_number, NODE_NUMBER, node_number)
NUMBER(int64_t, auth_time, AUTH_TIME, auth_time)
NUMBER(int32_t, in_progress, IN_PROGRESS, in_progress)

uint32_t smbmgmt_session_share_count(const smbmgmt_session *session)
{
	return session == NULL ? 0 : (uint32_t)session->share_count;
}

const char *smbmgmt_session_share(const smbmgmt_session *session,
				  uint32_t index)
{
	if (session == NULL || index >= session->share_count)
		return "";
	return session->table->lists.shares[session->share_first + index];
}

uint32_t smbmgmt_session_open_file_count(const smbmgmt_session *session)
{
	return session == NULL ? 0 : (uint32_t)session->file_count;
}

/* NULL for a bad index. */
static const struct sm_file *file_at(const smbmgmt_session *session,
				     uint32_t index)
{
	if (session == NULL || index >= session->file_count)
		return NULL;
	return &session->table->lists.files[session->file_first + index];
}

const char *smbmgmt_session_open_file(const smbmgmt_session *session,
				      uint32_t index)
{
	const struct sm_file *file = file_at(session, index);

	return file == NULL ? "" : file->path;
}

int32_t smbmgmt_session_open_file_writes(const smbmgmt_session *session,
					 uint32_t index)
{
	const struct sm_file *file = file_at(session, index);

	return file != NULL && file->writes;
}

int64_t smbmgmt_session_open_file_opened_at(const smbmgmt_session *session,
					    uint32_t index)
{
	const struct sm_file *file = file_at(session, index);

	return file == NULL ? 0 : file->opened_at;
}

int32_t smbmgmt_session_own(const smbmgmt_session *session)
{
	return session == NULL ? SMBMGMT_OWN_NO : session->row.own;
}

uint32_t smbmgmt_session_handle_id(const smbmgmt_session *session)
{
	return session == NULL ? 0 : session->table->origin.handle_id;
}

const char *smbmgmt_session_computer(const smbmgmt_session *session)
{
	return session == NULL ? "" : session->table->origin.computer;
}

const char *smbmgmt_session_server(const smbmgmt_session *session)
{
	return session == NULL ? "" : session->table->origin.server;
}

const char *smbmgmt_session_transport(const smbmgmt_session *session)
{
	return session == NULL ? "" : session->table->origin.transport;
}

int64_t smbmgmt_session_listed_at(const smbmgmt_session *session)
{
	return session == NULL ? 0 : session->table->listed.at;
}

struct smbmgmt_session_builder {
	struct sm_ref ref;
	struct sm_row row; /* its texts are owned */
	struct sm_lists lists;
	int64_t listed_at;
	bool has_listed_at;
};

int32_t smbmgmt_session_builder_new(smbmgmt_session_builder **builder,
				    smbmgmt_error **err)
{
	struct sm_fail fail;
	smbmgmt_session_builder *b = NULL;

	SM_NEED(builder);
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	sm_ref_init(&b->ref);
	*builder = b;
	return 0;
}

smbmgmt_session_builder *
smbmgmt_session_builder_ref(smbmgmt_session_builder *builder)
{
	if (builder != NULL)
		sm_ref_get(&builder->ref);
	return builder;
}

void smbmgmt_session_builder_unref(smbmgmt_session_builder *builder)
{
	if (builder == NULL || !sm_ref_put(&builder->ref))
		return;
	for (uint64_t rest = SM_FIELDS_TEXT; rest != 0; rest &= rest - 1)
		free((void *)(uintptr_t)*sm_row_text(&builder->row,
						     rest & ~(rest - 1)));
	sm_lists_free(&builder->lists);
	free(builder);
}

const struct sm_row *sm_builder_row(const smbmgmt_session_builder *builder)
{
	return &builder->row;
}

const struct sm_lists *sm_builder_lists(const smbmgmt_session_builder *builder)
{
	return &builder->lists;
}

static int check_text(const char *value, struct sm_fail *fail)
{
	size_t offset = 0;

	if (sm_text_valid(value, strlen(value), &offset))
		return 0;
	return sm_fail_at(fail, SMBMGMT_E_INVALID, offset,
			  "The value is not UTF-8 at byte %zu.", offset);
}

int32_t smbmgmt_session_builder_add_share(smbmgmt_session_builder *builder,
					  const char *share,
					  smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(builder);
	SM_NEED(share);
	ret = check_text(share, &fail);
	if (ret == 0)
		ret = sm_lists_add_share(&builder->lists, share, &fail);
	if (ret == 0)
		builder->row.have |= SMBMGMT_FIELD_SHARES;
	return sm_api_done(ret, &fail, err);
}

int32_t smbmgmt_session_builder_add_open_file(smbmgmt_session_builder *builder,
					      const char *path, int32_t writes,
					      int64_t opened_at,
					      smbmgmt_error **err)
{
	struct sm_file file = {.path = path, .opened_at = opened_at};
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(builder);
	SM_NEED(path);
	ret = check_text(path, &fail);
	if (ret == 0)
		ret = sm_api_bool(writes, &file.writes, &fail);
	if (ret == 0)
		ret = sm_lists_add_file(&builder->lists, &file, &fail);
	if (ret == 0)
		builder->row.have |= SMBMGMT_FIELD_OPEN_FILES;
	return sm_api_done(ret, &fail, err);
}

int32_t smbmgmt_session_builder_set_id(smbmgmt_session_builder *builder,
				       uint64_t id, int32_t derived,
				       smbmgmt_error **err)
{
	struct sm_fail fail;
	bool is_derived = false;
	int ret = 0;

	SM_NEED(builder);
	ret = sm_api_bool(derived, &is_derived, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	builder->row.id = id;
	builder->row.id_derived = is_derived ? 1 : 0;
	builder->row.have |= SMBMGMT_FIELD_ID;
	return 0;
}

static bool one_of(uint64_t field, uint64_t fields)
{
	return field != 0 && (field & (field - 1)) == 0 &&
	       (field & fields) != 0;
}

int32_t smbmgmt_session_builder_set_text(smbmgmt_session_builder *builder,
					 uint64_t field, const char *value,
					 smbmgmt_error **err)
{
	struct sm_fail fail;
	const char **to = NULL;
	char *dup = NULL;

	SM_NEED(builder);
	SM_NEED(value);
	if (!one_of(field, SM_FIELDS_TEXT &
				   ~(SM_FIELD_PROCESS | SM_FIELD_NODE_ADDRESS)))
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "0x%llx is no text field of a "
					   "session.",
					   (unsigned long long)field),
				   &fail, err);
	if (check_text(value, &fail) != 0)
		return sm_error_set(err, &fail, NULL);
	dup = strdup(value);
	if (dup == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	to = sm_row_text(&builder->row, field);
	free((void *)(uintptr_t)*to);
	*to = dup;
	builder->row.have |= field;
	return 0;
}

/* The largest value that a number field takes. */
static uint64_t limit(uint64_t field)
{
	switch (field) {
	case SMBMGMT_FIELD_NUM_OPENS:
		return UINT64_MAX;
	case SMBMGMT_FIELD_INSTANCE:
		return SMBMGMT_INSTANCE_SR;
	case SMBMGMT_FIELD_GUEST:
	case SMBMGMT_FIELD_ENCRYPTED:
	case SMBMGMT_FIELD_IN_PROGRESS:
		return 1;
	case SMBMGMT_FIELD_AUTH_TIME:
		return INT64_MAX;
	default:
		return UINT32_MAX;
	}
}

int32_t smbmgmt_session_builder_set_number(smbmgmt_session_builder *builder,
					   uint64_t field, uint64_t value,
					   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(builder);
	if (!one_of(field,
		    SM_FIELDS_NUMBER & ~SM_FIELD_UNIQUE & ~SMBMGMT_FIELD_ID))
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "0x%llx is no number field of a "
					   "session; an id has a setter of "
					   "its own.",
					   (unsigned long long)field),
				   &fail, err);
	if (value > limit(field))
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%llu is over the field's limit of "
					   "%llu.",
					   (unsigned long long)value,
					   (unsigned long long)limit(field)),
				   &fail, err);
	switch (field) {
	case SMBMGMT_FIELD_NUM_OPENS:
		builder->row.num_opens = value;
		break;
	case SMBMGMT_FIELD_SECONDS_EXISTS:
		builder->row.exists = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_SECONDS_IDLE:
		builder->row.idle = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_INSTANCE:
		builder->row.instance = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_GUEST:
		builder->row.guest = (uint8_t)value;
		break;
	case SMBMGMT_FIELD_UID:
		builder->row.uid = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_GID:
		builder->row.gid = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_NODE_NUMBER:
		builder->row.node_number = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_AUTH_TIME:
		builder->row.auth_time = (int64_t)value;
		break;
	case SMBMGMT_FIELD_IN_PROGRESS:
		builder->row.in_progress = (uint8_t)value;
		break;
	default:
		builder->row.encrypted = (uint8_t)value;
		break;
	}
	builder->row.have |= field;
	return 0;
}

int32_t smbmgmt_session_builder_set_listed_at(smbmgmt_session_builder *builder,
					      int64_t milliseconds,
					      smbmgmt_error **err)
{
	SM_NEED(builder);
	builder->listed_at = milliseconds;
	builder->has_listed_at = true;
	return 0;
}

static int check_built(const smbmgmt_session_builder *builder, int64_t now,
		       struct sm_fail *fail)
{
	const struct sm_row *row = &builder->row;

	if (!builder->has_listed_at)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A session made from data needs the time of its "
			       "listing.");
	/* From before 1970 or after now: its age could not be counted. */
	if (builder->listed_at < 0 || builder->listed_at > now)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The session was listed in the future, by this "
			       "machine's clock; list again.");
	if (!sm_row_has(row, SMBMGMT_FIELD_ID) &&
	    !sm_row_has(row, SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A session needs an id, or client and user.");
	if (sm_row_has(row, SMBMGMT_FIELD_ID) && row->id_derived &&
	    !sm_row_has(row, SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A session with a derived id needs its client "
			       "and user.");
	return 0;
}

static int add_lists(const smbmgmt_session_builder *builder,
		     struct sm_table *table, struct sm_fail *fail)
{
	const struct sm_lists *lists = &builder->lists;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < lists->share_count; i++)
		ret = sm_table_add_share(table, lists->shares[i], fail);
	for (size_t i = 0; ret == 0 && i < lists->file_count; i++)
		ret = sm_table_add_file(table, &lists->files[i], fail);
	return ret;
}

/*
 * Data says when its listing began.  It was there by now, and took no longer
 * than the handle gives a listing.
 */
static struct sm_listed built_listed(const smbmgmt_session_builder *builder,
				     const smbmgmt_handle *handle, int64_t utc)
{
	int64_t now = sm_clock_now();
	struct sm_listed listed = {
		.at = builder->listed_at,
		.began_ns = now - (utc - builder->listed_at) * SM_MS,
		.ended_ns = now,
		.end_unknown = true,
	};
	int64_t latest = listed.began_ns + handle->deadline * SM_MS;

	if (latest < now)
		listed.ended_ns = latest;
	return listed;
}

int32_t smbmgmt_session_builder_build(smbmgmt_session_builder *builder,
				      smbmgmt_handle *handle,
				      smbmgmt_session **session,
				      smbmgmt_error **err)
{
	int64_t now = sm_clock_utc();
	struct sm_listing listing = {.fields = SM_FIELDS_ALL};
	struct sm_listed listed;
	struct sm_origin origin;
	struct sm_table *table = NULL;
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(builder);
	SM_NEED(handle);
	SM_NEED(session);
	ret = check_built(builder, now, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, handle->server);
	listed = built_listed(builder, handle, now);
	sm_handle_origin(handle, &origin);
	ret = sm_table_new(&origin, &table, &fail);
	if (ret == 0)
		ret = sm_table_add(table, &builder->row, &fail);
	if (ret == 0)
		ret = add_lists(builder, table, &fail);
	if (ret == 0)
		ret = sm_table_seal(table, &listing, &listed, &fail);
	if (ret != 0) {
		sm_table_unref(table);
		return sm_error_set(err, &fail, handle->server);
	}
	*session = &table->sessions[0];
	return 0;
}
