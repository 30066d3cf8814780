/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whose trees and opens they are. */
#include <stdlib.h>

#include "wire/smbstatus/smbstatus.h"

static int cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int sm_server_id_cmp(const struct sm_server_id *a, const struct sm_server_id *b)
{
	int cmp = cmp_u64(a->known, b->known);

	if (cmp == 0)
		cmp = cmp_u64(a->vnn, b->vnn);
	if (cmp == 0)
		cmp = cmp_u64(a->pid, b->pid);
	if (cmp == 0)
		cmp = cmp_u64(a->task, b->task);
	return cmp != 0 ? cmp : cmp_u64(a->unique, b->unique);
}

/* A session by what its opens name. */
static int cmp_user(const void *a, const void *b)
{
	const struct sm_smb_session *x = *(struct sm_smb_session *const *)a;
	const struct sm_smb_session *y = *(struct sm_smb_session *const *)b;
	int cmp = sm_server_id_cmp(&x->server, &y->server);

	if (cmp == 0)
		cmp = cmp_u64(x->has_uid, y->has_uid);
	return cmp != 0 ? cmp : cmp_u64(x->uid, y->uid);
}

static int cmp_open_session(const void *key, const void *element)
{
	const struct sm_smb_open *open = key;
	const struct sm_smb_session *s =
		*(struct sm_smb_session *const *)element;
	int cmp = sm_server_id_cmp(&open->server, &s->server);

	if (cmp == 0)
		cmp = cmp_u64(open->has_uid, s->has_uid);
	return cmp != 0 ? cmp : cmp_u64(open->uid, s->uid);
}

static int cmp_open(const void *a, const void *b)
{
	const struct sm_smb_open *x = a;
	const struct sm_smb_open *y = b;
	int cmp = sm_server_id_cmp(&x->server, &y->server);

	if (cmp == 0)
		cmp = cmp_u64(x->nobodys, y->nobodys);
	if (cmp == 0 && !x->nobodys)
		cmp = cmp_u64(x->uid, y->uid);
	if (cmp == 0)
		cmp = (x->opened_at > y->opened_at) -
		      (x->opened_at < y->opened_at);
	return cmp;
}

static int cmp_tree(const void *a, const void *b)
{
	const struct sm_smb_tree *x = a;
	const struct sm_smb_tree *y = b;
	int cmp = cmp_u64(x->session_id, y->session_id);

	return cmp != 0 ? cmp : sm_server_id_cmp(&x->server, &y->server);
}

/* Where in the sorted opens those begin that are not before @key. */
static size_t lower_open(const struct sm_smbstatus *status,
			 const struct sm_smb_open *key)
{
	size_t from = 0;
	size_t to = status->open_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (cmp_open(&status->opens[middle], key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void join_opens(const struct sm_smbstatus *status,
		       struct sm_smb_session *s)
{
	struct sm_smb_open key = {
		.server = s->server,
		.uid = s->uid,
		.opened_at = INT64_MIN,
	};

	if (s->has_uid) {
		s->open_first = lower_open(status, &key);
		key.opened_at = INT64_MAX;
		s->open_count = lower_open(status, &key) - s->open_first;
	}
	key.nobodys = true;
	key.opened_at = INT64_MIN;
	s->other_first = lower_open(status, &key);
	key.opened_at = INT64_MAX;
	s->other_count = lower_open(status, &key) - s->other_first;
}

static void join_trees(const struct sm_smbstatus *status,
		       struct sm_smb_session *s)
{
	struct sm_smb_tree key = {.session_id = s->id, .server = s->server};
	size_t from = 0;
	size_t to = status->tree_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (cmp_tree(&status->trees[middle], &key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	s->tree_first = from;
	while (from < status->tree_count &&
	       cmp_tree(&status->trees[from], &key) == 0)
		from++;
	s->tree_count = from - s->tree_first;
}

int sm_smbstatus_join(struct sm_smbstatus *status, struct sm_fail *fail)
{
	struct sm_smb_session **order = calloc(status->session_count + 1,
					       sizeof(struct sm_smb_session *));

	if (order == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < status->session_count; i++)
		order[i] = &status->sessions[i];
	qsort(order, status->session_count, sizeof(struct sm_smb_session *),
	      cmp_user);
	for (size_t i = 0; i < status->open_count; i++) {
		struct sm_smb_open *open = &status->opens[i];

		open->nobodys = !open->has_uid ||
				bsearch(open, order, status->session_count,
					sizeof(struct sm_smb_session *),
					cmp_open_session) == NULL;
	}
	free(order);
	if (status->open_count > 0)
		qsort(status->opens, status->open_count, sizeof(*status->opens),
		      cmp_open);
	if (status->tree_count > 0)
		qsort(status->trees, status->tree_count, sizeof(*status->trees),
		      cmp_tree);
	for (size_t i = 0; i < status->session_count; i++) {
		struct sm_smb_session *s = &status->sessions[i];

		/* What names no process may be anyone's. */
		if (s->server.known)
			join_opens(status, s);
		if (s->server.known && s->has_id)
			join_trees(status, s);
	}
	return 0;
}
