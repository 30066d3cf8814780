/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Arithmetic on sizes that came from outside: true if the result fits. */
#ifndef SM_UTIL_CHECKED_H
#define SM_UTIL_CHECKED_H

#include <stdbool.h>
#include <stddef.h>

static inline bool sm_add(size_t a, size_t b, size_t *result)
{
	return !__builtin_add_overflow(a, b, result);
}

static inline bool sm_mul(size_t a, size_t b, size_t *result)
{
	return !__builtin_mul_overflow(a, b, result);
}

#endif /* SM_UTIL_CHECKED_H */
