/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a run met, as a set of facts, and the one place that makes an exit
 * status of them.  Facts of several calls or shell commands are ORed, so the
 * worst of them decides.
 */
#ifndef TOOLS_EXITCODE_H
#define TOOLS_EXITCODE_H

#include <smbmgmt/smbmgmt.h>

#define FACT_USAGE 1u	  /* usage, empty filter, consent missing */
#define FACT_FAILED 2u	  /* something did not work, or nobody knows */
#define FACT_REFUSED 4u	  /* declined, or refused by a safety rule */
#define FACT_NOT_FOUND 8u /* a value that matched nothing */

/* The exit status: the first of 2, 1, 4, 3 whose fact is there, else 0. */
int exit_status(unsigned facts);

/* The fact that the code of a single call is. */
unsigned exit_facts_code(int32_t code);

/* The facts of an outcome of a report. */
unsigned exit_facts_outcome(int32_t outcome, int32_t code);

/* The facts of listing, of finding handles, and of closing or removing. */
unsigned exit_facts_sessions(int32_t code, const smbmgmt_session_list *list);
unsigned exit_facts_handles(int32_t code, const smbmgmt_handle_list *list);
unsigned exit_facts_report(int32_t code, const smbmgmt_report *report);

/* The facts of an evict: what counts is what is there in the end. */
unsigned exit_facts_evict(int32_t code, const smbmgmt_report *report);

#endif /* TOOLS_EXITCODE_H */
