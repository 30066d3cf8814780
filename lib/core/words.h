/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a filter asks for, in words, for a question. */
#ifndef SM_CORE_WORDS_H
#define SM_CORE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "core/filter.h"

/* A sentence that grows in the caller's room, cut at a character. */
struct sm_words {
	char *text;
	size_t size;
	size_t len;
};

void sm_words_add(struct sm_words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "client user alice or bob and client 10.0.0.1", "every session". */
void sm_words_filter(struct sm_words *words, const smbmgmt_filter *filter);
/* "30 s", "1 min 30 s", "500 ms". */
void sm_words_time(struct sm_words *words, uint32_t milliseconds);

#endif /* SM_CORE_WORDS_H */
