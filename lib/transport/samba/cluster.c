/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/samba/cluster.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"

/* The most that one command may take; all of them are to be over sooner. */
#define ASK_TIME (4 * SM_SECOND)
/* This one waits for a word of the leader, and 5 s when there is none. */
#define STATUS_TIME (8 * SM_SECOND)
/* A name service that does not answer is not asked again at once. */
#define NAMES_TIME SM_SECOND
#define NAMES_AGAIN (60 * SM_SECOND)

/* The rest of the time is for smbstatus, which may yet answer. */
static int64_t sooner(int64_t deadline, int64_t time)
{
	int64_t now = sm_clock_now();
	int64_t share = (deadline - now) / 3;

	return now + (time < share ? time : share);
}

/* "Yes" or "No"; anything else is no answer. */
static bool ask_testparm(struct sm_cluster *cluster, int64_t deadline)
{
	char *argv[6] = {cluster->testparm, (char *)"-s", (char *)"-l",
			 (char *)"--parameter-name=clustering",
			 cluster->smb_conf};
	struct sm_answer *answer = &cluster->answer;
	struct sm_fail fail;

	if (sm_ask("testparm", argv, sooner(deadline, ASK_TIME), answer,
		   &fail) != 0 ||
	    answer->status != 0)
		return false;
	cluster->member = strcmp(answer->text, "Yes\n") == 0;
	return cluster->member || strcmp(answer->text, "No\n") == 0;
}

bool sm_cluster_is(struct sm_cluster *cluster, int64_t deadline)
{
	if (cluster->known)
		return cluster->member;
	if (cluster->testparm[0] != '\0')
		cluster->known = ask_testparm(cluster, deadline);
	/* Who has its command may be in one: then that is to be looked at. */
	if (!cluster->known)
		cluster->member = cluster->ctdb[0] != '\0';
	return cluster->member;
}

/* A command of ctdb's that prints something, whatever it exits with. */
static int ask_ctdb(struct sm_cluster *cluster, char *const argv[],
		    int64_t deadline, struct sm_fail *fail)
{
	struct sm_answer *answer = &cluster->answer;
	int ret = sm_ask("ctdb", argv, deadline, answer, fail);

	if (ret != 0)
		return ret;
	if (answer->len > 0)
		return 0;
	return sm_fail(fail, SMBMGMT_E_SERVER,
		       "ctdb failed with exit status %d, and said: %s",
		       answer->status,
		       answer->said[0] != '\0' ? answer->said : "nothing");
}

static int read_nodes(struct sm_cluster *cluster, int64_t deadline,
		      struct sm_ctdb_view *view, struct sm_fail *fail)
{
	char *argv[] = {cluster->ctdb, (char *)"-X", (char *)"nodestatus",
			(char *)"all", NULL};
	int ret = ask_ctdb(cluster, argv, sooner(deadline, ASK_TIME), fail);

	memset(view, 0, sizeof(*view));
	if (ret != 0)
		return ret;
	return sm_ctdb_read_nodes(cluster->answer.text, cluster->answer.len,
				  view, fail);
}

static int read_statistics(struct sm_cluster *cluster, int64_t deadline,
			   struct sm_ctdb_view *view, struct sm_fail *fail)
{
	char *argv[] = {cluster->ctdb, (char *)"-X", (char *)"statistics",
			NULL};
	int ret = ask_ctdb(cluster, argv, sooner(deadline, ASK_TIME), fail);

	if (ret != 0)
		return ret;
	return sm_ctdb_read_statistics(cluster->answer.text,
				       cluster->answer.len, view, fail);
}

static int read_uptime(struct sm_cluster *cluster, int64_t deadline,
		       struct sm_ctdb_view *view, struct sm_fail *fail)
{
	char *argv[] = {cluster->ctdb, (char *)"uptime", NULL};
	int ret = ask_ctdb(cluster, argv, sooner(deadline, ASK_TIME), fail);

	if (ret != 0)
		return ret;
	return sm_ctdb_read_uptime(cluster->answer.text, cluster->answer.len,
				   view, fail);
}

static int read_status(struct sm_cluster *cluster, int64_t deadline,
		       struct sm_ctdb_view *view, struct sm_fail *fail)
{
	char *argv[] = {cluster->ctdb, (char *)"status", NULL};
	int ret = ask_ctdb(cluster, argv, sooner(deadline, STATUS_TIME), fail);

	if (ret != 0)
		return ret;
	return sm_ctdb_read_status(cluster->answer.text, cluster->answer.len,
				   view, fail);
}

/* What it says on stderr is that somebody left while it was asking. */
static bool has_said(const struct sm_cluster *cluster,
		     enum sm_ctdb_state *state, struct sm_fail *fail)
{
	if (cluster->answer.said[0] == '\0')
		return false;
	*state = SM_CTDB_MOVING;
	sm_fail(fail, SMBMGMT_E_INCOMPLETE,
		"The cluster is not at rest; ctdb says: %s",
		cluster->answer.said);
	return true;
}

int sm_cluster_look(struct sm_cluster *cluster, int64_t deadline,
		    struct sm_ctdb_view *view, enum sm_ctdb_state *state,
		    struct sm_fail *fail)
{
	static int (*const steps[])(struct sm_cluster *, int64_t,
				    struct sm_ctdb_view *, struct sm_fail *) = {
		read_nodes, read_statistics, read_uptime, read_status};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int ret = 0;

		if (steps[i] == read_status && !sm_ctdb_needs_status(view))
			break;
		ret = steps[i](cluster, deadline, view, fail);
		if (ret != 0)
			return ret;
		if (has_said(cluster, state, fail))
			return 0;
	}
	*state = sm_ctdb_judge(view, fail);
	return 0;
}

