/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/lists.h"

#include <stdlib.h>
#include <string.h>

#include "util/vec.h"

/* Most sessions are connected to the same few shares: the last one's copy. */
static const char *keep_share(struct sm_lists *lists, const char *share)
{
	if (lists->share_count > 0 &&
	    strcmp(lists->shares[lists->share_count - 1], share) == 0)
		return lists->shares[lists->share_count - 1];
	return sm_arena_strndup(&lists->arena, share, strlen(share));
}

int sm_lists_add_share(struct sm_lists *lists, const char *share,
		       struct sm_fail *fail)
{
	void *shares = (void *)lists->shares;
	const char *kept = NULL;

	if (!sm_vec_room(&shares, &lists->share_size, lists->share_count,
			 sizeof(*lists->shares)))
		return sm_fail_nomem(fail);
	lists->shares = shares;
	kept = keep_share(lists, share);
	if (kept == NULL)
		return sm_fail_nomem(fail);
	lists->shares[lists->share_count++] = kept;
	return 0;
}

int sm_lists_add_file(struct sm_lists *lists, const struct sm_file *file,
		      struct sm_fail *fail)
{
	void *files = lists->files;
	struct sm_file new = *file;

	new.path =
		sm_arena_strndup(&lists->arena, file->path, strlen(file->path));
	if (new.path == NULL || !sm_vec_room(&files, &lists->file_size,
					     lists->file_count, sizeof(new)))
		return sm_fail_nomem(fail);
	lists->files = files;
	lists->files[lists->file_count++] = new;
	return 0;
}

int sm_lists_add_all(struct sm_lists *lists, const struct sm_lists *from,
		     struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < from->share_count; i++)
		ret = sm_lists_add_share(lists, from->shares[i], fail);
	for (size_t i = 0; ret == 0 && i < from->file_count; i++)
		ret = sm_lists_add_file(lists, &from->files[i], fail);
	return ret;
}

void sm_lists_free(struct sm_lists *lists)
{
	free((void *)lists->shares);
	free(lists->files);
	sm_arena_free(&lists->arena);
	memset(lists, 0, sizeof(*lists));
}
