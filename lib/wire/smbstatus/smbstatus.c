/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/smbstatus/smbstatus.h"

#include <stdlib.h>
#include <string.h>

#include <smbmgmt/session.h>

#include "util/vec.h"

/* Where smbstatus tells of a session that has no user yet. */
#define NO_ID UINT32_MAX

/* No key that we know is longer. */
#define KEY_MAX 24

struct reader {
	struct sm_json *json;
	struct sm_smbstatus *status;
	struct sm_fail *fail;
};

/* Takes the member @key of an object, all of its value, into @what. */
typedef int (*member_fn)(struct reader *r, const char *key,
			 enum sm_json_token token, void *what);

static int skip(struct reader *r, enum sm_json_token token)
{
	return sm_json_skip(r->json, token, r->fail);
}

/* All members of the object that @token begins. */
static int each_member(struct reader *r, enum sm_json_token token,
		       member_fn member, void *what)
{
	int ret = 0;

	if (token != SM_JSON_OBJECT)
		return sm_json_fail(r->json, r->fail, SMBMGMT_E_PROTOCOL,
				    "an object was to stand here");
	for (;;) {
		char key[KEY_MAX];

		ret = sm_json_next(r->json, &token, r->fail);
		if (ret != 0 || token == SM_JSON_OBJECT_END)
			return ret;
		/* Only names that fit are known. */
		key[0] = '\0';
		if (r->json->text_len < sizeof(key))
			memcpy(key, r->json->text, r->json->text_len + 1);
		ret = sm_json_next(r->json, &token, r->fail);
		if (ret == 0)
			ret = member(r, key, token, what);
		if (ret != 0)
			return ret;
	}
}

static size_t memory_of(const struct sm_smbstatus *s)
{
	return s->arena.total + s->session_size * sizeof(*s->sessions) +
	       s->tree_size * sizeof(*s->trees) +
	       s->open_size * sizeof(*s->opens);
}

static int check_memory(struct reader *r)
{
	if (memory_of(r->status) <= SM_SMBSTATUS_MEMORY)
		return 0;
	return sm_json_fail(r->json, r->fail, SMBMGMT_E_TOO_LARGE,
			    "it tells of more than there is room for");
}

static int take_text(struct reader *r, enum sm_json_token token,
		     const char **text)
{
	if (token != SM_JSON_STRING)
		return skip(r, token);
	*text = sm_arena_strndup(&r->status->arena, r->json->text,
				 r->json->text_len);
	return *text == NULL ? sm_fail_nomem(r->fail) : 0;
}

/* Numbers are numbers in some places and texts in others. */
static int take_number(struct reader *r, enum sm_json_token token,
		       uint64_t *value, bool *has)
{
	const char *text = r->json->text;
	char *end = NULL;

	if (token != SM_JSON_STRING && token != SM_JSON_NUMBER)
		return skip(r, token);
	/* The -1 of a session without a user. */
	if (strcmp(text, "-1") == 0) {
		*value = NO_ID;
		*has = true;
		return 0;
	}
	if (text[0] < '0' || text[0] > '9' || r->json->text_len > 20)
		return 0;
	*value = strtoull(text, &end, 10);
	*has = *end == '\0' && !(*value == UINT64_MAX &&
				 strcmp(text, "18446744073709551615") != 0);
	return 0;
}

static int take_time(struct reader *r, enum sm_json_token token,
		     int64_t *milliseconds)
{
	if (token != SM_JSON_STRING)
		return skip(r, token);
	/* What was never set is from 1601 or 1970. */
	if (!sm_smbstatus_time(r->json->text, milliseconds) ||
	    *milliseconds < 0)
		*milliseconds = 0;
	return 0;
}

struct server_parts {
	struct sm_server_id *id;
	bool pid;
	bool task;
	bool vnn;
	bool unique;
};

static int server_member(struct reader *r, const char *key,
			 enum sm_json_token token, void *what)
{
	struct server_parts *parts = what;

