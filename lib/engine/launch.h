/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_ENGINE_LAUNCH_H
#define SM_ENGINE_LAUNCH_H

#include "util/fail.h"

/*
 * Start smbmgmt-helper so that no wait() of the host's, on no thread, ever
 * meets it: it becomes a grandchild whose parent is gone, and the process
 * between is one that wait(-1) does not see.  (A host that is pid 1, or a
 * subreaper, inherits the fork server.)
 *
 * It gets @sock as descriptor 3 and a pidfd of this process as 4, @log as
 * standard output and error, an empty environment, no terminal, default
 * signals; nothing else.  The descriptors stay the caller's.  If it cannot be
 * run, an EXITED frame with errno comes on the socket instead of a HELLO.
 */
int sm_launch(const char *path, int sock, int log, struct sm_fail *fail);

#endif /* SM_ENGINE_LAUNCH_H */
