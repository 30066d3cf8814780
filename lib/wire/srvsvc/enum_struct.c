/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/srvsvc/enum_struct.h"

#include <inttypes.h>

#include "util/checked.h"

/* One member of SESSION_INFO_n: where it lies in sm_srvsvc_session. */
struct member {
	const char *name;
	size_t at;
	bool text; /* a string pointer; otherwise a number */
};

#define TEXT(name, field)                                                      \
	{                                                                      \
		name, offsetof(struct sm_srvsvc_session, field), true          \
	}
#define NUMBER(name, field)                                                    \
	{                                                                      \
		name, offsetof(struct sm_srvsvc_session, field), false         \
	}

/* Levels 0, 1 and 2 are the beginnings of level 502; level 10 is not. */
static const struct member members_502[] = {
	TEXT("cname", client),		TEXT("username", user),
	NUMBER("num_opens", num_opens), NUMBER("time", time),
	NUMBER("idle_time", idle),	NUMBER("user_flags", flags),
	TEXT("cltype_name", type),	TEXT("transport", transport),
};

static const struct member members_10[] = {
	TEXT("cname", client),
	TEXT("username", user),
	NUMBER("time", time),
	NUMBER("idle_time", idle),
};

static const struct level {
	uint32_t number;
	const struct member *members;
	size_t count;
} levels[] = {
	{0, members_502, 1}, {1, members_502, 6},   {2, members_502, 7},
	{10, members_10, 4}, {502, members_502, 8},
};

static const struct level *find_level(uint32_t number)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (levels[i].number == number)
			return &levels[i];
	}
	return NULL;
}

bool sm_enum_struct_level_known(uint32_t level)
{
	return find_level(level) != NULL;
}

static const char **text_of(struct sm_srvsvc_session *session,
			    const struct member *member)
{
	return (const char **)(void *)((char *)session + member->at);
}

static uint32_t *number_of(struct sm_srvsvc_session *session,
			   const struct member *member)
{
	return (uint32_t *)(void *)((char *)session + member->at);
}

static void put_fixed(struct sm_ndr_out *ndr, const struct level *level,
		      struct sm_srvsvc_session *session)
{
	for (size_t i = 0; i < level->count; i++) {
		const struct member *member = &level->members[i];

		if (member->text)
			sm_ndr_put_pointer(ndr, *text_of(session, member));
		else
			sm_ndr_put_u32(ndr, *number_of(session, member));
	}
}

static void put_deferred(struct sm_ndr_out *ndr, const struct level *level,
			 struct sm_srvsvc_session *session)
{
	for (size_t i = 0; i < level->count; i++) {
		const struct member *member = &level->members[i];

		if (member->text && *text_of(session, member) != NULL)
			sm_ndr_put_string(ndr, *text_of(session, member),
					  member->name);
	}
}

static bool sane(const struct sm_enum_struct *info)
{
	if (info->has_array)
		return info->has_container &&
		       (info->count == 0 || info->sessions != NULL);
	return info->count == 0;
}

void sm_enum_struct_put(struct sm_ndr_out *ndr,
			const struct sm_enum_struct *info)
{
	const struct level *level = find_level(info->level);

	if (ndr->error != 0)
		return;
	if (level == NULL || !sane(info)) {
		ndr->error = sm_fail(ndr->fail, SMBMGMT_E_INVALID,
				     "No session list of level %" PRIu32
				     " can be made of this.",
				     info->level);
		return;
	}
	sm_ndr_put_u32(ndr, level->number);
	sm_ndr_put_u32(ndr, level->number);
	sm_ndr_put_pointer(ndr, info->has_container ? info : NULL);
	if (!info->has_container)
		return;
	sm_ndr_put_u32(ndr, info->count);
	sm_ndr_put_pointer(ndr, info->has_array ? info : NULL);
	if (!info->has_array)
		return;
	sm_ndr_put_u32(ndr, info->count);
	for (uint32_t i = 0; i < info->count && ndr->error == 0; i++)
		put_fixed(ndr, level, &info->sessions[i]);
	for (uint32_t i = 0; i < info->count && ndr->error == 0; i++)
		put_deferred(ndr, level, &info->sessions[i]);
}

