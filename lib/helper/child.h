/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SM_HELPER_CHILD_H
#define SM_HELPER_CHILD_H

#include "helper/modules.h"

/*
 * Be the process of one connection: serve requests on SM_HELPER_SOCKET until
 * the library closes it.  Does not return.
 */
_Noreturn void sm_child_run(const struct sm_module *module);

#endif /* SM_HELPER_CHILD_H */
