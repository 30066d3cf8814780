/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A memory table, a file for its audit, and what is in the file. */
#ifndef TESTS_ENGINE_AUDIT_FIX_H
#define TESTS_ENGINE_AUDIT_FIX_H

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static struct fix fix;
static FILE *file; /* without a name */

static inline void up(void)
{
	fix_up(&fix);
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
}

static inline void down(void)
{
	fclose(file);
	fix_down(&fix);
}

static inline void audit_to(int fd)
{
	ck_assert_int_eq(smbmgmt_context_set_audit_fd(fix.context, fd, NULL),
			 0);
}

/* All that was written; good until the next call. */
static inline const char *written(int fd, off_t offset)
{
	static char text[65536];
	ssize_t n = pread(fd, text, sizeof(text) - 1, offset);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	return text;
}

static inline unsigned int count(const char *text, const char *part)
{
	unsigned int found = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		found++;
	return found;
}

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "%s", text)
#define INTENT "\"record\":\"intent\""
#define OUTCOME "\"record\":\"outcome\""

#endif /* TESTS_ENGINE_AUDIT_FIX_H */