/* A string that is to come is "" until get_deferred() reads it. */
static void get_fixed(struct sm_ndr_in *ndr, const struct level *level,
		      struct sm_srvsvc_session *session)
{
	for (size_t i = 0; i < level->count; i++) {
		const struct member *member = &level->members[i];
		uint32_t value = sm_ndr_get_u32(ndr, member->name);

		if (member->text)
			*text_of(session, member) = value != 0 ? "" : NULL;
		else
			*number_of(session, member) = value;
	}
}

static void get_deferred(struct sm_ndr_in *ndr, const struct level *level,
			 struct sm_srvsvc_session *session)
{
	for (size_t i = 0; i < level->count; i++) {
		const struct member *member = &level->members[i];

		if (member->text && *text_of(session, member) != NULL)
			*text_of(session, member) =
				sm_ndr_get_string(ndr, member->name);
	}
}

/*
 * A session takes at least its fixed part, so the bytes that are left bound
 * the count before anything is allocated.
 */
static void get_array(struct sm_ndr_in *ndr, const struct level *level,
		      struct sm_enum_struct *info)
{
	uint32_t count = sm_ndr_get_u32(ndr, "the size of the array");
	size_t at = ndr->in.pos - 4;
	size_t fixed = 0;
	size_t room = 0;

	if (ndr->error != 0)
		return;
	if (count != info->count) {
		sm_ndr_bad(ndr, at,
			   "an array of %" PRIu32 " for %" PRIu32 " sessions",
			   count, info->count);
		return;
	}
	if (!sm_mul(count, 4 * level->count, &fixed) ||
	    fixed > sm_in_left(&ndr->in)) {
		sm_ndr_bad(ndr, at, "it cannot hold %" PRIu32 " sessions",
			   count);
		return;
	}
	if (count == 0)
		return;
	if (sm_mul(count, sizeof(*info->sessions), &room))
		info->sessions = sm_arena_alloc(ndr->arena, room);
	if (info->sessions == NULL) {
		ndr->error = sm_fail_nomem(ndr->fail);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		get_fixed(ndr, level, &info->sessions[i]);
	for (uint32_t i = 0; i < count && ndr->error == 0; i++)
		get_deferred(ndr, level, &info->sessions[i]);
}

static void get_container(struct sm_ndr_in *ndr, const struct level *level,
			  struct sm_enum_struct *info)
{
	info->count = sm_ndr_get_u32(ndr, "the number of sessions");
	info->has_array = sm_ndr_get_pointer(ndr, "the array of sessions");
	if (ndr->error != 0)
		return;
	if (info->has_array)
		get_array(ndr, level, info);
	else if (info->count != 0)
		sm_ndr_bad(ndr, ndr->in.pos - 4,
			   "no array for %" PRIu32 " sessions", info->count);
}

void sm_enum_struct_get(struct sm_ndr_in *ndr, const uint32_t *expected,
			struct sm_enum_struct *info)
{
	uint32_t number = sm_ndr_get_u32(ndr, "the level");
	size_t at = ndr->in.pos - 4;
	const struct level *level = find_level(number);
	uint32_t tag = 0;

	if (ndr->error != 0)
		return;
	if (level == NULL || (expected != NULL && number != *expected)) {
		sm_ndr_bad(ndr, at, "level %" PRIu32 " is not the one expected",
			   number);
		return;
	}
	tag = sm_ndr_get_u32(ndr, "the union's level");
	if (ndr->error == 0 && tag != number)
		sm_ndr_bad(ndr, ndr->in.pos - 4,
			   "level %" PRIu32 " holds a union of level %" PRIu32,
			   number, tag);
	info->level = number;
	info->has_container = sm_ndr_get_pointer(ndr, "the container");
	if (info->has_container)
		get_container(ndr, level, info);
}
