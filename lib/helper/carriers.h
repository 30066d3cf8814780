/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carrier modules, from the helper's own folder.  A module is linked into
 * the fork server when it is first asked for, and initialised by nobody but
 * the child that uses it: linking is where the time goes, and what Samba's
 * libraries initialise does not survive a fork.
 */
#ifndef SM_HELPER_CARRIERS_H
#define SM_HELPER_CARRIERS_H

#include "transport/srvsvc/carrier.h"
#include "util/fail.h"

/*
 * "auto": the first that can be loaded of those in order of what they can
 * promise.  NOT_SUPPORTED: no such module was built or installed.
 */
int sm_carrier_load(const char *name, const struct sm_carrier **carrier,
		    struct sm_fail *fail);

#endif /* SM_HELPER_CARRIERS_H */
