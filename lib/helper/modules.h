/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transport of a connection, and modules for it from the helper's own
 * folder.  A module is linked into the fork server when it is first asked
 * for, and initialised by nobody but the child that uses it: linking is where
 * the time goes, and what Samba's libraries initialise does not survive a
 * fork.
 */
#ifndef SM_HELPER_MODULES_H
#define SM_HELPER_MODULES_H

#include "transport/srvsvc/carrier.h"
#include "transport/transport.h"
#include "util/fail.h"

struct sm_module {
	const struct sm_transport *transport;
	const struct sm_carrier *carrier; /* of srvsvc, else NULL */
};

/*
 * @name is that of a carrier of srvsvc, "auto" for the first that can be
 * loaded of those in order of what they can promise, or an SM_HELPER_ name.
 * NOT_SUPPORTED: no such module was built or installed.
 */
int sm_module_load(const char *name, struct sm_module *module,
		   struct sm_fail *fail);

#endif /* SM_HELPER_MODULES_H */
