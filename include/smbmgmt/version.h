/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file version.h
 * @brief The version of the headers and of the library.
 */
#ifndef SMBMGMT_VERSION_H
#define SMBMGMT_VERSION_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name Version of the headers
 * What a program was compiled with.  Since 0.1.
 * @{
 */
/** Goes up when what was there changes or goes. */
#define SMBMGMT_VERSION_MAJOR 0
/** Goes up when something is added. */
#define SMBMGMT_VERSION_MINOR 1
/** Goes up when nothing but faults changes. */
#define SMBMGMT_VERSION_PATCH 0
/** All three, as smbmgmt_version_number() has them. */
#define SMBMGMT_VERSION_NUMBER                                                 \
	(SMBMGMT_VERSION_MAJOR * 10000 + SMBMGMT_VERSION_MINOR * 100 +         \
	 SMBMGMT_VERSION_PATCH)
/** @} */

/**
 * The version of the library that runs, MAJOR * 10000 + MINOR * 100 + PATCH;
 * compare it with SMBMGMT_VERSION_NUMBER.  Cannot fail.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_version_number(void);

/** The same as text, "0.1.0"; static.  Cannot fail.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_version_text(void);

SMBMGMT_END

#endif /* SMBMGMT_VERSION_H */
