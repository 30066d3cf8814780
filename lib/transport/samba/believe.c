/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a cluster's smbstatus prints may lack live sessions, and it does not
 * know.  So the cluster is looked at before and after: a listing is complete
 * if it was at rest both times, and nothing happened in between.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "transport/samba/conn.h"
#include "util/clock.h"

/* smbstatus gives up waiting for a node after so long, and says nothing. */
#define TRAVERSE_TIME (20 * SM_SECOND)
#define PAUSE (200 * SM_MS)

struct attempt {
	struct sm_transport_conn *conn;
	int64_t deadline;
	struct sm_smbstatus *status; /* the last one that was read */
	bool has_status;
	bool complete;
	int64_t took; /* the last smbstatus */
	struct sm_fail why;
	struct sm_ctdb_view before;
	struct sm_ctdb_view after;
};

/* An older one is kept for as long as there is no newer. */
static int take_status(struct attempt *a, int64_t deadline,
		       struct sm_fail *fail)
{
	struct sm_smbstatus status = {.sessions = NULL};
	int64_t began = sm_clock_now();
	int ret = sm_samba_status(a->conn, false, deadline, &status, fail);

	a->took = sm_clock_now() - began;
	if (ret != 0) {
		sm_smbstatus_free(&status);
		return ret;
	}
	sm_smbstatus_free(a->status);
	*a->status = status;
	a->has_status = true;
	return 0;
}

/* After a look that found the cluster whole, and a listing. */
static void look_again(struct attempt *a)
{
	struct sm_cluster *cluster = &a->conn->cluster;
	enum sm_ctdb_state state = SM_CTDB_MOVING;

	if (sm_cluster_look(cluster, a->deadline, &a->after, &state, &a->why) !=
		    0 ||
	    state != SM_CTDB_WHOLE)
		return;
	if (!sm_ctdb_same(&a->before, &a->after))
		sm_fail(&a->why, SMBMGMT_E_INCOMPLETE,
			"The cluster changed while it was listed.");
	else if (a->took >= TRAVERSE_TIME)
		sm_fail(&a->why, SMBMGMT_E_INCOMPLETE,
			"smbstatus waited too long for a node.");
	else
		a->complete = true;
}

static void wait_a_little(void)
{
	struct timespec pause = {.tv_nsec = PAUSE};

	nanosleep(&pause, NULL);
}

/*
 * The listing that failed may be due to the cluster, which its error does not
 * say.
 */
static int explain(const struct attempt *a, bool looked, struct sm_fail *fail)
{
	struct sm_fail both = *fail;

	if (!looked)
		return fail->code;
	return sm_fail(fail, both.code, "%.180s (%.200s)", both.text,
		       a->why.text);
}

/*
 * How long smbstatus may take.  What takes longer is not believed, or made
 * without a look: then there is to be time for another one.
 */
static int64_t limit(const struct attempt *a, bool looked,
		     enum sm_ctdb_state state)
{
	int64_t now = sm_clock_now();
	int64_t at = now + TRAVERSE_TIME;

	if (!looked)
		return now + (a->deadline - now) / 2;
	return state == SM_CTDB_WHOLE && at < a->deadline ? at : a->deadline;
}

/* A listing, after a look that was good or not.  An error ends it all. */
static int list(struct attempt *a, bool looked, enum sm_ctdb_state state,
		struct sm_fail *fail)
{
	int64_t deadline = limit(a, looked, state);
	int ret = take_status(a, deadline, fail);

	if (ret == 0) {
		if (looked && state == SM_CTDB_WHOLE)
			look_again(a);
		return 0;
	}
	if (!a->has_status &&
	    (ret != SMBMGMT_E_TIMED_OUT || deadline == a->deadline))
		return explain(a, state != SM_CTDB_WHOLE, fail);
	a->why = *fail;
	return 0;
}

/* Is there time for another look and a listing like the last one? */
static bool has_time(const struct attempt *a)
{
	int64_t need = 2 * PAUSE + (a->has_status ? a->took : 0);

	return sm_clock_now() + need < a->deadline;
}

