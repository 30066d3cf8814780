/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samba's headers, which do not include all that they need. */
#ifndef SM_DCERPC_SAMBA_H
#define SM_DCERPC_SAMBA_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <talloc.h>
#include <tevent.h>

#include <core/ntstatus.h>

#include <core/werror.h>

#include <core/hresult.h>

#include <credentials.h>
#include <dcerpc.h>
#include <param.h>

#endif /* SM_DCERPC_SAMBA_H */
