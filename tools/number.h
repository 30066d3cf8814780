/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Numbers, durations and times as people and files write them. */
#ifndef TOOLS_NUMBER_H
#define TOOLS_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define UTC_SIZE 40

/* Decimal digits only, at most max. */
bool number_parse(const char *text, uint64_t max, uint64_t *value);

/* N[s|m|h|d] in seconds. */
bool duration_parse(const char *text, uint32_t *seconds);

/* Milliseconds since 1970 as "2024-11-21T08:15:00.123Z", and back. */
void utc_format(int64_t milliseconds, char text[UTC_SIZE]);
bool utc_parse(const char *text, int64_t *milliseconds);

#endif /* TOOLS_NUMBER_H */
