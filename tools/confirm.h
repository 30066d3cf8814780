/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The question before something is closed or removed, in PowerShell's words. */
#ifndef TOOLS_CONFIRM_H
#define TOOLS_CONFIRM_H

#include <smbmgmt/smbmgmt.h>

/* An smbmgmt_confirm_fn; userdata is an int, the terminal's descriptor. */
int32_t confirm_ask(const smbmgmt_question *question, void *userdata);

#endif /* TOOLS_CONFIRM_H */
