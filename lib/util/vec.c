/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/vec.h"

#include <stdlib.h>

#include "util/checked.h"

bool sm_vec_room(void **array, size_t *size, size_t count, size_t element)
{
	size_t grown = *size < 8 ? 8 : *size;
	size_t bytes = 0;
	void *p = NULL;

	if (count < *size)
		return true;
	if (!sm_mul(grown, *size < 8 ? 1 : 2, &grown) ||
	    !sm_mul(grown, element, &bytes))
		return false;
	p = realloc(*array, bytes);
	if (p == NULL)
		return false;
	*array = p;
	*size = grown;
	return true;
}
