/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sessions of smbstatus as rows. */
#include <stdio.h>
#include <string.h>

#include "transport/samba/conn.h"
#include "transport/samba/process.h"
#include "util/clock.h"

/*
 * So many files of a session are told of, and so many bytes in all: what is
 * more helps nobody to decide, and num_opens counts it all the same.
 */
#define FILES_MAX 1000
#define FILES_BYTES ((size_t)24 << 20)

/* What every version tells of every session that is authenticated. */
#define FIELDS_ALWAYS                                                          \
	(SMBMGMT_FIELD_ID | SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |        \
	 SMBMGMT_FIELD_DIALECT | SMBMGMT_FIELD_ENCRYPTED |                     \
	 SMBMGMT_FIELD_GUEST | SMBMGMT_FIELD_GROUP | SMBMGMT_FIELD_UID |       \
	 SMBMGMT_FIELD_GID | SMBMGMT_FIELD_ADDRESS | SMBMGMT_FIELD_CIPHER |    \
	 SMBMGMT_FIELD_SIGNING | SMBMGMT_FIELD_IN_PROGRESS)
#define FIELDS_NODE                                                            \
	(SMBMGMT_FIELD_NODE | SMBMGMT_FIELD_NODE_NUMBER | SM_FIELD_NODE_ADDRESS)
#define FIELDS_TIME (SMBMGMT_FIELD_SECONDS_EXISTS | SMBMGMT_FIELD_AUTH_TIME)

/* Sessions tell their age, or would if there were any. */
static bool has_times(const struct sm_smbstatus *status)
{
	for (size_t i = 0; i < status->session_count; i++) {
		if (status->sessions[i].created_at == 0)
			return false;
	}
	return status->session_count > 0 ||
	       sm_smbstatus_is(status->version, 4, 20);
}

uint64_t sm_samba_fields(const struct sm_cluster *cluster,
			 const struct sm_smbstatus *status)
{
	uint64_t fields = FIELDS_ALWAYS | SM_FIELD_PROCESS | SM_FIELD_UNIQUE;

	if (status->has_trees)
		fields |= SMBMGMT_FIELD_SHARES;
	if (status->has_opens || status->session_count == 0)
		fields |= SMBMGMT_FIELD_NUM_OPENS | SMBMGMT_FIELD_OPEN_FILES;
	if (has_times(status))
		fields |= FIELDS_TIME;
	if (cluster->member)
		fields |= FIELDS_NODE;
	return fields;
}

/* Age by this machine's clock, for what another's may have written. */
static uint32_t age_of(int64_t since, int64_t now)
{
	if (now <= since)
		return 0;
	return (now - since) / 1000 > UINT32_MAX
		       ? UINT32_MAX
		       : (uint32_t)((now - since) / 1000);
}

/*
 * Only with a key does smbstatus show whether it is a user's: a session that
 * is neither signed nor encrypted may be anyone's.
 */
static void set_guest(const struct sm_smb_session *s, struct sm_row *row)
{
	int32_t a = s->encryption.known ? s->encryption.degree : 0;
	int32_t b = s->signing.known ? s->signing.degree : 0;

	if (a == SMBMGMT_DEGREE_NONE && b == SMBMGMT_DEGREE_NONE)
		return;
	row->have |= SMBMGMT_FIELD_GUEST;
	row->guest =
		a == SMBMGMT_DEGREE_ANONYMOUS || b == SMBMGMT_DEGREE_ANONYMOUS;
}

static void set_crypto(const struct sm_smb_session *s, struct sm_row *row)
{
	if (s->encryption.known) {
		row->have |= SMBMGMT_FIELD_CIPHER;
		row->cipher = s->encryption.name;
		row->cipher_degree = (uint8_t)s->encryption.degree;
	}
	/* With a key that everybody knows it is as good as not. */
	if (s->encryption.known) {
		row->have |= SMBMGMT_FIELD_ENCRYPTED;
		row->encrypted = s->encryption.degree == SMBMGMT_DEGREE_FULL;
	}
	if (s->signing.known) {
		row->have |= SMBMGMT_FIELD_SIGNING;
		row->signing = s->signing.name;
		row->signing_degree = (uint8_t)s->signing.degree;
	}
	set_guest(s, row);
}

static void set_text(struct sm_row *row, uint64_t field, const char *text)
{
	if (text == NULL)
		return;
	row->have |= field;
	*sm_row_text(row, field) = text;
}

/* A new process may get an old id, and one process no id twice. */
static uint64_t unique_of(const struct sm_smb_session *s)
{
	return s->server.unique ^ (uint64_t)s->created_at * 0x9e3779b97f4a7c15u;
}

/* Many sessions may be of one process, in no order. */
#define SEEN 128

struct seen {
	struct sm_server_id server;
	char text[SM_PROCESS_TEXT];
};

static const char *process_of(struct seen seen[SEEN],
			      const struct sm_server_id *server)
{
	struct seen *at = &seen[server->pid % SEEN];

	if (sm_server_id_cmp(&at->server, server) != 0) {
		at->server = *server;
		sm_process_text(server, at->text);
	}
	return at->text;
}

/* A node that nobody knows has its number for a name. */
static void set_node(const struct sm_cluster *cluster, uint64_t vnn,
		     struct sm_row *row, char number[24])
{
	const char *name = sm_cluster_name(cluster, vnn);

