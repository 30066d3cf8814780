/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/way.h"

#include <stdlib.h>
#include <string.h>

int sm_way_copy(const struct sm_way *from, struct sm_way *to,
		struct sm_fail *fail)
{
	*to = *from;
	memset(to->texts, 0, sizeof(to->texts));
	for (size_t i = 0; i < SM_WAY_TEXTS; i++) {
		if (from->texts[i] == NULL)
			continue;
		to->texts[i] = strdup(from->texts[i]);
		if (to->texts[i] == NULL)
			return sm_fail_nomem(fail);
	}
	return 0;
}

void sm_way_clear(struct sm_way *way)
{
	for (size_t i = 0; i < SM_WAY_TEXTS; i++) {
		free(way->texts[i]);
		way->texts[i] = NULL;
	}
}
