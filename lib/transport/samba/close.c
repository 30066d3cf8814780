/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Ending one smbd.  A pid may have become another's since it was listed, so
 * it is held by a pidfd before smbstatus is asked once more; what is named by
 * that afterwards is what was held all the time.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "transport/samba/conn.h"
#include "transport/samba/process.h"
#include "transport/samba/run.h"
#include "util/clock.h"
#include "util/step.h"

static int gone(struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_GONE,
		       "The smbd of this session is not there any more.");
}

/* Is there still a session of just this process? */
static int read_again(struct sm_transport_conn *conn,
		      const struct sm_server_id *server, int64_t deadline,
		      struct sm_fail *fail)
{
	struct sm_smbstatus status = {.sessions = NULL};
	bool found = false;
	int ret = 0;

	/* In a cluster smbstatus may lack it while it is there. */
	if (server->vnn != SM_VNN_NONE)
		return sm_cluster_lives(&conn->cluster, server, deadline, fail);
	ret = sm_samba_status(conn, true, deadline, &status, fail);
	for (size_t i = 0; ret == 0 && i < status.session_count; i++)
		found = found || sm_server_id_cmp(&status.sessions[i].server,
						  server) == 0;
	sm_smbstatus_free(&status);
	if (ret != 0)
		return ret;
	return found ? 0 : gone(fail);
}

static bool has_ended(int pidfd)
{
	struct pollfd fd = {.fd = pidfd, .events = POLLIN};

	return poll(&fd, 1, 0) > 0;
}

/*
 * An smbd that no smbd has made is the server itself, which serves a
 * connection in its own process when it is being debugged.
 */
static int check_parent(pid_t pid, struct sm_fail *fail)
{
	if (sm_process_is_smbd(sm_process_parent(pid)))
		return 0;
	return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
		       "The process %d, which carries this session, was not "
		       "made by an smbd: it may be the server itself, and "
		       "ending it may end all of Samba. Nothing was sent.",
		       (int)pid);
}

static int end_here(struct sm_transport_conn *conn,
		    const struct sm_server_id *server, uint64_t start,
		    int64_t deadline, struct sm_fail *fail)
{
	pid_t pid = (pid_t)server->pid;
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int ret = 0;

	if (pidfd < 0 && errno == ESRCH)
		return gone(fail);
	if (pidfd < 0)
		return sm_fail_errno(fail, errno,
				     "The process of the session cannot be "
				     "held");
	if (!sm_process_is_smbd(pid) ||
	    (server->vnn == SM_VNN_NONE && sm_process_start(pid) != start))
		ret = gone(fail);
	if (ret == 0)
		ret = read_again(conn, server, deadline, fail);
	if (ret == 0)
		ret = check_parent(pid, fail);
	/* All of this was said of what was held, if that is still there. */
	if (ret == 0 && has_ended(pidfd))
		ret = gone(fail);
	/* As smbcontrol's shutdown does, smbd ends cleanly on this. */
	if (ret == 0 &&
	    syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0) != 0)
		ret = errno == ESRCH ? gone(fail)
				     : sm_fail_errno(fail, errno,
						     "The session's smbd "
						     "cannot be ended");
	close(pidfd);
	return ret;
}

/*
 * smbcontrol does not look at unique ids, and ctdb has just now: the window is
 * from its answer to the message.
 */
static int end_elsewhere(struct sm_transport_conn *conn,
			 const struct sm_server_id *server, int64_t deadline,
			 struct sm_fail *fail)
{
	char where[48];
	char *argv[7] = {conn->smbcontrol};
	struct sm_run run;
	uint8_t said[256];
	size_t len = 1;
	size_t n = 1;
	int ret = 0;

	snprintf(where, sizeof(where), "%" PRIu64 ":%" PRIu64, server->vnn,
		 server->pid);
	if (conn->smb_conf != NULL) {
		argv[n++] = (char *)"-s";
		argv[n++] = conn->smb_conf;
	}
	argv[n++] = where;
	argv[n++] = (char *)"shutdown";
	ret = sm_run_start(&run, "smbcontrol", argv, deadline, fail);
	if (ret != 0)
		return ret;
	while (ret == 0 && len > 0)
		ret = sm_run_read(&run, said, sizeof(said), &len, fail);
	if (ret == 0)
		ret = sm_run_wait(&run, fail);
	sm_run_end(&run);
	return ret;
}

int sm_samba_close(struct sm_transport_conn *conn, const struct sm_close *close,
		   struct sm_fail *fail)
{
	int64_t deadline = sm_step_deadline(sm_clock_now(), close->deadline);
	struct sm_server_id server;
	uint64_t start = 0;
	bool here = true;
	int ret = 0;

	if (close->unit != SM_UNIT_PROCESS || close->process == NULL ||
	    !sm_process_parse(close->process, &server, &start))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "This session names no process of Samba's.");
	if (server.vnn != SM_VNN_NONE)
		ret = sm_cluster_check(&conn->cluster, &server, deadline, &here,
				       fail);
	if (ret != 0)
		return ret;
	return here ? end_here(conn, &server, start, deadline, fail)
		    : end_elsewhere(conn, &server, deadline, fail);
}
