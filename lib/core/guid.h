/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_CORE_GUID_H
#define SM_CORE_GUID_H

#include <stdbool.h>
#include <stdint.h>

#define SM_GUID_TEXT 37 /* 36 characters and NUL */

/* Bytes in the order of the text. */
struct sm_guid {
	uint8_t bytes[16];
};

/* A version 4 GUID out of 16 random bytes. */
void sm_guid_make(const uint8_t random[16], struct sm_guid *guid);
/* Lower case with hyphens. */
void sm_guid_format(const struct sm_guid *guid, char text[SM_GUID_TEXT]);
/* Any case, with or without braces; false if @text is no GUID. */
bool sm_guid_parse(const char *text, struct sm_guid *guid);

#endif /* SM_CORE_GUID_H */
