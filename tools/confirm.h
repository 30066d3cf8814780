/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The questions before something is closed or removed, in PowerShell's words.
 */
#ifndef TOOLS_CONFIRM_H
#define TOOLS_CONFIRM_H

#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>

/*
 * About a handle, as an smbmgmt_confirm_fn; userdata is an int, the terminal's
 * descriptor.
 */
int32_t confirm_ask(const smbmgmt_question *question, void *userdata);

/*
 * About each close unit of a plan that is not decided about.  All questions are
 * asked before anything is sent: a later no may protect what an earlier yes
 * would have ended.  *aborted: nothing must be sent.
 */
int32_t confirm_plan(smbmgmt_plan *plan, int tty, bool *aborted,
		     smbmgmt_error **error);

/*
 * One question in these words for all of the plan, and for what comes: an
 * SMBMGMT_ANSWER_.
 */
int32_t confirm_all(smbmgmt_plan *plan, const char *text, int tty);

#endif /* TOOLS_CONFIRM_H */
