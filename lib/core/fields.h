/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_CORE_FIELDS_H
#define SM_CORE_FIELDS_H

#include <stdint.h>

/*
 * Which of this build's transports can tell a field, for the sentence of
 * SMBMGMT_E_NOT_SUPPORTED.  Static.
 */
const char *sm_field_transports(uint64_t field);

#endif /* SM_CORE_FIELDS_H */
