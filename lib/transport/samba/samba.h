/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * This machine's Samba, and the cluster that it is a part of: smbstatus says
 * what there is, and an smbd is ended with all its sessions, by its process
 * here and by smbcontrol elsewhere.  Needs root.
 */
#ifndef SM_SAMBA_H
#define SM_SAMBA_H

#include "transport/transport.h"

extern const struct sm_transport sm_samba;

#endif /* SM_SAMBA_H */
