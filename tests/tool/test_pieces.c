/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The parts of the smbmgmt command that need neither server nor terminal. */
#include "suite.h"

#include "../../tools/exitcode.h"
#include "../../tools/number.h"
#include "../../tools/shell_words.h"
#include "../../tools/table_fit.h"
#include "../../tools/text.h"

#include <string.h>

static const struct {
	const char *raw, *safe;
} texts[] = {
	{"", ""},
	{"ALPHA\\alice", "ALPHA\\alice"},
	{"stra\u00dfe \u65e5\u672c", "stra\u00dfe \u65e5\u672c"},
	{"\x1b[31m", "\\x1b[31m"},
	{"a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f"},
	/* C1 controls, in UTF-8 and bare */
	{"\xc2\x9b"
	 "31m",
	 "\\u{9b}31m"},
	{"\x9b"
	 "31m",
	 "\\x9b31m"},
	/* reordering, invisible, byte order mark, private use */
	{"a\ufe0f\u3164", "a\\u{fe0f}\\u{3164}"},
	{"\u202eevil", "\\u{202e}evil"},
	{"a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"},
	{"\ue000", "\\u{e000}"},
	/* not UTF-8: overlong, surrogate, too large, cut off, a lone tail */
	{"\xc0\xaf", "\\xc0\\xaf"},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	{"a\xe6\x97", "a\\xe6\\x97"},
	{"\x80", "\\x80"},
};

START_TEST(text_is_made_safe)
{
	char *safe = text_safe(texts[_i].raw);

	ck_assert_str_eq(safe, texts[_i].safe);
	free(safe);
}
END_TEST

START_TEST(text_width_counts_columns)
{
	ck_assert_uint_eq(text_width(""), 0);
	ck_assert_uint_eq(text_width("abc"), 3);
	ck_assert_uint_eq(text_width("stra\u00dfe"), 6);
	ck_assert_uint_eq(text_width("\u65e5\u672c"), 4);
	/* combining, Korean whole and in parts, half and full width */
	ck_assert_uint_eq(text_width("e\u0301a\u0335\u0322"), 2);
	ck_assert_uint_eq(text_width("\ud55c"), 2);
	ck_assert_uint_eq(text_width("\u1112\u1161\u11ab"), 2);
	ck_assert_uint_eq(text_width("\uff76\uff21"), 3);
	/* not assigned: whatever is shown is not nothing */
	ck_assert_uint_eq(text_width("\u0378"), 1);
}
END_TEST

static const struct {
	const char *text;
	size_t width;
	const char *cut;
} cuts[] = {
	{"", 0, ""},
	{"abc", 3, "abc"},
	{"abc", 4, "abc"},
	{"abcd", 3, "ab\u2026"},
	{"abcd", 1, "\u2026"},
	{"abcd", 0, ""},
	/* a wide one that would be half in is out */
	{"\u65e5\u672c\u8a9e", 6, "\u65e5\u672c\u8a9e"},
	{"\u65e5\u672c\u8a9e", 5, "\u65e5\u672c\u2026"},
	{"\u65e5\u672c\u8a9e", 4, "\u65e5\u2026"},
	{"\u65e5\u672c\u8a9e", 2, "\u2026"},
	/* a mark stays with its letter */
	{"ae\u0301bc", 3, "ae\u0301\u2026"},
	{"ae\u0301", 2, "ae\u0301"},
};

START_TEST(text_is_cut)
{
	char *cut = text_cut(cuts[_i].text, cuts[_i].width);

	ck_assert_str_eq(cut, cuts[_i].cut);
	ck_assert_uint_le(text_width(cut), cuts[_i].width);
	free(cut);
}
END_TEST

static const struct {
	const char *raw, *line;
} one_lines[] = {
	{"ALPHA\\alice \u65e5\u202e\u200d\ue000",
	 "ALPHA\\alice \u65e5\u202e\u200d\ue000"},
	{"a\r\nb\x1b[2J\x7f", "a\\x0d\\x0ab\\x1b[2J\\x7f"},
	{"a\u2028b\u2029\xc2\x85", "a\\u{2028}b\\u{2029}\\u{85}"},
	{"=\xff\xe6\x97", "=\\xff\\xe6\\x97"},
};

START_TEST(text_is_one_line)
{
	char *line = text_one_line(one_lines[_i].raw);

	ck_assert_str_eq(line, one_lines[_i].line);
	free(line);
}
END_TEST

/* A number of 2 digits under a heading of 9, and two texts. */
static const struct {
	size_t limit, kept, width[3];
} fits[] = {
	{43, 3, {9, 20, 10}},
	/* the heading first */
	{42, 3, {8, 20, 10}},
	{38, 3, {4, 20, 10}},
	/* then the widest text, and both from where they are equal */
	{37, 3, {4, 19, 10}},
	{28, 3, {4, 10, 10}},
	{27, 3, {4, 10, 9}},
	{26, 3, {4, 9, 9}},
	{24, 3, {4, 8, 8}},
	/* then the last one goes */
	{23, 2, {4, 17}},
	{14, 2, {4, 8}},
	{13, 1, {9}},
	{5, 1, {5}},
	{3, 1, {3}},
	{1, 1, {1}},
};

