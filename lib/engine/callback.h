/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Is this thread inside a callback of the host's?  Then it must not enter the
 * library again (SMBMGMT_E_REENTRANT).  Thread-local, so no lock.
 */
#ifndef SM_ENGINE_CALLBACK_H
#define SM_ENGINE_CALLBACK_H

#include <stdbool.h>

void sm_callback_enter(void);
void sm_callback_leave(void);
bool sm_callback_inside(void);

#endif /* SM_ENGINE_CALLBACK_H */