/* Try until it is complete, it cannot be, or there is no time. */
static int try_on(struct attempt *a, struct sm_fail *fail)
{
	int64_t began = sm_clock_now();
	int64_t half = began + (a->deadline - began) / 2;
	bool blindly = false;

	do {
		enum sm_ctdb_state state = SM_CTDB_MOVING;
		int answer = sm_cluster_look(&a->conn->cluster, a->deadline,
					     &a->before, &state, &a->why);
		bool looked = answer == 0 && state != SM_CTDB_MOVING;
		int ret = 0;

		if (looked)
			sm_cluster_keep(&a->conn->cluster, &a->before,
					a->deadline);
		/*
		 * Who hears nothing lists at once, for that may take its time;
		 * who sees a recovery has time to wait for its end.
		 */
		if (looked || (!blindly && !a->has_status &&
			       (answer != 0 || sm_clock_now() >= half))) {
			blindly = !looked;
			ret = list(a, looked, state, fail);
		}
		if (ret != 0 || a->complete ||
		    (looked && a->has_status && state == SM_CTDB_PART))
			return ret;
		wait_a_little();
	} while (has_time(a));
	if (a->has_status)
		return 0;
	return sm_fail(fail, SMBMGMT_E_TIMED_OUT,
		       "The cluster could not be listed in time. %s",
		       a->why.text);
}

/* Their smbds ended with their ctdbds: what is left of them is stale. */
static void drop_stale(const struct sm_cluster *cluster,
		       struct sm_smbstatus *status)
{
	size_t kept = 0;

	for (size_t i = 0; i < status->session_count; i++) {
		const struct sm_smb_session *s = &status->sessions[i];

		if (!s->server.known ||
		    !sm_cluster_is_down(cluster, s->server.vnn))
			status->sessions[kept++] = *s;
	}
	status->session_count = kept;
}

/* Into the log: a complete listing has no place for it. */
static void tell_of_down(const struct sm_ctdb_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct sm_ctdb_node *node = &view->nodes[i];

		if ((node->flags & SM_CTDB_DOWN) != 0)
			fprintf(stderr,
				"Node %u (%s) is %s and out of the cluster; "
				"its sessions ended with it.\n",
				node->number, node->address,
				sm_ctdb_flag_name(node->flags));
	}
}

static int believe(struct sm_transport_conn *conn, int64_t deadline,
		   struct sm_smbstatus *status, struct sm_listing *listing,
		   struct sm_fail *fail)
{
	struct attempt a = {
		.conn = conn, .deadline = deadline, .status = status};
	int ret = try_on(&a, fail);

	if (ret != 0)
		return ret;
	drop_stale(&conn->cluster, status);
	if (a.complete) {
		tell_of_down(&a.after);
		return 0;
	}
	listing->incomplete = true;
	snprintf(listing->why, sizeof(listing->why), "%.199s", a.why.text);
	sm_trim_tail(listing->why);
	return 0;
}

/* The sessions tell whether they are a cluster's, if there are any. */
static void ask_sessions(struct sm_cluster *cluster,
			 const struct sm_smbstatus *status)
{
	bool none = true;

	for (size_t i = 0; i < status->session_count; i++) {
		const struct sm_server_id *server = &status->sessions[i].server;

		if (server->known && server->vnn != SM_VNN_NONE) {
			cluster->known = cluster->member = true;
			return;
		}
		none = none && !server->known;
	}
	if (none || cluster->known)
		return;
	cluster->known = true;
	cluster->member = false;
}

int sm_samba_listing(struct sm_transport_conn *conn, int64_t deadline,
		     struct sm_smbstatus *status, struct sm_listing *listing,
		     struct sm_fail *fail)
{
	struct sm_cluster *cluster = &conn->cluster;
	int ret = 0;

	if (sm_cluster_is(cluster, deadline) && cluster->known &&
	    cluster->ctdb[0] != '\0')
		return believe(conn, deadline, status, listing, fail);
	ret = sm_samba_status(conn, false, deadline, status, fail);
	if (ret != 0)
		return ret;
	ask_sessions(cluster, status);
	if (!cluster->member)
		return 0;
	if (cluster->ctdb[0] != '\0') {
		sm_smbstatus_free(status);
		return believe(conn, deadline, status, listing, fail);
	}
	listing->incomplete = true;
	snprintf(
		listing->why, sizeof(listing->why),
		"This is a cluster, and there is no ctdb command in the folder "
		"of Samba's tools that could tell whether all nodes are "
		"listed.");
	return 0;
}
