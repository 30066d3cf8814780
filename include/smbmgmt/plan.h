/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file plan.h
 * @brief The plan: what a close would do, to read and to decide about.
 */
#ifndef SMBMGMT_PLAN_H
#define SMBMGMT_PLAN_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/* Which collateral a close may cause. */
#define SMBMGMT_COLLATERAL_NONE 0     /* none, the default */
#define SMBMGMT_COLLATERAL_POSSIBLE 1 /* what may end, not what will */
#define SMBMGMT_COLLATERAL_ALL 2      /* what will end, too */

/* How sure it is that a session ends although nobody selected it. */
#define SMBMGMT_GRADE_CERTAIN 0
#define SMBMGMT_GRADE_POSSIBLE 1

/* What is decided about an item. */
#define SMBMGMT_DECISION_OPEN 0	     /* would be closed; needs consent */
#define SMBMGMT_DECISION_YES 1	     /* consented with set_decision */
#define SMBMGMT_DECISION_NO 2	     /* declined with set_decision */
#define SMBMGMT_DECISION_REFUSED 3   /* a safety rule forbids it */
#define SMBMGMT_DECISION_NOT_FOUND 4 /* a value that matched nothing */

/** No collateral, the own session refused.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_policy_new(smbmgmt_policy **policy,
				       smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_policy *smbmgmt_policy_ref(smbmgmt_policy *policy);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_policy_unref(smbmgmt_policy *policy);
/** 1: the session that carries the handle may be closed too.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_policy_set_include_own(smbmgmt_policy *policy,
						   int32_t include_own,
						   smbmgmt_error **err);
/** An SMBMGMT_COLLATERAL_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_policy_set_allow_collateral(smbmgmt_policy *policy,
							int32_t allow,
							smbmgmt_error **err);
/** Milliseconds per server step while planning; 0 is the handle's own.
 * Since 0.1. */
SMBMGMT_API int32_t smbmgmt_policy_set_deadline(smbmgmt_policy *policy,
						uint32_t milliseconds,
						smbmgmt_error **err);

/**
 * Look at @p n servers and plan the close of what @p filter matches; nothing
 * is closed.  @p policy may be NULL.  The plan is set on failure too and
 * names each server that failed.  Returns as smbmgmt_list_sessions(), and
 * EMPTY_FILTER for an empty filter without match-all.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_close(smbmgmt_context *context,
				       smbmgmt_handle *const *handles,
				       uint32_t n, const smbmgmt_filter *filter,
				       const smbmgmt_policy *policy,
				       smbmgmt_plan **plan,
				       smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_plan *smbmgmt_plan_ref(smbmgmt_plan *plan);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_plan_unref(smbmgmt_plan *plan);
/** How many items: selected sessions, then values not found.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_plan_count(const smbmgmt_plan *plan);
/** The session of an item, NULL for a value not found; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *smbmgmt_plan_session(const smbmgmt_plan *plan,
						  uint32_t item);
/** The close unit: items with one number end together.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_plan_unit(const smbmgmt_plan *plan, uint32_t item);
/** An SMBMGMT_DECISION_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_plan_decision(const smbmgmt_plan *plan,
					  uint32_t item);
/** 0, or why it is refused: SMBMGMT_E_REFUSED_*, NOT_FOUND.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_plan_code(const smbmgmt_plan *plan, uint32_t item);
/** The reason in words, "" if none; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_plan_reason(const smbmgmt_plan *plan,
					    uint32_t item);
/** How many sessions nobody selected end or may end with it.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_plan_collateral_count(const smbmgmt_plan *plan,
						   uint32_t item);
/** One of them; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *smbmgmt_plan_collateral(const smbmgmt_plan *plan,
						     uint32_t item,
						     uint32_t index);
/** Its SMBMGMT_GRADE_ value, or -2 for a bad index.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_plan_collateral_grade(const smbmgmt_plan *plan,
						  uint32_t item,
						  uint32_t index);
/** How many notes and server errors.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_plan_error_count(const smbmgmt_plan *plan);
/** One server error; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_plan_error(const smbmgmt_plan *plan,
					      uint32_t index);
/** How many sessions match-all left out because they are our own.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_plan_left_out_count(const smbmgmt_plan *plan);
/** One of them; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *smbmgmt_plan_left_out(const smbmgmt_plan *plan,
						   uint32_t index);
/**
 * Decide about an item: DECISION_YES is consent, DECISION_NO declines its
 * whole close unit, DECISION_OPEN takes either back.  INVALID on an item that
 * is refused or was not found.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_set_decision(smbmgmt_plan *plan, uint32_t item,
					      int32_t decision,
					      smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_PLAN_H */
