/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Memory that goes all at once.  Blocks never move, so a pointer into an
 * arena stays good until sm_arena_free().
 */
#ifndef SM_UTIL_ARENA_H
#define SM_UTIL_ARENA_H

#include <stddef.h>

struct sm_arena_block;

struct sm_arena {
	struct sm_arena_block *head;
	size_t used;  /* bytes taken from the head block */
	size_t total; /* bytes asked of malloc in all */
};

/* Zeroed memory aligned for any type, or NULL. */
void *sm_arena_alloc(struct sm_arena *arena, size_t size);
/* A NUL-terminated copy of @len bytes, or NULL. */
char *sm_arena_strndup(struct sm_arena *arena, const char *text, size_t len);
/* Give everything back; the arena is empty and usable afterwards. */
void sm_arena_free(struct sm_arena *arena);

#endif /* SM_UTIL_ARENA_H */