START_TEST(columns_fit)
{
	struct fit fit[] = {{9, 4, 4}, {20, 20, 8}, {10, 10, 8}};
	size_t limit = fits[_i].limit;
	size_t used = 0;
	size_t i;

	ck_assert_uint_eq(table_fit(fit, 3, limit), fits[_i].kept);
	for (i = 0; i < fits[_i].kept; i++) {
		ck_assert_uint_eq(fit[i].width, fits[_i].width[i]);
		used += fit[i].width + (i == 0 ? 0 : TABLE_GAP);
	}
	ck_assert_uint_le(used, limit);
}
END_TEST

START_TEST(numbers)
{
	uint64_t value = 7;

	ck_assert(number_parse("0", 10, &value) && value == 0);
	ck_assert(number_parse("10", 10, &value) && value == 10);
	ck_assert(number_parse("18446744073709551615", UINT64_MAX, &value));
	ck_assert(value == UINT64_MAX);
	ck_assert(!number_parse("11", 10, &value));
	ck_assert(!number_parse("9", 5, &value));
	ck_assert(!number_parse("18446744073709551616", UINT64_MAX, &value));
	ck_assert(!number_parse("99999999999999999999", UINT64_MAX, &value));
	ck_assert(!number_parse("", 10, &value));
	ck_assert(!number_parse("+1", 10, &value));
	ck_assert(!number_parse("1 ", 10, &value));
	ck_assert(value == UINT64_MAX);
}
END_TEST

START_TEST(durations)
{
	uint32_t seconds = 7;

	ck_assert(duration_parse("0", &seconds) && seconds == 0);
	ck_assert(duration_parse("90", &seconds) && seconds == 90);
	ck_assert(duration_parse("90s", &seconds) && seconds == 90);
	ck_assert(duration_parse("2m", &seconds) && seconds == 120);
	ck_assert(duration_parse("3h", &seconds) && seconds == 10800);
	ck_assert(duration_parse("49710d", &seconds) && seconds == 4294944000);
	ck_assert(!duration_parse("49711d", &seconds));
	ck_assert(!duration_parse("1w", &seconds));
	ck_assert(!duration_parse("m", &seconds));
	ck_assert(!duration_parse("", &seconds));
}
END_TEST

static const struct {
	const char *text;
	int64_t milliseconds;
} times[] = {
	{"1970-01-01T00:00:00.000Z", 0},
	{"1969-12-31T23:59:59.999Z", -1},
	{"2024-02-29T12:34:56.789Z", INT64_C(1709210096789)},
	{"2038-01-19T03:14:08.000Z", INT64_C(2147483648000)},
};

START_TEST(times_go_both_ways)
{
	char text[UTC_SIZE];
	int64_t milliseconds = 1;

	utc_format(times[_i].milliseconds, text);
	ck_assert_str_eq(text, times[_i].text);
	ck_assert(utc_parse(text, &milliseconds));
	ck_assert(milliseconds == times[_i].milliseconds);
}
END_TEST

static const char *const no_times[] = {
	"",
	"2024-02-30T00:00:00.000Z",
	"2023-02-29T00:00:00.000Z",
	"2024-13-01T00:00:00.000Z",
	"2024-00-01T00:00:00.000Z",
	"2024-01-01T24:00:00.000Z",
	"2024-01-01T00:60:00.000Z",
	"2024-01-01T00:00:60.000Z",
	"2024-01-01T00:00:00Z",
	"2024-01-01T00:00:00.00Z",
	"2024-01-01T00:00:00.000",
	"2024-01-01T00:00:00.000Z ",
	"2024-01-01 00:00:00.000Z",
	"2024-01-01T00:00:00.000+00:00",
};

START_TEST(no_times_are_refused)
{
	int64_t milliseconds = 1;

	ck_assert(!utc_parse(no_times[_i], &milliseconds));
	ck_assert(milliseconds == 1);
}
END_TEST

/* Words are joined with `|`, commands with `;`, an unclosed quote is `!`. */
static const struct {
	const char *text, *cut;
} lines[] = {
	{"", ""},
	{" ;;\n \t;", ""},
	{"list", "list;"},
	{" open  a\tb ", "open|a|b;"},
	{"a;b\nc", "a;b;c;"},
	{"a b;c d", "a|b;c|d;"},
	{"'a b'\"c d\"e", "a bc de;"},
	{"'' \"\"", "|;"},
	{"'a;b' '\"' \"'\"", "a;b|\"|';"},
	{"ALPHA\\bob a`*b", "ALPHA\\bob|a`*b;"},
	{"a # b; c\nd", "a;d;"},
	{"a#b", "a#b;"},
	{"#a", ""},
	{"a 'b", "!"},
	{"a 'b\nc", "!c;"},
	{"a 'b; c\nd", "!d;"},
	{"a;b \"c", "a;!"},
};

