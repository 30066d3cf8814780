/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PDUs over the open pipe.  libsmbclient repeats a read until it has all the
 * bytes that it was asked for, so a read of more than what the server has
 * sent never ends well; and a server whose pipe keeps messages apart says of
 * each read of a part that there is more, which libsmbclient takes for an
 * error.  The former is avoided here, the latter can only be reported.
 */
#include <errno.h>
#include <sys/types.h>

#include "transport/srvsvc/smbclient_carrier.h"

static int broken(struct sm_carrier_conn *conn, int number, bool first_read,
		  struct sm_fail *fail)
{
	conn->dead = true;
	return sm_smbclient_call_failed(&conn->heard, number, first_read,
					sm_carrier_connected(conn->port), fail);
}

int sm_smbclient_write(struct sm_carrier_conn *conn, const uint8_t *bytes,
		       size_t len, struct sm_fail *fail)
{
	ssize_t n = 0;

	sm_smbclient_forget(conn);
	errno = 0;
	n = smbc_getFunctionWrite(conn->context)(conn->context, conn->pipe,
						 bytes, len);
	if (n < 0 || (size_t)n != len)
		return broken(conn, n < 0 ? errno : EPIPE, false, fail);
	return 0;
}

static int read_exactly(struct sm_carrier_conn *conn, uint8_t *bytes,
			size_t len, struct sm_fail *fail)
{
	ssize_t n = 0;

	sm_smbclient_forget(conn);
	errno = 0;
	n = smbc_getFunctionRead(conn->context)(conn->context, conn->pipe,
						bytes, len);
	if (n < 0 || (size_t)n != len)
		return broken(conn, n < 0 ? errno : EPIPE, !conn->has_read,
			      fail);
	conn->has_read = true;
	return 0;
}

int sm_smbclient_read(struct sm_carrier_conn *conn, size_t first,
		      uint8_t pdu[SM_RPC_FRAGMENT], size_t *len,
		      struct sm_fail *fail)
{
	struct sm_rpc_header header;
	int ret = read_exactly(conn, pdu, first, fail);

	if (ret == 0) {
		ret = sm_rpc_get_header(pdu, &header, fail);
		if (ret == 0 && header.length < first)
			ret = sm_fail(fail, SMBMGMT_E_PROTOCOL,
				      "The server's answer of %u bytes is too "
				      "short for this call.",
				      header.length);
		if (ret != 0)
			conn->dead = true;
	}
	if (ret == 0 && header.length > first)
		ret = read_exactly(conn, pdu + first, header.length - first,
				   fail);
	if (ret == 0)
		*len = header.length;
	return ret;
}
