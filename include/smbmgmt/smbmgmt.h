/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file smbmgmt.h
 * @brief libsmbmgmt: see and end SMB sessions on any SMB file server.
 */
#ifndef SMBMGMT_H
#define SMBMGMT_H

#include <smbmgmt/close.h>
#include <smbmgmt/context.h>
#include <smbmgmt/credentials.h>
#include <smbmgmt/error.h>
#include <smbmgmt/evict.h>
#include <smbmgmt/filter.h>
#include <smbmgmt/handle.h>
#include <smbmgmt/job.h>
#include <smbmgmt/memory.h>
#include <smbmgmt/plan.h>
#include <smbmgmt/session.h>
#include <smbmgmt/types.h>
#include <smbmgmt/version.h>

#endif /* SMBMGMT_H */
