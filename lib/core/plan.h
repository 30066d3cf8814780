/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The plan: the layouts of all servers of a call, and an item for every
 * session that was selected and every value that was not found.  Pure: made
 * of tables, judged without a server.
 */
#ifndef SM_CORE_PLAN_H
#define SM_CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/types.h>

#include "core/error.h"
#include "core/layout.h"
#include "core/match.h"

struct sm_plan_server {
	struct sm_layout *layout; /* NULL: the server failed */
	smbmgmt_error *error;	  /* a reference, or NULL */
	uint32_t unit_base; /* added to unit numbers to make them global */
};

struct sm_item {
	smbmgmt_session *session; /* holds its table, or NULL: not found */
	uint32_t server;
	size_t row;	  /* in the server's layout */
	size_t unit;	  /* in the server's layout */
	bool in_layout;	  /* false: not found, or gone before we looked */
	int32_t decision; /* OPEN, YES or NO; what the caller decided */
	int32_t code;	  /* in_layout false: NOT_FOUND, GONE, INCOMPLETE, */
			  /* REFUSED_UNSAFE (it may be there, who knows) */
	char *reason;	  /* in_layout false: the sentence */
};

struct sm_items {
	struct sm_item *items;
	size_t count;
	size_t size;
};

struct smbmgmt_plan {
	struct sm_ref ref;
	struct sm_rules rules;
	struct sm_plan_server *servers;
	size_t server_count;
	struct sm_items items;
	struct sm_errors errors;
	smbmgmt_session **left_out;
	size_t left_out_count;
	size_t left_out_size;
	size_t listings; /* asked for while planning */
	bool executed;
	/* What the library above the core hangs on a plan. */
	void *owner;
	void (*owner_free)(void *owner);
};

int sm_plan_new(const struct sm_rules *rules, size_t servers,
		smbmgmt_plan **plan, struct sm_fail *fail);
void sm_plan_unref(smbmgmt_plan *plan);

/*
 * A server's listing; @table's reference stays the caller's.  EMPTY_FILTER:
 * @match is empty and not match-all.
 */
int sm_plan_add_listing(smbmgmt_plan *plan, size_t server,
			struct sm_table *table, struct sm_match *match,
			struct sm_fail *fail);
/* A server that failed. */
int sm_plan_add_failure(smbmgmt_plan *plan, size_t server,
			const struct sm_fail *why, const char *computer,
			struct sm_fail *fail);
/* All servers are in: name what was not found. */
int sm_plan_finish(smbmgmt_plan *plan, const struct sm_match *match,
		   struct sm_fail *fail);

/* The verdict and the decision together, an SMBMGMT_DECISION_. */
int32_t sm_plan_decision(const smbmgmt_plan *plan, const struct sm_item *item);
int32_t sm_plan_code(const smbmgmt_plan *plan, const struct sm_item *item);
const char *sm_plan_reason(const smbmgmt_plan *plan,
			   const struct sm_item *item);
/* The unit of an item in a layout, or NULL. */
struct sm_unit *sm_plan_unit(const smbmgmt_plan *plan,
			     const struct sm_item *item);

/*
 * Is there an item that still needs consent, i.e. is OPEN?  (One that was
 * refused needs none.)
 */
bool sm_plan_needs_consent(const smbmgmt_plan *plan);
/*
 * Turn decisions into declined units and judge again: what was declined never
 * ends as another unit's collateral.
 */
int sm_plan_settle(smbmgmt_plan *plan, struct sm_fail *fail);
/* Decide so about every item that is OPEN. */
void sm_plan_decide(smbmgmt_plan *plan, int32_t decision);
/* The first item of the unit that @item is in. */
size_t sm_plan_first_item(const smbmgmt_plan *plan, size_t item);

/* "Performing operation 'Close-Session' on Target '5'." */
void sm_plan_question(const struct sm_item *item, char *text, size_t size);

#endif /* SM_CORE_PLAN_H */
