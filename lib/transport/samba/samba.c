/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/samba/samba.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fields.h"
#include "transport/samba/conn.h"
#include "transport/samba/run.h"
#include "util/clock.h"
#include "util/step.h"

/* Where Samba is, as packages and its own build put it; never PATH. */
static const char *const usual_places[] = {
	"/usr/bin",	  "/usr/sbin", "/usr/local/bin", "/usr/local/samba/bin",
	"/opt/samba/bin",
};

static void disconnect(struct sm_transport_conn *conn)
{
	if (conn == NULL)
		return;
	free(conn->smb_conf);
	free(conn);
}

static bool tool_in(const char *folder, const char *tool, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/%s", folder, tool);

	return n > 0 && n < PATH_MAX && access(path, X_OK) == 0;
}

static int find_tool(const char *folder, const char *tool, char path[PATH_MAX],
		     struct sm_fail *fail)
{
	size_t count = sizeof(usual_places) / sizeof(usual_places[0]);

	if (folder != NULL && tool_in(folder, tool, path))
		return 0;
	for (size_t i = 0; folder == NULL && i < count; i++) {
		if (tool_in(usual_places[i], tool, path))
			return 0;
	}
	if (folder != NULL)
		return sm_fail(fail, SMBMGMT_E_NO_SERVICE,
			       "There is no %s in '%s'; give the folder that "
			       "Samba's tools are in.",
			       tool, folder);
	return sm_fail(fail, SMBMGMT_E_NO_SERVICE,
		       "There is no %s on this machine, so it has no Samba; "
		       "install it, give the folder of its tools, or name a "
		       "server.",
		       tool);
}

/* These need not be there: "". */
static void find_cluster_tools(const char *folder, struct sm_cluster *cluster)
{
	struct sm_fail fail;

	if (find_tool(folder, "ctdb", cluster->ctdb, &fail) != 0)
		cluster->ctdb[0] = '\0';
	if (find_tool(folder, "testparm", cluster->testparm, &fail) != 0)
		cluster->testparm[0] = '\0';
	/* This one is the system's, not Samba's. */
	if ((folder == NULL || !tool_in(folder, "getent", cluster->getent)) &&
	    find_tool(NULL, "getent", cluster->getent, &fail) != 0)
		cluster->getent[0] = '\0';
}

static int check_root(struct sm_fail *fail)
{
	if (getuid() == 0 && geteuid() == 0)
		return 0;
	return sm_fail(fail, SMBMGMT_E_ACCESS_DENIED,
		       "This machine's own Samba can be asked by root only; "
		       "run as root, or name the server to ask it over the "
		       "network.");
}

static int connect_local(const struct sm_target *target,
			 struct sm_transport_conn **conn, struct sm_fail *fail)
{
	struct sm_transport_conn *c = NULL;
	int ret = check_root(fail);

	if (ret != 0)
		return ret;
	/* Given one that it cannot read, smbstatus tells of no sessions. */
	if (target->smb_conf != NULL && access(target->smb_conf, R_OK) != 0)
		return sm_fail_errno(fail, errno,
				     "The configuration '%s' cannot be read",
				     target->smb_conf);
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return sm_fail_nomem(fail);
	ret = find_tool(target->samba_path, "smbstatus", c->smbstatus, fail);
	if (ret == 0)
		ret = find_tool(target->samba_path, "smbcontrol", c->smbcontrol,
				fail);
	if (ret == 0 && target->smb_conf != NULL) {
		c->smb_conf = strdup(target->smb_conf);
		if (c->smb_conf == NULL)
			ret = sm_fail_nomem(fail);
	}
	if (ret != 0) {
		disconnect(c);
		return ret;
	}
	find_cluster_tools(target->samba_path, &c->cluster);
	c->cluster.smb_conf = c->smb_conf;
	*conn = c;
	return 0;
}

