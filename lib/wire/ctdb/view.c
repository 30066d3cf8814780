/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a view of a cluster says of a listing. */
#include <string.h>

#include "wire/ctdb/ctdb.h"

const struct sm_ctdb_node *sm_ctdb_node(const struct sm_ctdb_view *view,
					uint32_t number)
{
	for (size_t i = 0; i < view->count; i++) {
		if (view->nodes[i].number == number)
			return &view->nodes[i];
	}
	return NULL;
}

const char *sm_ctdb_flag_name(uint32_t flags)
{
	if ((flags & SM_CTDB_DISCONNECTED) != 0)
		return "disconnected";
	if ((flags & SM_CTDB_UNKNOWN) != 0)
		return "in an unknown state";
	if ((flags & SM_CTDB_BANNED) != 0)
		return "banned";
	if ((flags & SM_CTDB_STOPPED) != 0)
		return "stopped";
	return flags != 0 ? "inactive" : "in order";
}

bool sm_ctdb_needs_status(const struct sm_ctdb_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		if ((view->nodes[i].flags & SM_CTDB_DOWN) != 0)
			return true;
	}
	return false;
}

/* Connected, and taking no part: it may serve clients whom nobody lists. */
static const struct sm_ctdb_node *find_outcast(const struct sm_ctdb_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		if (view->nodes[i].flags != 0 &&
		    (view->nodes[i].flags & SM_CTDB_DOWN) == 0)
			return &view->nodes[i];
	}
	return NULL;
}

/* Down, and its records still waited for. */
static const struct sm_ctdb_node *find_leaving(const struct sm_ctdb_view *view)
{
	for (size_t i = 0; i < view->master_count; i++) {
		const struct sm_ctdb_node *node =
			sm_ctdb_node(view, view->masters[i]);

		if (node != NULL && (node->flags & SM_CTDB_DOWN) != 0)
			return node;
	}
	return NULL;
}

static bool is_recovering(const struct sm_ctdb_view *view)
{
	/* The end less the beginning, and the old end is before that. */
	return view->busy || view->took[0] == '-' ||
	       (sm_ctdb_needs_status(view) && !view->normal);
}

enum sm_ctdb_state sm_ctdb_judge(const struct sm_ctdb_view *view,
				 struct sm_fail *fail)
{
	const struct sm_ctdb_node *node = find_outcast(view);

	if (node != NULL) {
		sm_fail(fail, SMBMGMT_E_INCOMPLETE,
			"Node %u (%s) is %s: its smbds may serve clients that "
			"no listing has.",
			node->number, node->address,
			sm_ctdb_flag_name(node->flags));
		return SM_CTDB_PART;
	}
	if (is_recovering(view)) {
		sm_fail(fail, SMBMGMT_E_INCOMPLETE,
			"The cluster is in recovery: for as long a listing "
			"may lack live sessions.");
		return SM_CTDB_MOVING;
	}
	node = find_leaving(view);
	if (node != NULL) {
		sm_fail(fail, SMBMGMT_E_INCOMPLETE,
			"Node %u (%s) is %s and not yet out of the cluster: "
			"until then a listing may lack live sessions.",
			node->number, node->address,
			sm_ctdb_flag_name(node->flags));
		return SM_CTDB_MOVING;
	}
	return SM_CTDB_WHOLE;
}

bool sm_ctdb_same(const struct sm_ctdb_view *a, const struct sm_ctdb_view *b)
{
	if (a->count != b->count || a->self != b->self || a->busy != b->busy ||
	    a->normal != b->normal || a->master_count != b->master_count ||
	    strcmp(a->ended, b->ended) != 0 || strcmp(a->took, b->took) != 0 ||
	    strcmp(a->generation, b->generation) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->nodes[i].number != b->nodes[i].number ||
		    a->nodes[i].flags != b->nodes[i].flags ||
		    strcmp(a->nodes[i].address, b->nodes[i].address) != 0)
			return false;
	}
	return memcmp(a->masters, b->masters,
		      a->master_count * sizeof(a->masters[0])) == 0;
}
