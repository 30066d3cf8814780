/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Which level a server answers.  From the fullest down; a level that it does
 * not know leads to the next, a right that is missing to the levels that ask
 * for less.  What worked is asked first the next time.
 */
#include "transport/srvsvc/conn.h"

static const uint32_t ladder[] = {502, 2, 1, 10, 0};
#define LADDER_LEN (sizeof(ladder) / sizeof(ladder[0]))
/* Where the levels begin that some servers give to everyone. */
#define LADDER_OPEN 3

static bool is_unknown_level(uint32_t status)
{
	return status == SM_WERR_INVALID_LEVEL ||
	       status == SM_WERR_NOT_SUPPORTED;
}

static int refused(bool denied, uint32_t status, struct sm_fail *fail)
{
	if (denied)
		return sm_fail_native(
			fail, SMBMGMT_E_LIST_DENIED, SMBMGMT_NATIVE_WERROR,
			SM_WERR_ACCESS_DENIED,
			"This user may not list the server's sessions. Use "
			"one who may: Windows asks for Administrators or "
			"Server Operators (or a right in its "
			"SrvsvcSessionInfo), Samba for "
			"BUILTIN\\Administrators (net groupmap, or net sam "
			"addmem).");
	if (is_unknown_level(status))
		return sm_fail_native(fail, SMBMGMT_E_NOT_SUPPORTED,
				      SMBMGMT_NATIVE_WERROR, status,
				      "The server's srvsvc service does not "
				      "list sessions: it knows none of the "
				      "levels 502, 2, 1, 10 and 0.");
	return sm_fail_native(fail, SMBMGMT_E_SERVER, SMBMGMT_NATIVE_WERROR,
			      status,
			      "The server failed to list its sessions with "
			      "error %u; its own log may say why.",
			      status);
}

static int climb_down(struct sm_transport_conn *conn, struct sm_pages *pages,
		      struct sm_fail *fail)
{
	bool denied = false;
	uint32_t status = 0;
	size_t step = 0;

	while (step < LADDER_LEN) {
		int ret = sm_srvsvc_read_pages(conn, ladder[step], pages,
					       &status, fail);

		if (ret != 0)
			return ret;
		if (status == 0) {
			conn->has_level = true;
			conn->level = ladder[step];
			return 0;
		}
		if (status == SM_WERR_ACCESS_DENIED) {
			denied = true;
			step = step < LADDER_OPEN ? LADDER_OPEN : step + 1;
		} else if (is_unknown_level(status)) {
			step++;
		} else {
			return refused(false, status, fail);
		}
	}
	return refused(denied, status, fail);
}

int sm_srvsvc_read_best(struct sm_transport_conn *conn, struct sm_pages *pages,
			struct sm_fail *fail)
{
	uint32_t status = 0;
	int ret = 0;

	if (conn->has_level) {
		ret = sm_srvsvc_read_pages(conn, conn->level, pages, &status,
					   fail);
		if (ret != 0 || status == 0)
			return ret;
		if (status != SM_WERR_ACCESS_DENIED &&
		    !is_unknown_level(status))
			return refused(false, status, fail);
		conn->has_level = false;
	}
	return climb_down(conn, pages, fail);
}
