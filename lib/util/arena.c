/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "util/checked.h"

#define BLOCK_MIN 1024
#define BLOCK_MAX 65536

struct sm_arena_block {
	struct sm_arena_block *next;
	size_t size;
	alignas(max_align_t) char data[];
};

static struct sm_arena_block *add_block(struct sm_arena *arena, size_t size)
{
	struct sm_arena_block *block = NULL;
	size_t room = arena->head == NULL ? BLOCK_MIN : arena->head->size * 2;
	size_t bytes = 0;

	if (room > BLOCK_MAX)
		room = BLOCK_MAX;
	if (room < size)
		room = size;
	if (!sm_add(room, sizeof(*block), &bytes))
		return NULL;
	block = malloc(bytes);
	if (block == NULL)
		return NULL;
	block->size = room;
	block->next = arena->head;
	arena->head = block;
	arena->used = 0;
	arena->total += bytes;
	return block;
}

static void *take(struct sm_arena *arena, size_t size, size_t align)
{
	struct sm_arena_block *block = arena->head;
	size_t start = (arena->used + align - 1) & ~(align - 1);

	if (block == NULL || start > block->size ||
	    size > block->size - start) {
		block = add_block(arena, size);
		if (block == NULL)
			return NULL;
		start = 0;
	}
	arena->used = start + size;
	return block->data + start;
}

void *sm_arena_alloc(struct sm_arena *arena, size_t size)
{
	void *p = take(arena, size, alignof(max_align_t));

	if (p != NULL)
		memset(p, 0, size);
	return p;
}

char *sm_arena_strndup(struct sm_arena *arena, const char *text, size_t len)
{
	size_t bytes = 0;
	char *p = NULL;

	if (!sm_add(len, 1, &bytes))
		return NULL;
	p = take(arena, bytes, 1);
	if (p == NULL)
		return NULL;
	memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

void sm_arena_free(struct sm_arena *arena)
{
	while (arena->head != NULL) {
		struct sm_arena_block *next = arena->head->next;

		free(arena->head);
		arena->head = next;
	}
	memset(arena, 0, sizeof(*arena));
}
