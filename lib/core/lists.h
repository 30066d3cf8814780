/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Shares and open files, of one session or of many in a row. */
#ifndef SM_CORE_LISTS_H
#define SM_CORE_LISTS_H

#include <stddef.h>

#include "core/row.h"
#include "util/arena.h"
#include "util/fail.h"

struct sm_lists {
	struct sm_arena arena; /* of all texts */
	const char **shares;
	size_t share_count;
	size_t share_size;
	struct sm_file *files;
	size_t file_count;
	size_t file_size;
};

/* Texts are copied. */
int sm_lists_add_share(struct sm_lists *lists, const char *share,
		       struct sm_fail *fail);
int sm_lists_add_file(struct sm_lists *lists, const struct sm_file *file,
		      struct sm_fail *fail);
/* Add all of @from. */
int sm_lists_add_all(struct sm_lists *lists, const struct sm_lists *from,
		     struct sm_fail *fail);
void sm_lists_free(struct sm_lists *lists);

#endif /* SM_CORE_LISTS_H */
