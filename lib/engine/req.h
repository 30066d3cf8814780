/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * tevent requests whose error is a struct sm_fail: a request's state holds
 * one, and its _recv hands it over.
 */
#ifndef SM_ENGINE_REQ_H
#define SM_ENGINE_REQ_H

#include <talloc.h>
#include <tevent.h>

#include "util/fail.h"

/* Finish @req with what is in @fail (its state's). */
static inline void sm_req_fail(struct tevent_req *req,
			       const struct sm_fail *fail)
{
	/* tevent takes 0 for success: a code is never 0 here. */
	tevent_req_error(req, (uint64_t)(-(int64_t)fail->code));
}

/* The end of every _recv: 0, or the code with @fail filled in. */
static inline int sm_req_recv(struct tevent_req *req,
			      const struct sm_fail *from, struct sm_fail *fail)
{
	enum tevent_req_state state = TEVENT_REQ_INIT;
	uint64_t error = 0;
	int ret = 0;

	if (tevent_req_is_error(req, &state, &error)) {
		if (state == TEVENT_REQ_NO_MEMORY) {
			ret = sm_fail_nomem(fail);
		} else {
			if (fail != NULL)
				*fail = *from;
			ret = from->code;
		}
	}
	tevent_req_received(req);
	return ret;
}

#endif /* SM_ENGINE_REQ_H */
