/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What came of a close (or of removing handles): one outcome per session,
 * and one table, here, from an outcome to its code.
 */
#ifndef SM_CORE_REPORT_H
#define SM_CORE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/types.h>

#include "core/error.h"
#include "core/plan.h"

/* What executing did to one item; all zero: nothing was tried. */
struct sm_result {
	bool tried;
	bool sent;
	int32_t outcome; /* SMBMGMT_OUTCOME_, if tried */
	int32_t code;	 /* what the report says: see sm_outcome_code() */
	smbmgmt_session *new_session;
	smbmgmt_error *cause;
	char message[200];
	struct sm_layout *layout; /* collateral was judged in it; or NULL */
	size_t unit;
};

/* @count of them, from malloc; NULL is accepted. */
void sm_results_free(struct sm_result *results, size_t count);

struct sm_outcome {
	int32_t outcome;
	int32_t code;
	bool sent;
	smbmgmt_session *session;
	smbmgmt_session *new_session;
	void *handle; /* of the owner, see handle_unref */
	char *message;
	smbmgmt_error *cause;
	struct sm_layout *layout;
	size_t unit;
};

/* What came of an evict on one server. */
struct sm_evicted {
	char *server;
	uint64_t closed;
	uint64_t came_back;
	uint64_t still_there;
	uint32_t rounds;
	int32_t code; /* 0: looked at, and nothing that matches is there */
	smbmgmt_error *error; /* why nobody knows; or NULL */
};

struct smbmgmt_report {
	struct sm_ref ref;
	struct sm_outcome *outcomes;
	size_t count;
	size_t size;
	struct sm_errors errors;
	smbmgmt_session **left_out;
	size_t left_out_count;
	struct sm_evicted *servers; /* of an evict, from malloc */
	size_t server_count;
	int32_t code;
	size_t listings;
	void (*handle_unref)(void *handle);
};

int sm_report_new(smbmgmt_report **report, struct sm_fail *fail);
void sm_report_unref(smbmgmt_report *report);
/* Takes references of what @outcome points to; @message is copied. */
int sm_report_add(smbmgmt_report *report, const struct sm_outcome *outcome,
		  const char *message, struct sm_fail *fail);
/*
 * What the plan says, with what executing it did: @results has one entry an
 * item, or is NULL for what-if.  An item that was to be closed and was not
 * tried is CANCELLED.
 */
int sm_report_fill(smbmgmt_report *report, const smbmgmt_plan *plan,
		   const struct sm_result *results, struct sm_fail *fail);
/* The sessions that the plan leaves out. */
int sm_report_add_left_out(smbmgmt_report *report, const smbmgmt_plan *plan,
			   struct sm_fail *fail);
/* All of @part but its code and servers. */
int sm_report_append(smbmgmt_report *report, const smbmgmt_report *part,
		     struct sm_fail *fail);
/* Work the overall code out of outcomes and errors. */
void sm_report_finish(smbmgmt_report *report);

/*
 * The code of an outcome; @cause is the code of what went wrong, for those
 * that have one (FAILED, SENT).
 */
int32_t sm_outcome_code(int32_t outcome, int32_t cause);

#endif /* SM_CORE_REPORT_H */
