/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How far a job is, in as many columns as there are. */
#include "suite.h"

#include "../../tools/progress_text.h"

#include <stdlib.h>
#include <string.h>

static const struct progress_facts some = {
	.doing = "Closing",
	.done = 123,
	.total = 500,
	.failed = 3,
	.sessions = 4321,
	.closed = 77,
	.unclosed = 2,
	.left = 42,
};

START_TEST(a_line_says_all)
{
	struct progress_facts facts = some;
	char *line = progress_line(&facts);

	ck_assert_str_eq(line,
			 "Closing: 123 of 500 servers, 4321 sessions, 77 "
			 "closed, 2 not closed, 3 servers failed, 0:42 "
			 "left");
	free(line);
}
END_TEST

START_TEST(nothing_is_said_of_nothing)
{
	struct progress_facts facts = {.doing = "Listing",
				       .done = 0,
				       .total = 1,
				       .failed = 1,
				       .sessions = 1,
				       .left = -1};
	char *line = progress_line(&facts);

	ck_assert_str_eq(line,
			 "Listing: 0 of 1 server, 1 session, 1 server "
			 "failed");
	free(line);
}
END_TEST

static const struct {
	int64_t seconds;
	const char *text;
} times[] = {
	{0, "0:00 left"},	    {59, "0:59 left"},
	{60, "1:00 left"},	    {3599, "59:59 left"},
	{3600, "1:00:00 left"},	    {7325, "2:02:05 left"},
	{360000, "100:00:00 left"},
};

START_TEST(time_that_is_left)
{
	struct progress_facts facts = some;
	char *line = NULL;

	facts.left = times[_i].seconds;
	line = progress_line(&facts);
	ck_assert_str_eq(strrchr(line, ',') + 2, times[_i].text);
	free(line);
}
END_TEST

static const struct {
	size_t width;
	const char *bar;
} bars[] = {
	{200,
	 "Closing [#######.......................] 123 of 500 servers, "
	 "4321 sessions, 77 closed, 2 not closed, 3 servers failed, 0:42 "
	 "left"},
	{106,
	 "Closing [#.......] 123 of 500 servers, 4321 sessions, 77 closed, 2 "
	 "not closed, 3 servers failed, 0:42 left"},
	{105,
	 "123 of 500 servers, 4321 sessions, 77 closed, 2 not closed, 3 "
	 "servers failed, 0:42 left"},
	{90,
	 "123 of 500 servers, 4321 sessions, 77 closed, 2 not closed, 3 "
	 "servers failed, 0:42 left"},
	{80,
	 "123 of 500 servers, 4321 sessions, 77 closed, 3 servers failed, "
	 "0:42 left"},
	{66, "123 of 500 servers, 4321 sessions, 3 servers failed, 0:42 left"},
	{50, "123 of 500 servers, 3 servers failed, 0:42 left"},
	{40, "123 of 500 servers, 3 servers failed"},
	{38, "123 of 500 servers, 3 servers failed"},
	{20, "123 of 500 servers"},
	{10, "123 of 500"},
	{1, "1"},
	{0, ""},
};

START_TEST(a_bar_fits)
{
	struct progress_facts facts = some;
	char *bar = progress_bar(&facts, bars[_i].width);

	ck_assert_str_eq(bar, bars[_i].bar);
	free(bar);
}
END_TEST

START_TEST(no_bar_is_too_long)
{
	struct progress_facts facts = some;
	size_t width;

	for (facts.done = 0; facts.done <= 500; facts.done += 50) {
		for (width = 0; width < 160; width++) {
			char *bar = progress_bar(&facts, width);

			ck_assert_uint_le(strlen(bar), width);
			free(bar);
		}
	}
}
END_TEST

START_TEST(a_bar_is_empty_and_full)
{
	struct progress_facts facts = {
		.doing = "Listing", .total = 2, .left = -1};
	char *bar = progress_bar(&facts, 79);

	ck_assert_str_eq(bar,
			 "Listing [..............................] 0 of 2 "
			 "servers, 0 sessions");
	free(bar);
	facts.done = 2;
	bar = progress_bar(&facts, 79);
	ck_assert_str_eq(bar,
			 "Listing [##############################] 2 of 2 "
			 "servers, 0 sessions");
	free(bar);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("tool progress text");
	TCase *tests = tcase_create("progress");

	tcase_add_test(tests, a_line_says_all);
	tcase_add_test(tests, nothing_is_said_of_nothing);
	tcase_add_loop_test(tests, time_that_is_left, 0, COUNT(times));
	tcase_add_loop_test(tests, a_bar_fits, 0, COUNT(bars));
	tcase_add_test(tests, no_bar_is_too_long);
	tcase_add_test(tests, a_bar_is_empty_and_full);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