START_TEST(lines_are_cut)
{
	const char *text = lines[_i].text;
	struct words words = {0};
	enum shell_cut cut;
	char seen[100] = "";
	size_t i;

	while ((cut = shell_cut(&text, &words)) != CUT_END) {
		for (i = 0; cut == CUT_COMMAND && i < words.count; i++) {
			strcat(seen, words.word[i]);
			strcat(seen, i + 1 < words.count ? "|" : ";");
		}
		if (cut == CUT_UNCLOSED) {
			strcat(seen, "!");
		}
	}
	ck_assert_str_eq(seen, lines[_i].cut);
	words_clear(&words);
}
END_TEST

static const struct {
	int32_t outcome, code;
	int status;
} outcomes[] = {
	{SMBMGMT_OUTCOME_CLOSED, 0, 0},
	{SMBMGMT_OUTCOME_SENT, 0, 0},
	{SMBMGMT_OUTCOME_SENT, SMBMGMT_E_UNVERIFIED, 1},
	{SMBMGMT_OUTCOME_WOULD_CLOSE, 0, 0},
	{SMBMGMT_OUTCOME_DECLINED, SMBMGMT_E_DECLINED, 4},
	{SMBMGMT_OUTCOME_ALREADY_GONE, 0, 0},
	{SMBMGMT_OUTCOME_STILL_PRESENT, SMBMGMT_E_STILL_PRESENT, 1},
	{SMBMGMT_OUTCOME_RECONNECTED, 0, 0},
	{SMBMGMT_OUTCOME_REFUSED_OWN, SMBMGMT_E_REFUSED_OWN, 4},
	{SMBMGMT_OUTCOME_REFUSED_COLLATERAL, SMBMGMT_E_REFUSED_COLLATERAL, 4},
	{SMBMGMT_OUTCOME_REFUSED_UNSAFE, SMBMGMT_E_REFUSED_UNSAFE, 4},
	{SMBMGMT_OUTCOME_FAILED, SMBMGMT_E_CLOSE_DENIED, 1},
	{SMBMGMT_OUTCOME_CANCELLED, SMBMGMT_E_CANCELLED, 1},
	{SMBMGMT_OUTCOME_NOT_FOUND, SMBMGMT_E_NOT_FOUND, 3},
	{SMBMGMT_OUTCOME_REMOVED, 0, 0},
	{SMBMGMT_OUTCOME_WOULD_REMOVE, 0, 0},
	/* An outcome of a later library is nothing to be sure of. */
	{1000, 0, 1},
};

START_TEST(outcomes_have_their_status)
{
	ck_assert_int_eq(exit_status(exit_facts_outcome(outcomes[_i].outcome,
							outcomes[_i].code)),
			 outcomes[_i].status);
}
END_TEST

START_TEST(the_first_status_wins)
{
	ck_assert_int_eq(exit_status(0), 0);
	ck_assert_int_eq(exit_status(FACT_NOT_FOUND), 3);
	ck_assert_int_eq(exit_status(FACT_NOT_FOUND | FACT_REFUSED), 4);
	ck_assert_int_eq(
		exit_status(FACT_NOT_FOUND | FACT_REFUSED | FACT_FAILED), 1);
	ck_assert_int_eq(exit_status(FACT_NOT_FOUND | FACT_REFUSED |
				     FACT_FAILED | FACT_USAGE),
			 2);
}
END_TEST

START_TEST(codes_have_their_status)
{
	ck_assert_int_eq(exit_status(exit_facts_code(0)), 0);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_INVALID)), 2);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_EMPTY_FILTER)),
			 2);
	ck_assert_int_eq(
		exit_status(exit_facts_code(SMBMGMT_E_CONFIRM_REQUIRED)), 2);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_NOT_SUPPORTED)),
			 1);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_INCOMPLETE)), 1);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_LOGON_FAILED)),
			 1);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_REFUSED_OWN)),
			 4);
	ck_assert_int_eq(exit_status(exit_facts_code(SMBMGMT_E_NOT_FOUND)), 3);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("tool pieces");
	TCase *tests = tcase_create("pieces");

	tcase_add_loop_test(tests, text_is_made_safe, 0, COUNT(texts));
	tcase_add_test(tests, text_width_counts_columns);
	tcase_add_loop_test(tests, text_is_cut, 0, COUNT(cuts));
	tcase_add_loop_test(tests, text_is_one_line, 0, COUNT(one_lines));
	tcase_add_loop_test(tests, columns_fit, 0, COUNT(fits));
	tcase_add_test(tests, numbers);
	tcase_add_test(tests, durations);
	tcase_add_loop_test(tests, times_go_both_ways, 0, COUNT(times));
	tcase_add_loop_test(tests, no_times_are_refused, 0, COUNT(no_times));
	tcase_add_loop_test(tests, lines_are_cut, 0, COUNT(lines));
	tcase_add_loop_test(tests, outcomes_have_their_status, 0,
			    COUNT(outcomes));
	tcase_add_test(tests, the_first_status_wins);
	tcase_add_test(tests, codes_have_their_status);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
