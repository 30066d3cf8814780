/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file plan.h
 * @brief The plan: what a close would do, to read and to decide about.
 */
#ifndef SMBMGMT_PLAN_H
#define SMBMGMT_PLAN_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name Collateral
 * Which collateral a close may cause.  Since 0.1.
 * @{
 */
#define SMBMGMT_COLLATERAL_NONE 0     /**< None, the default. */
#define SMBMGMT_COLLATERAL_POSSIBLE 1 /**< What may end, not what will. */
#define SMBMGMT_COLLATERAL_ALL 2      /**< What will end, too. */
/** @} */

/**
 * @name Grades of collateral
 * How sure it is that a session ends although nobody selected it.  Since 0.1.
 * @{
 */
#define SMBMGMT_GRADE_CERTAIN 0	 /**< It will end. */
#define SMBMGMT_GRADE_POSSIBLE 1 /**< It may end. */
/** @} */

/**
 * @name Decisions
 * What is decided about an item of a plan.  Since 0.1.
 * @{
 */
/** Would be closed; needs consent. */
#define SMBMGMT_DECISION_OPEN 0
/** Consented with set_decision. */
#define SMBMGMT_DECISION_YES 1
/** Declined with set_decision. */
#define SMBMGMT_DECISION_NO 2
/** A safety rule forbids it. */
#define SMBMGMT_DECISION_REFUSED 3
/** A value that matched nothing. */
#define SMBMGMT_DECISION_NOT_FOUND 4
/** @} */

/**
 * Make a policy that allows no collateral and refuses the own session.
 * @p policy is the caller's to drop with smbmgmt_policy_unref().  Errors:
 * INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_policy_new(smbmgmt_policy **policy,
				       smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_policy *smbmgmt_policy_ref(smbmgmt_policy *policy);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_policy_unref(smbmgmt_policy *policy);
/**
 * 1: the session that carries the handle may be closed too; 0 is the default.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_policy_set_include_own(smbmgmt_policy *policy,
						   int32_t include_own,
						   smbmgmt_error **err);
/**
 * Allow what @p allow says, an SMBMGMT_COLLATERAL_ value.  Errors: INVALID (no
 * such value).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_policy_set_allow_collateral(smbmgmt_policy *policy,
							int32_t allow,
							smbmgmt_error **err);
/**
 * Let one step on a server take @p milliseconds while planning; 0, the default,
 * is the handle's own deadline.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_policy_set_deadline(smbmgmt_policy *policy,
						uint32_t milliseconds,
						smbmgmt_error **err);
/**
 * How many servers are looked at at once while planning; 0, the default, lets
 * the library choose.  Errors: INVALID (negative).  Mirrors -ThrottleLimit.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_policy_set_throttle(smbmgmt_policy *policy,
						int32_t throttle,
						smbmgmt_error **err);

/**
 * Look at @p n @p handles, NULL and 0 being this machine, and plan the close of
 * what @p filter matches; nothing is closed.  @p policy may be NULL for the
 * default.  @p plan is the caller's, is set on failure too and names each
 * server that failed; a plan with failed servers can be executed on the others.
 * Errors: as smbmgmt_list_sessions(); EMPTY_FILTER (an empty filter without
 * match-all).  Mirrors Close-SmbSession -WhatIf.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_close(smbmgmt_context *context,
				       smbmgmt_handle *const *handles,
				       uint32_t n, const smbmgmt_filter *filter,
				       const smbmgmt_policy *policy,
				       smbmgmt_plan **plan,
				       smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_plan *smbmgmt_plan_ref(smbmgmt_plan *plan);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_plan_unref(smbmgmt_plan *plan);
/**
 * How many items: selected sessions, then values not found; 0 for NULL.
 * Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_plan_count(const smbmgmt_plan *plan);
/**
 * The session of @p item, from 0; NULL for a value not found or a bad index;
 * borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session *smbmgmt_plan_session(const smbmgmt_plan *plan,
						  uint32_t item);
/**
 * The close unit that @p item is of; items with one number end together.
 * UINT32_MAX for a value not found or a bad index.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_plan_unit(const smbmgmt_plan *plan, uint32_t item);
/**
 * What is decided about @p item, an SMBMGMT_DECISION_ value; NOT_FOUND for a
 * bad index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_decision(const smbmgmt_plan *plan,
					  uint32_t item);
/**
 * 0, or why @p item will not be closed: SMBMGMT_E_REFUSED_OWN, _COLLATERAL or
 * _UNSAFE, DECLINED, NOT_FOUND; INVALID for a bad index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_code(const smbmgmt_plan *plan, uint32_t item);
/**
 * Why @p item will not be closed, in words, "" if it will be; borrowed.
 * Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_plan_reason(const smbmgmt_plan *plan,
					    uint32_t item);
/**
 * How many sessions that nobody selected end or may end with @p item.
 * Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_plan_collateral_count(const smbmgmt_plan *plan,
						   uint32_t item);
/**
 * The one at @p index from 0 of those of @p item, NULL for a bad index;
 * borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session *smbmgmt_plan_collateral(const smbmgmt_plan *plan,
						     uint32_t item,
						     uint32_t index);
/**
 * How sure it is that the session at @p index of those of @p item ends: an
 * SMBMGMT_GRADE_ value, or SMBMGMT_E_INVALID for a bad index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_collateral_grade(const smbmgmt_plan *plan,
						  uint32_t item,
						  uint32_t index);
/** How many server errors; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_plan_error_count(const smbmgmt_plan *plan);
/** The server error at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_plan_error(const smbmgmt_plan *plan,
					      uint32_t index);
/**
 * How many sessions match-all left out because they are, or may be, our own.
 * Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_plan_left_out_count(const smbmgmt_plan *plan);
/** The one of them at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *smbmgmt_plan_left_out(const smbmgmt_plan *plan,
						   uint32_t index);
/**
 * Make a @p decision about @p item; DECISION_YES is consent, DECISION_NO
 * declines its whole close unit, DECISION_OPEN takes either back.  Errors:
 * INVALID (a bad index or value, an item that is refused or was not found, a
 * plan that was executed).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_set_decision(smbmgmt_plan *plan, uint32_t item,
					      int32_t decision,
					      smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_PLAN_H */