	if (strcmp(key, "pid") == 0)
		return take_number(r, token, &parts->id->pid, &parts->pid);
	if (strcmp(key, "task_id") == 0)
		return take_number(r, token, &parts->id->task, &parts->task);
	if (strcmp(key, "vnn") == 0)
		return take_number(r, token, &parts->id->vnn, &parts->vnn);
	if (strcmp(key, "unique_id") == 0)
		return take_number(r, token, &parts->id->unique,
				   &parts->unique);
	return skip(r, token);
}

static int take_server(struct reader *r, enum sm_json_token token,
		       struct sm_server_id *id)
{
	struct server_parts parts = {.id = id};
	int ret = each_member(r, token, server_member, &parts);

	/* 0 and 2^64-1 are no unique ids: such a process is not verified. */
	id->known = parts.pid && parts.task && parts.vnn && parts.unique &&
		    id->pid > 0 && id->pid <= INT32_MAX &&
		    id->vnn <= UINT32_MAX && id->unique != 0 &&
		    id->unique != UINT64_MAX;
	if (!id->known)
		memset(id, 0, sizeof(*id));
	return ret;
}

static int32_t degree_of(const char *text)
{
	static const char *const names[] = {"none", "partial", "full",
					    "anonymous"};

	for (int32_t i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) == 0)
			return i;
	}
	return -1;
}

struct crypto_parts {
	const char *cipher;
	const char *degree;
};

static int crypto_member(struct reader *r, const char *key,
			 enum sm_json_token token, void *what)
{
	struct crypto_parts *parts = what;

	if (strcmp(key, "cipher") == 0)
		return take_text(r, token, &parts->cipher);
	if (strcmp(key, "degree") == 0)
		return take_text(r, token, &parts->degree);
	return skip(r, token);
}

static int take_crypto(struct reader *r, enum sm_json_token token,
		       struct sm_crypto *crypto)
{
	struct crypto_parts parts = {NULL, NULL};
	int ret = each_member(r, token, crypto_member, &parts);

	if (ret != 0 || parts.cipher == NULL || parts.degree == NULL)
		return ret;
	crypto->degree = degree_of(parts.degree);
	crypto->known = crypto->degree >= 0;
	crypto->name =
		crypto->degree == SMBMGMT_DEGREE_NONE ? "" : parts.cipher;
	return 0;
}

/* "ipv4:127.0.0.5:38733", "ipv6:::1:38733": the part between. */
static int take_address(struct reader *r, enum sm_json_token token,
			const char **address)
{
	const char *text = r->json->text;
	const char *end = NULL;

	if (token != SM_JSON_STRING)
		return skip(r, token);
	end = strrchr(text, ':');
	if ((strncmp(text, "ipv4:", 5) != 0 &&
	     strncmp(text, "ipv6:", 5) != 0) ||
	    end <= text + 5)
		return 0;
	*address = sm_arena_strndup(&r->status->arena, text + 5,
				    (size_t)(end - text - 5));
	return *address == NULL ? sm_fail_nomem(r->fail) : 0;
}

/* "SMB3_11" is 3.1.1, as Windows writes it; what is new stays as it is. */
static int take_dialect(struct reader *r, enum sm_json_token token,
			const char **dialect)
{
	static const char *const names[][2] = {
		{"SMB2_02", "2.0.2"}, {"SMB2_10", "2.1"},   {"SMB3_00", "3.0"},
		{"SMB3_02", "3.0.2"}, {"SMB3_11", "3.1.1"},
	};

	for (size_t i = 0; token == SM_JSON_STRING && i < 5; i++) {
		if (strcmp(r->json->text, names[i][0]) == 0) {
			*dialect = names[i][1];
			return 0;
		}
	}
	return take_text(r, token, dialect);
}

