/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * UTF-8 to and from UTF-16LE, strictly: no overlong forms, no surrogates on
 * their own, nothing above U+10FFFF.  Measure first, then write, so that no
 * more is ever allocated than the text takes.
 */
#ifndef SM_WIRE_SRVSVC_UTF16_H
#define SM_WIRE_SRVSVC_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* How many UTF-16 units @text takes, without a NUL; false: not UTF-8. */
bool sm_utf16_measure(const char *text, size_t *units);

/* Write @text, which sm_utf16_measure() has accepted, without a NUL. */
void sm_utf16_put(struct sm_out *out, const char *text);

/*
 * How many bytes of UTF-8 @units units of UTF-16LE take.  False: *@bad is the
 * index of a NUL or of a surrogate without its partner.
 */
bool sm_utf8_measure(const uint8_t *utf16, size_t units, size_t *len,
		     size_t *bad);

/* Write what sm_utf8_measure() has accepted to @text, without a NUL. */
void sm_utf8_put(char *text, const uint8_t *utf16, size_t units);

#endif /* SM_WIRE_SRVSVC_UTF16_H */
