/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A memory table, a handle on it, and calls whose results are compared as
 * short texts.  A helper that fails ends the test.
 */
#ifndef TESTS_ENGINE_FIXTURE_H
#define TESTS_ENGINE_FIXTURE_H

#include <smbmgmt/smbmgmt.h>

struct fix {
	smbmgmt_context *context;
	smbmgmt_memory *memory;
	smbmgmt_handle *handle;
	uint32_t deadline;  /* of each step; 0: the library's */
	int32_t per_server; /* connections; 0: the library's choice */
};

/* A context, an empty table, and an open handle on it. */
void fix_up(struct fix *fix);
void fix_down(struct fix *fix);
/* One more handle, on @memory. */
smbmgmt_handle *fix_open(struct fix *fix, smbmgmt_memory *memory);

/*
 * A row: id 0 gives it none; an id below 0 is derived (its absolute value).
 * @age below 0 is unknown; @process may be NULL.
 */
void fix_row(smbmgmt_memory *memory, int64_t id, const char *client,
	     const char *user, int64_t age, const char *process);
/* `count` sessions 1..count, of users u1.. on clients c1.., an hour old. */
void fix_rows(smbmgmt_memory *memory, unsigned int count);

/*
 * A filter from text: `all`, `1..3`, `u=alice c=host age=10 opens=0 i=1`;
 * values of several words are not needed.
 */
smbmgmt_filter *fix_filter(const char *text);

#define FIX_FORCE 1u
#define FIX_WHAT_IF 2u
#define FIX_OWN 4u
#define FIX_POSSIBLE 8u
#define FIX_ALL 16u
#define FIX_NO_VERIFY 32u

/* An action of FIX_ flags; @answers (may be NULL) are given one by one: y, n,
 * Y (to all), N (to all), q (abort). */
smbmgmt_action *fix_action(const struct fix *fix, unsigned int flags,
			   const char *answers);
/* How many questions were asked with the action since it was made. */
unsigned int fix_asked(void);

/*
 * Close and describe: `CODE: OUTCOME id, ...`, such as `0: CLOSED 1,
 * REFUSED_OWN 6`; from malloc.  *@report may be wanted for more.
 */
char *fix_close(struct fix *fix, const char *filter, unsigned int flags,
		const char *answers, smbmgmt_report **report);
char *fix_describe(int32_t code, const smbmgmt_report *report);
/* ck_assert_str_eq, and the text is freed. */
void fix_expect(char *text, const char *expected);

/* How often the table was asked. */
void fix_calls(struct fix *fix, uint64_t lists, uint64_t closes);

#endif /* TESTS_ENGINE_FIXTURE_H */