static bool same_addresses(const struct sm_ctdb_view *a,
			   const struct sm_ctdb_view *b)
{
	for (size_t i = 0; i < a->count && a->count == b->count; i++) {
		if (strcmp(a->nodes[i].address, b->nodes[i].address) != 0)
			return false;
	}
	return a->count == b->count;
}

/* By another process: a name service may take longer than we have. */
static void find_names(struct sm_cluster *cluster, int64_t deadline)
{
	char *argv[SM_CTDB_NODES + 3] = {cluster->getent, (char *)"hosts"};
	struct sm_ctdb_view *view = &cluster->view;
	struct sm_answer *answer = &cluster->answer;
	struct sm_fail fail;

	memset(&cluster->names, 0, sizeof(cluster->names));
	cluster->named_at = sm_clock_now();
	if (cluster->getent[0] == '\0')
		return;
	for (size_t i = 0; i < view->count; i++)
		argv[2 + i] = view->nodes[i].address;
	/* It exits with 2 if one of them has no name. */
	if (sm_ask("getent", argv, sooner(deadline, NAMES_TIME), answer,
		   &fail) == 0)
		sm_ctdb_read_hosts(answer->text, answer->len, view,
				   &cluster->names);
}

void sm_cluster_keep(struct sm_cluster *cluster,
		     const struct sm_ctdb_view *view, int64_t deadline)
{
	bool fresh = cluster->named_at != 0 &&
		     sm_clock_now() - cluster->named_at < NAMES_AGAIN &&
		     same_addresses(view, &cluster->view);

	cluster->view = *view;
	if (!fresh)
		find_names(cluster, deadline);
}

const char *sm_cluster_address(const struct sm_cluster *cluster, uint64_t vnn)
{
	const struct sm_ctdb_node *node =
		sm_ctdb_node(&cluster->view, (uint32_t)vnn);

	return node == NULL ? NULL : node->address;
}

const char *sm_cluster_name(const struct sm_cluster *cluster, uint64_t vnn)
{
	const struct sm_ctdb_node *node =
		sm_ctdb_node(&cluster->view, (uint32_t)vnn);

	if (node == NULL)
		return NULL;
	if (cluster->names.name[node - cluster->view.nodes][0] == '\0')
		return node->address;
	return cluster->names.name[node - cluster->view.nodes];
}

bool sm_cluster_is_down(const struct sm_cluster *cluster, uint64_t vnn)
{
	const struct sm_ctdb_node *node =
		sm_ctdb_node(&cluster->view, (uint32_t)vnn);

	return node != NULL && (node->flags & SM_CTDB_DOWN) != 0;
}

/* No error that leaves open whether something was sent. */
static int cannot_tell(const struct sm_fail *why, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
		       "The cluster does not tell whether the session's smbd "
		       "lives; nothing was sent. %s",
		       why->text);
}

/* The unique id too, which smbcontrol does not look at. */
int sm_cluster_lives(struct sm_cluster *cluster,
		     const struct sm_server_id *server, int64_t deadline,
		     struct sm_fail *fail)
{
	char node[24];
	char pid[24];
	char unique[24];
	char *argv[] = {
		cluster->ctdb, (char *)"-n", node, (char *)"process-exists",
		pid,	       unique,	     NULL};
	const char *text = cluster->answer.text;
	struct sm_fail why = {.offset = -1};

	snprintf(node, sizeof(node), "%" PRIu64, server->vnn);
	snprintf(pid, sizeof(pid), "%" PRIu64, server->pid);
	snprintf(unique, sizeof(unique), "%" PRIu64, server->unique);
	if (ask_ctdb(cluster, argv, sooner(deadline, ASK_TIME), &why) != 0)
		return cannot_tell(&why, fail);
	if (cluster->answer.status == 0 && strstr(text, " exists") != NULL)
		return 0;
	if (cluster->answer.status == 1 &&
	    strstr(text, " does not exist") != NULL)
		return sm_fail(fail, SMBMGMT_E_GONE,
			       "The smbd of this session is not there any "
			       "more.");
	sm_fail(&why, SMBMGMT_E_PROTOCOL, "ctdb said: %.200s", text);
	return cannot_tell(&why, fail);
}

/* A node that takes no part keeps a message, and obeys when it is back. */
static int check_node(const struct sm_ctdb_node *node, struct sm_fail *fail)
{
	if (node->flags == 0)
		return 0;
	return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
		       "Node %u (%s) is %s: it would not end the session now, "
		       "and perhaps much later. Nothing was sent; see to the "
		       "node first.",
		       node->number, node->address,
		       sm_ctdb_flag_name(node->flags));
}

int sm_cluster_check(struct sm_cluster *cluster,
		     const struct sm_server_id *server, int64_t deadline,
		     bool *here, struct sm_fail *fail)
{
	struct sm_ctdb_view view;
	const struct sm_ctdb_node *node = NULL;
	struct sm_fail why = {.offset = -1};
	int ret = 0;

	if (cluster->ctdb[0] == '\0')
		return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
			       "This session is one of a cluster, and there is "
			       "no ctdb command in the folder of Samba's tools "
			       "to ask whether its smbd lives; nothing was "
			       "sent.");
	if (read_nodes(cluster, deadline, &view, &why) != 0)
		return cannot_tell(&why, fail);
	node = sm_ctdb_node(&view, (uint32_t)server->vnn);
	if (node == NULL)
		return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
			       "The cluster has no node %" PRIu64
			       " any more; "
			       "nothing was sent.",
			       server->vnn);
	*here = node->number == view.self;
	ret = check_node(node, fail);
	return ret != 0 ? ret
			: sm_cluster_lives(cluster, server, deadline, fail);
}
