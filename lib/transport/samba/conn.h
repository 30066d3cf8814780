/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the parts of this transport share. */
#ifndef SM_SAMBA_CONN_H
#define SM_SAMBA_CONN_H

#include <limits.h>

#include "transport/samba/cluster.h"
#include "transport/transport.h"
#include "wire/smbstatus/smbstatus.h"

struct sm_transport_conn {
	char smbstatus[PATH_MAX];
	char smbcontrol[PATH_MAX];
	char *smb_conf; /* NULL: Samba's own default */
	struct sm_cluster cluster;
	struct sm_json json; /* at work */
};

/*
 * Run smbstatus and read what it prints, joined.  @status is freed by the
 * caller in any case.  @brief: sessions only, for a look at their processes.
 */
int sm_samba_status(struct sm_transport_conn *conn, bool brief,
		    int64_t deadline, struct sm_smbstatus *status,
		    struct sm_fail *fail);

/*
 * The same for a listing: of a cluster it is made until it can be believed, or
 * there is no more time.  Fills in whether it is incomplete, and why.
 */
int sm_samba_listing(struct sm_transport_conn *conn, int64_t deadline,
		     struct sm_smbstatus *status, struct sm_listing *listing,
		     struct sm_fail *fail);

/* To the sink, with all that belongs to them. */
int sm_samba_emit(const struct sm_cluster *cluster,
		  const struct sm_smbstatus *status, const struct sm_sink *sink,
		  struct sm_fail *fail);
/* The fields that this Samba supplies. */
uint64_t sm_samba_fields(const struct sm_cluster *cluster,
			 const struct sm_smbstatus *status);

int sm_samba_close(struct sm_transport_conn *conn, const struct sm_close *close,
		   struct sm_fail *fail);

#endif /* SM_SAMBA_CONN_H */
