/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Text without case, as PowerShell's ordinal ignore-case: each code point is
 * upper-cased by its simple one-to-one mapping and compared by number.  No
 * folding and no normalisation: `straße` is not `STRASSE`.
 */
#ifndef SM_CORE_TEXT_H
#define SM_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * True if @text of @len bytes is UTF-8 as RFC 3629 has it (no overlong forms,
 * no surrogates, at most U+10FFFF) without a NUL.  Otherwise *@offset (may be
 * NULL) is where the first bad sequence begins.
 */
bool sm_text_valid(const char *text, size_t len, size_t *offset);

/* The simple upper case of one code point. */
uint32_t sm_text_upper(uint32_t code_point);

/*
 * Read one code point of valid UTF-8 and step over it; on bytes that are not
 * UTF-8 it steps over one byte and answers 0xFFFD.  @text must not be at @end.
 */
uint32_t sm_text_next(const char **text, const char *end);

/* Write one code point as UTF-8 to @to (4 bytes of room); returns its length.
 */
size_t sm_text_put(char *to, uint32_t code_point);

/* Compare without case: <0, 0, >0.  A total order, for sorting too. */
int sm_text_cmp(const char *a, const char *b);
int sm_text_ncmp(const char *a, size_t a_len, const char *b, size_t b_len);

/* An upper-cased copy from malloc, or NULL if out of memory. */
char *sm_text_upper_dup(const char *text);

#endif /* SM_CORE_TEXT_H */
