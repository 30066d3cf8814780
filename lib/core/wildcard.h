/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * PowerShell's wildcards, for handle selectors: `*`, `?`, `[set]`, `[a-z]`; a
 * backtick escapes the next character; no negation; a `]` right after `[` is
 * literal; without case.
 */
#ifndef SM_CORE_WILDCARD_H
#define SM_CORE_WILDCARD_H

#include <stdbool.h>

#include "util/fail.h"

struct sm_wildcard;

/*
 * Compile @pattern.  SMBMGMT_E_INVALID with the offset: an unclosed `[`, a
 * reversed range, text that is not UTF-8.
 */
int sm_wildcard_new(const char *pattern, struct sm_wildcard **wildcard,
		    struct sm_fail *fail);
void sm_wildcard_free(struct sm_wildcard *wildcard);
/* True if the pattern has no wildcard: one name at the most, without case. */
bool sm_wildcard_is_literal(const struct sm_wildcard *wildcard);
/* True if all of @text matches.  Time is at most pattern times text. */
bool sm_wildcard_match(const struct sm_wildcard *wildcard, const char *text);

#endif /* SM_CORE_WILDCARD_H */