static int take_owner(struct reader *r, enum sm_json_token token,
		      uint32_t *value, bool *has)
{
	uint64_t number = 0;
	int ret = take_number(r, token, &number, has);

	if (number > UINT32_MAX)
		*has = false;
	*value = *has ? (uint32_t)number : 0;
	return ret;
}

static int session_member(struct reader *r, const char *key,
			  enum sm_json_token token, void *what)
{
	struct sm_smb_session *s = what;

	if (strcmp(key, "session_id") == 0)
		return take_number(r, token, &s->id, &s->has_id);
	if (strcmp(key, "server_id") == 0)
		return take_server(r, token, &s->server);
	if (strcmp(key, "uid") == 0)
		return take_owner(r, token, &s->uid, &s->has_uid);
	if (strcmp(key, "gid") == 0)
		return take_owner(r, token, &s->gid, &s->has_gid);
	if (strcmp(key, "username") == 0)
		return take_text(r, token, &s->user);
	if (strcmp(key, "groupname") == 0)
		return take_text(r, token, &s->group);
	if (strcmp(key, "remote_machine") == 0)
		return take_text(r, token, &s->client);
	if (strcmp(key, "hostname") == 0)
		return take_address(r, token, &s->address);
	if (strcmp(key, "session_dialect") == 0)
		return take_dialect(r, token, &s->dialect);
	if (strcmp(key, "encryption") == 0)
		return take_crypto(r, token, &s->encryption);
	if (strcmp(key, "signing") == 0)
		return take_crypto(r, token, &s->signing);
	if (strcmp(key, "creation_time") == 0)
		return take_time(r, token, &s->created_at);
	if (strcmp(key, "auth_time") == 0)
		return take_time(r, token, &s->auth_at);
	return skip(r, token);
}

/*
 * A user may be called "(auth in progress)", but none has the id of nobody;
 * where ids are missing, the name must do.
 */
static void settle_user(struct sm_smb_session *s)
{
	if (s->has_uid)
		s->in_progress = s->uid == NO_ID;
	else
		s->in_progress = s->user != NULL &&
				 strcmp(s->user, "(auth in progress)") == 0;
	if (!s->in_progress)
		return;
	s->user = NULL;
	s->group = NULL;
	s->has_uid = false;
	s->has_gid = false;
	s->uid = 0;
	s->gid = 0;
}

static int take_session(struct reader *r, const char *key,
			enum sm_json_token token, void *unused)
{
	struct sm_smbstatus *status = r->status;
	struct sm_smb_session s = {0};
	void *sessions = status->sessions;
	int ret = each_member(r, token, session_member, &s);

	(void)key;
	(void)unused;
	if (ret != 0)
		return ret;
	settle_user(&s);
	if (!sm_vec_room(&sessions, &status->session_size,
			 status->session_count, sizeof(s)))
		return sm_fail_nomem(r->fail);
	status->sessions = sessions;
	status->sessions[status->session_count++] = s;
	return check_memory(r);
}

struct tree_parts {
	struct sm_smb_tree tree;
	bool has_session;
};

static int tree_member(struct reader *r, const char *key,
		       enum sm_json_token token, void *what)
{
	struct tree_parts *parts = what;

	if (strcmp(key, "service") == 0)
		return take_text(r, token, &parts->tree.share);
	if (strcmp(key, "server_id") == 0)
		return take_server(r, token, &parts->tree.server);
	if (strcmp(key, "session_id") == 0)
		return take_number(r, token, &parts->tree.session_id,
				   &parts->has_session);
	return skip(r, token);
}

static int take_tree(struct reader *r, const char *key,
		     enum sm_json_token token, void *unused)
{
	struct sm_smbstatus *status = r->status;
	struct tree_parts parts = {.has_session = false};
	void *trees = status->trees;
	int ret = each_member(r, token, tree_member, &parts);

