/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SM_HELPER_CHILD_H
#define SM_HELPER_CHILD_H

#include "transport/srvsvc/carrier.h"

/*
 * Be the process of one connection: serve requests on SM_HELPER_SOCKET until
 * the library closes it.  Without a carrier it is one to this machine's Samba.
 * Does not return.
 */
_Noreturn void sm_child_run(const struct sm_carrier *carrier);

#endif /* SM_HELPER_CHILD_H */
