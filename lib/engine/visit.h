/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One visit to a server: wait for the handle's turn, then list, or only see to
 * it that there is a connection.
 */
#ifndef SM_ENGINE_VISIT_H
#define SM_ENGINE_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/handle.h"

/* @list: false only connects. */
struct tevent_req *sm_visit_send(TALLOC_CTX *mem, struct sm_engine *engine,
				 struct smbmgmt_handle *handle, bool list,
				 const struct sm_ask *ask);
/* @table is the caller's reference; NULL if it only connected. */
int sm_visit_recv(struct tevent_req *req, struct sm_table **table,
		  struct sm_fail *fail);
/* Break off one that is in progress: it fails with SMBMGMT_E_CANCELLED. */
void sm_visit_cancel(struct tevent_req *req);
/* The failure that says so. */
void sm_visit_cancelled(struct sm_fail *why);

#endif /* SM_ENGINE_VISIT_H */