	(void)key;
	(void)unused;
	if (ret != 0 || !parts.has_session || parts.tree.share == NULL)
		return ret;
	if (!sm_vec_room(&trees, &status->tree_size, status->tree_count,
			 sizeof(parts.tree)))
		return sm_fail_nomem(r->fail);
	status->trees = trees;
	status->trees[status->tree_count++] = parts.tree;
	return check_memory(r);
}

static int access_member(struct reader *r, const char *key,
			 enum sm_json_token token, void *what)
{
	struct sm_smb_open *open = what;

	if (strcmp(key, "WRITE_DATA") == 0 || strcmp(key, "APPEND_DATA") == 0)
		open->writes = open->writes || token == SM_JSON_TRUE;
	return skip(r, token);
}

static int open_member(struct reader *r, const char *key,
		       enum sm_json_token token, void *what)
{
	struct sm_smb_open *open = what;

	if (strcmp(key, "server_id") == 0)
		return take_server(r, token, &open->server);
	if (strcmp(key, "uid") == 0)
		return take_number(r, token, &open->uid, &open->has_uid);
	if (strcmp(key, "opened_at") == 0)
		return take_time(r, token, &open->opened_at);
	if (strcmp(key, "access_mask") == 0)
		return each_member(r, token, access_member, open);
	return skip(r, token);
}

static int take_open(struct reader *r, const char *key,
		     enum sm_json_token token, void *what)
{
	struct sm_smbstatus *status = r->status;
	struct sm_smb_open open = {.file = what};
	void *opens = status->opens;
	int ret = each_member(r, token, open_member, &open);

	(void)key;
	if (ret != 0)
		return ret;
	if (!sm_vec_room(&opens, &status->open_size, status->open_count,
			 sizeof(open)))
		return sm_fail_nomem(r->fail);
	status->opens = opens;
	status->opens[status->open_count++] = open;
	return check_memory(r);
}

static int file_member(struct reader *r, const char *key,
		       enum sm_json_token token, void *what)
{
	struct sm_smb_file *file = what;

	if (strcmp(key, "service_path") == 0)
		return take_text(r, token, &file->folder);
	if (strcmp(key, "filename") == 0)
		return take_text(r, token, &file->name);
	if (strcmp(key, "opens") == 0)
		return each_member(r, token, take_open, file);
	return skip(r, token);
}

static int take_file(struct reader *r, const char *key,
		     enum sm_json_token token, void *unused)
{
	struct sm_smb_file *file =
		sm_arena_alloc(&r->status->arena, sizeof(*file));

	(void)key;
	(void)unused;
	if (file == NULL)
		return sm_fail_nomem(r->fail);
	return each_member(r, token, file_member, file);
}

static int top_member(struct reader *r, const char *key,
		      enum sm_json_token token, void *unused)
{
	(void)unused;
	if (strcmp(key, "version") == 0)
		return take_text(r, token, &r->status->version);
	if (strcmp(key, "sessions") == 0) {
		r->status->has_sessions = true;
		return each_member(r, token, take_session, NULL);
	}
	if (strcmp(key, "tcons") == 0) {
		r->status->has_trees = true;
		return each_member(r, token, take_tree, NULL);
	}
	if (strcmp(key, "open_files") == 0) {
		r->status->has_opens = true;
		return each_member(r, token, take_file, NULL);
	}
	return skip(r, token);
}

int sm_smbstatus_read(struct sm_json *json, struct sm_smbstatus *status,
		      struct sm_fail *fail)
{
	struct reader r = {.json = json, .status = status, .fail = fail};
	enum sm_json_token token = SM_JSON_END;
	int ret = sm_json_next(json, &token, fail);

	if (ret == 0)
		ret = each_member(&r, token, top_member, NULL);
	if (ret == 0)
		ret = sm_json_next(json, &token, fail);
	return ret;
}

void sm_smbstatus_free(struct sm_smbstatus *status)
{
	free(status->sessions);
	free(status->trees);
	free(status->opens);
	sm_arena_free(&status->arena);
	memset(status, 0, sizeof(*status));
}
