/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Growing an array by doubling, with the arithmetic checked. */
#ifndef SM_UTIL_VEC_H
#define SM_UTIL_VEC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Make room for one more element after @count in *@array of *@size elements
 * of @element bytes.  False if out of memory; the array is as it was.
 */
bool sm_vec_room(void **array, size_t *size, size_t count, size_t element);

#endif /* SM_UTIL_VEC_H */