	row->have |= SMBMGMT_FIELD_NODE_NUMBER;
	row->node_number = (uint32_t)vnn;
	snprintf(number, 24, "%u", row->node_number);
	set_text(row, SMBMGMT_FIELD_NODE, name != NULL ? name : number);
	set_text(row, SM_FIELD_NODE_ADDRESS, sm_cluster_address(cluster, vnn));
}

static void set_server(const struct sm_cluster *cluster,
		       const struct sm_smb_session *s, struct sm_row *row,
		       struct seen seen[SEEN], char node[24])
{
	if (!s->server.known)
		return;
	set_text(row, SM_FIELD_PROCESS, process_of(seen, &s->server));
	row->have |= SM_FIELD_UNIQUE;
	row->unique = unique_of(s);
	if (s->server.vnn != SM_VNN_NONE)
		set_node(cluster, s->server.vnn, row, node);
}

static void set_numbers(const struct sm_smbstatus *status,
			const struct sm_smb_session *s, int64_t now,
			struct sm_row *row)
{
	if (s->has_id) {
		row->have |= SMBMGMT_FIELD_ID;
		row->id = s->id;
	}
	if (s->has_uid) {
		row->have |= SMBMGMT_FIELD_UID;
		row->uid = s->uid;
	}
	if (s->has_gid) {
		row->have |= SMBMGMT_FIELD_GID;
		row->gid = s->gid;
	}
	row->have |= SMBMGMT_FIELD_IN_PROGRESS;
	row->in_progress = s->in_progress;
	if (s->created_at != 0) {
		row->have |= SMBMGMT_FIELD_SECONDS_EXISTS;
		row->exists = age_of(s->created_at, now);
	}
	if (s->auth_at != 0) {
		row->have |= SMBMGMT_FIELD_AUTH_TIME;
		row->auth_time = s->auth_at;
	}
	if (status->has_opens && s->server.known) {
		row->have |= SMBMGMT_FIELD_NUM_OPENS | SMBMGMT_FIELD_OPEN_FILES;
		row->num_opens = s->open_count + s->other_count;
	}
	if (status->has_trees && s->server.known)
		row->have |= SMBMGMT_FIELD_SHARES;
}

static int emit_shares(const struct sm_smbstatus *status,
		       const struct sm_smb_session *s,
		       const struct sm_sink *sink, struct sm_fail *fail)
{
	const struct sm_smb_tree *trees = status->trees + s->tree_first;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < s->tree_count; i++) {
		bool before = false;

		/* Few, so that looking back is cheap; many are cut. */
		for (size_t j = 0; j < i && !before; j++)
			before = strcmp(trees[i].share, trees[j].share) == 0;
		if (i == FILES_MAX)
			break;
		if (!before)
			ret = sink->share(sink->userdata, trees[i].share, fail);
	}
	return ret;
}

static int emit_file(const struct sm_smb_open *open, const struct sm_sink *sink,
		     size_t *bytes, struct sm_fail *fail)
{
	char path[2 * SM_JSON_TEXT / 4];
	const struct sm_smb_file *smb = open->file;
	struct sm_file file = {
		.path = path,
		.writes = open->writes,
		.opened_at = open->opened_at,
	};

	/* The root of a share is "." in it. */
	if (smb->folder == NULL)
		file.path = smb->name != NULL ? smb->name : "";
	else if (smb->name == NULL || strcmp(smb->name, ".") == 0)
		file.path = smb->folder;
	else if (snprintf(path, sizeof(path), "%s/%s", smb->folder,
			  smb->name) >= (int)sizeof(path))
		file.path = smb->name;
	*bytes += strlen(file.path) + 32;
	return sink->file(sink->userdata, &file, fail);
}

static int emit_files(const struct sm_smbstatus *status,
		      const struct sm_smb_session *s,
		      const struct sm_sink *sink, size_t *bytes,
		      struct sm_fail *fail)
{
	size_t count = s->open_count + s->other_count;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < count && i < FILES_MAX; i++) {
		size_t at = i < s->open_count
				    ? s->open_first + i
				    : s->other_first + (i - s->open_count);

		if (*bytes >= FILES_BYTES)
			break;
		ret = emit_file(&status->opens[at], sink, bytes, fail);
	}
	return ret;
}

int sm_samba_emit(const struct sm_cluster *cluster,
		  const struct sm_smbstatus *status, const struct sm_sink *sink,
		  struct sm_fail *fail)
{
	int64_t now = sm_clock_utc();
	struct seen seen[SEEN] = {{.text = ""}};
	size_t bytes = 0;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < status->session_count; i++) {
		const struct sm_smb_session *s = &status->sessions[i];
		struct sm_row row = {.have = 0};
		char node[24];

		set_numbers(status, s, now, &row);
		set_text(&row, SMBMGMT_FIELD_USER, s->user);
		set_text(&row, SMBMGMT_FIELD_GROUP, s->group);
		set_text(&row, SMBMGMT_FIELD_CLIENT, s->client);
		set_text(&row, SMBMGMT_FIELD_ADDRESS, s->address);
		set_text(&row, SMBMGMT_FIELD_DIALECT, s->dialect);
		set_crypto(s, &row);
		set_server(cluster, s, &row, seen, node);
		ret = sink->row(sink->userdata, &row, fail);
		if (ret == 0 && sink->share != NULL)
			ret = emit_shares(status, s, sink, fail);
		if (ret == 0 && sink->file != NULL)
			ret = emit_files(status, s, sink, &bytes, fail);
	}
	return ret;
}