/* Why it failed, in words of ours where they are known. */
static int explain(const struct sm_run *run, int ret, struct sm_fail *fail)
{
	if (ret != SMBMGMT_E_SERVER)
		return ret;
	if (strstr(run->said, "unknown option") != NULL)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "This Samba is too old: its smbstatus has no "
			       "--json, which came with Samba 4.17.");
	if (strstr(run->said, "JSON support not available") != NULL)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "This Samba was built without JSON; its "
			       "smbstatus cannot be read.");
	if (strstr(run->said, "only works as root") != NULL)
		return sm_fail(fail, SMBMGMT_E_ACCESS_DENIED,
			       "smbstatus says that it works as root only.");
	return ret;
}

/*
 * It exits with 0 and tells of nothing where it could not read its
 * configuration or a database: that is no empty list.
 */
static int check_whole(const struct sm_run *run,
		       const struct sm_smbstatus *status, bool brief,
		       struct sm_fail *fail)
{
	if (run->watched)
		return sm_fail(fail, SMBMGMT_E_SERVER,
			       "smbstatus could not load its configuration: "
			       "%s",
			       run->said);
	if (!status->has_sessions || (!brief && !status->has_trees))
		return sm_fail(fail, SMBMGMT_E_SERVER,
			       "smbstatus told of no list of sessions, not of "
			       "an empty one; it said: %s",
			       run->said_len > 0 ? run->said : "nothing");
	return 0;
}

int sm_samba_status(struct sm_transport_conn *conn, bool brief,
		    int64_t deadline, struct sm_smbstatus *status,
		    struct sm_fail *fail)
{
	char *argv[6] = {conn->smbstatus, (char *)"--json"};
	struct sm_fail why = {.offset = -1};
	struct sm_run run;
	size_t n = 2;
	int ret = 0;

	if (brief)
		argv[n++] = (char *)"--processes";
	if (conn->smb_conf != NULL) {
		argv[n++] = (char *)"-s";
		argv[n++] = conn->smb_conf;
	}
	ret = sm_run_start(&run, "smbstatus", argv, deadline, fail);
	if (ret != 0)
		return ret;
	run.watch = "Can't load ";
	sm_json_start(&conn->json, sm_run_read, &run);
	ret = sm_smbstatus_read(&conn->json, status, fail);
	/* A document may be cut short because its writer has failed. */
	if (ret == 0 || (ret == SMBMGMT_E_PROTOCOL && conn->json.ended)) {
		int ended = explain(&run, sm_run_wait(&run, &why), &why);

		if (ended != 0) {
			ret = ended;
			*fail = why;
		}
	}
	if (ret == 0)
		ret = check_whole(&run, status, brief, fail);
	sm_run_end(&run);
	return ret != 0 ? ret : sm_smbstatus_join(status, fail);
}

static int enumerate(struct sm_transport_conn *conn,
		     const struct sm_query *query, const struct sm_sink *sink,
		     struct sm_listing *listing, struct sm_fail *fail)
{
	struct sm_smbstatus status = {.sessions = NULL};
	int ret = 0;

	if (query->ask_instance)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "Samba knows no SMB instances; transports that "
			       "do: %s.",
			       sm_field_transports(SMBMGMT_FIELD_INSTANCE));
	memset(listing, 0, sizeof(*listing));
	ret = sm_samba_listing(
		conn, sm_step_deadline(sm_clock_now(), query->deadline),
		&status, listing, fail);
	if (ret == 0) {
		listing->fields = sm_samba_fields(&conn->cluster, &status);
		listing->unit = SM_UNIT_PROCESS;
		/* With winbind they do, and without there are none. */
		listing->caps = SM_CAP_DOMAINS;
		ret = sm_samba_emit(&conn->cluster, &status, sink, fail);
	}
	sm_smbstatus_free(&status);
	return ret;
}

const struct sm_transport sm_samba = {
	.size = sizeof(struct sm_transport),
	.name = "samba",
	.fields = SM_FIELDS_ALL &
		  ~(SMBMGMT_FIELD_SECONDS_IDLE | SMBMGMT_FIELD_SCOPE |
		    SMBMGMT_FIELD_INSTANCE | SMBMGMT_FIELD_TRANSPORT_NAME |
		    SMBMGMT_FIELD_CLIENT_TYPE),
	.caps = SM_CAP_DOMAINS,
	.connect = connect_local,
	.enumerate = enumerate,
	.close_unit = sm_samba_close,
	.disconnect = disconnect,
};
