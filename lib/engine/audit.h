/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The audit: what is about to be sent, written down before it is, and what
 * came of it.  audit.c is where records go to, audit_record.c what is in them.
 */
#ifndef SM_ENGINE_AUDIT_H
#define SM_ENGINE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/context.h>

#include "core/filter.h"
#include "core/guid.h"
#include "core/layout.h"
#include "core/report.h"
#include "util/fail.h"

struct sm_audit;
struct sm_planned;

struct sm_audit *sm_audit_new(void);
void sm_audit_free(struct sm_audit *audit);
/* INVALID: @fd cannot be written to; SYSTEM.  -1: none any more. */
int sm_audit_set_fd(struct sm_audit *audit, int fd, struct sm_fail *fail);
void sm_audit_set(struct sm_audit *audit, smbmgmt_audit_fn fn, void *userdata,
		  smbmgmt_free_fn free_fn);
/* Does anybody want records? */
bool sm_audit_on(struct sm_audit *audit);
/*
 * One record, with its line feed.  It is on disk when this returns 0, if
 * @sync is set and the descriptor is of a file.  Waits @milliseconds at most
 * for a reader of a pipe.  SYSTEM, NOMEM: it was not written as a whole.
 */
int sm_audit_write(struct sm_audit *audit, const char *line, size_t len,
		   bool sync, int64_t milliseconds, struct sm_fail *fail);
/* Hand what was written to the callback; on a host's thread. */
void sm_audit_deliver(struct sm_audit *audit);

/* What all records of one plan have in common. */
struct sm_audit_plan {
	char id[SM_GUID_TEXT];
	char evict[SM_GUID_TEXT]; /* the evict that it is a round of, or "" */
	char *selector;		  /* JSON, from malloc */
};

int sm_audit_plan_init(struct sm_audit_plan *plan, const smbmgmt_filter *filter,
		       struct sm_fail *fail);
/* Of another plan of the same operation. */
int sm_audit_plan_copy(struct sm_audit_plan *plan,
		       const struct sm_audit_plan *first, struct sm_fail *fail);
/* Of a plan for a round of the evict that @first was made for. */
int sm_audit_plan_next(struct sm_audit_plan *plan,
		       const struct sm_audit_plan *first, struct sm_fail *fail);
void sm_audit_plan_clear(struct sm_audit_plan *plan);

/* An item of the plan that the unit holds, and its row there. */
struct sm_audit_item {
	size_t item;
	size_t row;
};

/*
 * @unit of @layout is about to be sent to server @server of @plan.  0: it may
 * be.  Whatever else: it may not.
 */
int sm_audit_intent(const smbmgmt_plan *plan, size_t server,
		    const struct sm_layout *layout, size_t unit,
		    const struct sm_audit_item *items, size_t count,
		    int64_t milliseconds, struct sm_fail *fail);
/*
 * What came of all items of a plan that was executed, in the order of the
 * report.  @forced: nobody was asked.  A record that cannot be written is an
 * error of the report.  NOMEM.
 */
int sm_audit_report(const smbmgmt_plan *plan, smbmgmt_report *report,
		    bool forced, struct sm_fail *fail);

#endif /* SM_ENGINE_AUDIT_H */
