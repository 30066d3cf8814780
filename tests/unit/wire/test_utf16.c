/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* UTF-8 <-> UTF-16LE: every code point, and what is not one. */
#include <string.h>

#include "suite.h"
#include "wire/srvsvc/utf16.h"

static size_t utf8_of(uint32_t c, char *to)
{
	static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(lead[len] | c);
	to[len] = '\0';
	return len;
}

/* libcheck writes a file at each assertion: one for all is enough. */
static bool survives(struct sm_out *out, uint32_t c)
{
	char text[5] = "";
	char back[5] = "";
	size_t len = utf8_of(c, text);
	size_t units = 0;
	size_t measured = 0;
	size_t bad = 0;

	out->len = 0;
	if (!sm_utf16_measure(text, &units) || units != (c < 0x10000 ? 1 : 2))
		return false;
	sm_utf16_put(out, text);
	if (out->len != 2 * units)
		return false;
	if (units == 1 && (out->data[0] | out->data[1] << 8) != (int)c)
		return false;
	if (!sm_utf8_measure(out->data, units, &measured, &bad) ||
	    measured != len)
		return false;
	sm_utf8_put(back, out->data, units);
	return memcmp(text, back, sizeof(text)) == 0;
}

START_TEST(every_code_point)
{
	struct sm_out out = {0};

	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		if (c == 0xd800)
			c = 0xe000;
		if (!survives(&out, c))
			ck_abort_msg("U+%04X", (unsigned int)c);
	}
	sm_out_free(&out);
}
END_TEST

START_TEST(surrogate_pair_has_its_bytes)
{
	static const uint8_t grin[] = {0x3d, 0xd8, 0x00, 0xde};
	struct sm_out out = {0};

	sm_utf16_put(&out, "\xf0\x9f\x98\x80");
	ck_assert_uint_eq(out.len, sizeof(grin));
	ck_assert_mem_eq(out.data, grin, sizeof(grin));
	sm_out_free(&out);
}
END_TEST

START_TEST(not_utf8)
{
	static const char *const bad[] = {
		"\x80",
		"a\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3",
		"\xc3(",
		"\xe0\x9f\xbf",
		"\xe2\x82",
		"\xe2(\xa1",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf0\x9f\x98",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xf8\x88\x80\x80\x80",
		"ok\xc3\xc3\xa9",
	};
	size_t units = 0;

	ck_assert_msg(!sm_utf16_measure(bad[_i], &units), "case %d", _i);
}
END_TEST
#define NOT_UTF8 18

struct broken {
	uint16_t units[4];
	size_t count;
	size_t bad;
};

START_TEST(not_utf16)
{
	static const struct broken cases[] = {
		{{0}, 1, 0},
		{{'a', 0, 'b'}, 3, 1},
		{{0xd800}, 1, 0},
		{{'a', 0xdbff}, 2, 1},
		{{0xdc00}, 1, 0},
		{{'a', 'b', 0xdfff, 'c'}, 4, 2},
		{{0xd800, 'a'}, 2, 0},
		{{0xd800, 0xd800}, 2, 0},
		{{0xdc00, 0xd800}, 2, 0},
		{{0xd800, 0}, 2, 0},
		{{0xd83d, 0xde00, 0xde00}, 3, 2},
	};
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 0;
		size_t bad = 99;

		for (size_t u = 0; u < 4; u++) {
			bytes[2 * u] = (uint8_t)cases[i].units[u];
			bytes[2 * u + 1] = (uint8_t)(cases[i].units[u] >> 8);
		}
		ck_assert_msg(
			!sm_utf8_measure(bytes, cases[i].count, &len, &bad),
			"case %zu", i);
		ck_assert_msg(bad == cases[i].bad, "case %zu: %zu", i, bad);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("utf16");
	TCase *tcase = tcase_create("utf16");

	tcase_add_test(tcase, every_code_point);
	tcase_add_test(tcase, surrogate_pair_has_its_bytes);
	tcase_add_loop_test(tcase, not_utf8, 0, NOT_UTF8);
	tcase_add_test(tcase, not_utf16);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
