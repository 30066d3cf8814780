/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Encrypted bodies (MS-WSMV 2.2.9.1): the published form with its tabs, what
 * else servers write, lengths that lie, and round trips.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wire/wsman/sealed.h"

#define B "--Encrypted Boundary"
#define HEAD(type, original)                                                   \
	B "\r\n\tContent-Type: " type "\r\n\tOriginalContent: " original       \
	  "\r\n" B "\r\n\tContent-Type: application/octet-stream\r\n"
#define SPNEGO "application/HTTP-SPNEGO-session-encrypted"
#define SOAP "type=application/soap+xml;charset=UTF-8;Length="
#define GOOD HEAD(SPNEGO, SOAP "3")
/* Two bytes of signature, and three of data. */
#define DATA "\x02\0\0\0SSabc"

/* One message from a block of its exact size. */
static int get(const char *body, size_t len, const char *boundary,
	       struct sm_sealed *sealed, bool *more, struct sm_fail *fail)
{
	static uint8_t *copy;
	size_t pos = 0;
	int ret = 0;

	free(copy);
	copy = malloc(len > 0 ? len : 1);
	memcpy(copy, body, len);
	ret = sm_sealed_get(copy, len, boundary, &pos, sealed, more, fail);
	ck_assert_uint_le(pos, len);
	if (ret == 0 && !*more)
		ck_assert_uint_eq(pos, len);
	if (ret != 0)
		ck_assert_uint_eq(pos, 0);
	return ret;
}

#define BODY(text)                                                             \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static const struct {
	const char *text;
	size_t len;
} good[] = {
	BODY(GOOD DATA B "--"),
	BODY(GOOD DATA B "--\r\n"),
	BODY(GOOD DATA B "--\r\n\r\n\n"),
	/* Without tabs, with blanks, names without case, bare line ends. */
	BODY(B "\r\nContent-Type: " SPNEGO "\r\nOriginalContent: " SOAP
	       "3\r\n" B "\r\nContent-Type: application/octet-stream\r\n" DATA B
	       "--\r\n"),
	BODY(B "\n content-type :" SPNEGO " \nORIGINALCONTENT:" SOAP "3\n" B
	       "\n\tcontent-TYPE:APPLICATION/octet-stream\n" DATA B "--\n"),
	BODY(B " \r\nX-Other: 1\r\n\r\nContent-Type: " SPNEGO
	       "\r\nOriginalContent: Length = \"3\" ; type=x\r\n" B
	       "\r\nContent-Type: application/octet-stream\r\n" DATA B "--"),
	BODY(HEAD("APPLICATION/http-spnego-SESSION-encrypted", SOAP "03") DATA B
	     "--"),
	/* The empty line that MIME has and MS-WSMV has not. */
	BODY(GOOD "\r\n" DATA B "--"),
};

START_TEST(accepted)
{
	struct sm_sealed sealed;
	struct sm_fail fail;
	bool more = true;

	ck_assert_msg(get(good[_i].text, good[_i].len, "Encrypted Boundary",
			  &sealed, &more, &fail) == 0,
		      "%s", fail.text);
	ck_assert(!more);
	ck_assert_int_eq(sealed.protocol, SM_SEALED_SPNEGO);
	ck_assert_uint_eq(sealed.plain, 3);
	ck_assert_uint_eq(sealed.signature_len, 2);
	ck_assert_mem_eq(sealed.signature, "SS", 2);
	ck_assert_uint_eq(sealed.data_len, 3);
	ck_assert_mem_eq(sealed.data, "abc", 3);
}
END_TEST

#define SIXTEEN "0123456789abcdef"
#define LONG SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN

static const struct {
	const char *text;
	size_t len;
} bad[] = {
	BODY(""),
	BODY("\r\n"),
	BODY("x\r\n"),
	BODY(B),
	BODY(B "\r\n"),
	BODY(B "--\r\n"),
	BODY(B "x\r\n"),
	BODY("--encrypted boundary\r\n"),
	BODY(B "\r\n" B
	       "\r\n\tContent-Type: application/octet-stream\r\n" DATA B "--"),
	BODY(B "\r\n\tContent-Type: " SPNEGO "\r\n" B
	       "\r\n\tContent-Type: application/octet-stream\r\n" DATA B "--"),
	BODY(B "\r\n\tOriginalContent: " SOAP "3\r\n" B
	       "\r\n\tContent-Type: application/octet-stream\r\n" DATA B "--"),
	BODY(HEAD("application/HTTP-CredSSP-session-encrypted", SOAP "3") DATA B
	     "--"),
	BODY(HEAD(SPNEGO "\r\n\tContent-Type: " SPNEGO, SOAP "3") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "3\r\n\tOriginalContent: " SOAP "3") DATA B
	     "--"),
	BODY(HEAD(SPNEGO, SOAP "3;Length=3") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP) DATA B "--"),
	BODY(HEAD(SPNEGO, "") DATA B "--"),
	BODY(HEAD(SPNEGO, "type=x") DATA B "--"),
	BODY(HEAD(SPNEGO, ";=") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "-3") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "3x") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "0x3") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "16777217") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "4294967299") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "18446744073709551619") DATA B "--"),
	/* The length is over what there is, or has no room for itself. */
	BODY(HEAD(SPNEGO, SOAP "4") DATA B "--"),
	BODY(HEAD(SPNEGO, SOAP "300") DATA B "--"),
	BODY(GOOD),
	BODY(GOOD "\x02\0\0"),
	BODY(GOOD "\x02\0\0\0"),
	BODY(GOOD "\x02\0\0\0S"),
	BODY(GOOD "\x02\0\0\0SSabc"),
	BODY(GOOD "\x02\0\0\0SSabc--Encrypted Boundar"),
	BODY(GOOD "\x01\x04\0\0SSabc" B "--"),
	BODY(GOOD "\xff\xff\xff\xffSSabc" B "--"),
	BODY(GOOD "\r\n\xff\xff\xff\xffSSabc" B "--"),
	BODY(GOOD "\xff\x03\0\0SSabc" B "--"),
	/* Behind the end. */
	BODY(GOOD DATA B "--x"),
	BODY(GOOD DATA B "--\r\n" B),
	BODY(B "\r\n\tContent-Type: " SPNEGO "\r\n\tOriginalContent: " SOAP
	       "3\r\n" B "\r\n\tContent-Type: text/plain\r\n" DATA B "--"),
	BODY(B "\r\n\tContent-Type: " SPNEGO "\r\n\tOriginalContent: " SOAP
	       "3\r\n" B "\r\n\tX: application/octet-stream\r\n" DATA B "--"),
	/* Lines: too long, with a NUL, too many. */
	BODY(B "\r\n\tX: " LONG LONG LONG LONG "\r\n"),
	BODY(B "\r\n\tX: a\0b\r\n"),
	BODY(B "\r\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\tContent-Type: " SPNEGO
	       "\r\n\tOriginalContent: " SOAP "3\r\n" B
	       "\r\n\tContent-Type: application/octet-stream\r\n" DATA B "--"),
};

START_TEST(refused)
{
	struct sm_sealed sealed;
	struct sm_fail fail;
	bool more = false;

	ck_assert_msg(get(bad[_i].text, bad[_i].len, "Encrypted Boundary",
			  &sealed, &more, &fail) == SMBMGMT_E_PROTOCOL,
		      "%s", bad[_i].text);
	ck_assert_int_ge(fail.offset, 0);
	ck_assert_uint_le((size_t)fail.offset, bad[_i].len);
}
END_TEST

START_TEST(types)
{
	static const struct {
		const char *type;
		const char *boundary; /* NULL: it is none */
	} cases[] = {
		{"multipart/encrypted;protocol=\"" SPNEGO
		 "\";boundary=\"Encrypted Boundary\"",
		 "Encrypted Boundary"},
		{" Multipart/Encrypted ; boundary=x ; Protocol=" SPNEGO, "x"},
		{"multipart/encrypted; protocol=\"application/http-kerberos-"
		 "session-encrypted\"; charset=x; boundary=\"a;b\"",
		 "a;b"},
		{"", NULL},
		{"multipart/encrypted", NULL},
		{"multipart/mixed;protocol=" SPNEGO ";boundary=x", NULL},
		{"multipart/encryptedx;protocol=" SPNEGO ";boundary=x", NULL},
		{"multipart/encrypted;protocol=" SPNEGO, NULL},
		{"multipart/encrypted;boundary=x", NULL},
		{"multipart/encrypted;protocol=other;boundary=x", NULL},
		{"multipart/encrypted;protocol=" SPNEGO ";boundary=", NULL},
		{"multipart/encrypted;protocol=" SPNEGO ";boundary=\"x", NULL},
		{"multipart/encrypted;protocol=" SPNEGO ";boundary=\"a\\b\"",
		 NULL},
		{"multipart/encrypted;protocol=" SPNEGO
		 ";boundary=x;boundary=y",
		 NULL},
		{"multipart/encrypted;protocol=" SPNEGO ";boundary=x y", NULL},
		{"multipart/encrypted;protocol=" SPNEGO ";boundary=\"a\rb\"",
		 NULL},
		{"multipart/encrypted;protocol=" SPNEGO ";boundary=x;", NULL},
		{"multipart/encrypted;protocol=" SPNEGO
		 ";boundary=x;" LONG LONG LONG LONG "=1",
		 NULL},
		{"multipart/encrypted;protocol=" SPNEGO
		 ";boundary=x;y=" LONG LONG LONG LONG,
		 NULL},
		{"multipart/encrypted;protocol=" SPNEGO
		 ";boundary=" SIXTEEN SIXTEEN SIXTEEN SIXTEEN "012345",
		 SIXTEEN SIXTEEN SIXTEEN SIXTEEN "012345"},
		{"multipart/encrypted;protocol=" SPNEGO
		 ";boundary=" SIXTEEN SIXTEEN SIXTEEN SIXTEEN "0123456",
		 NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char boundary[SM_SEALED_BOUNDARY];
		bool is = sm_sealed_boundary(cases[i].type, boundary);

		ck_assert_msg(is == (cases[i].boundary != NULL), "%s",
			      cases[i].type);
		if (is)
			ck_assert_str_eq(boundary, cases[i].boundary);
	}
}
END_TEST

/* Random bytes, boundaries among them, there and back; @count of them. */
static void round_trip(unsigned int *seed, int count)
{
	static const size_t sizes[] = {0, 1, 15, 60, 200, 3000};
	enum sm_sealed_protocol protocol =
		(enum sm_sealed_protocol)(rand_r(seed) % 2);
	char boundary[SM_SEALED_BOUNDARY];
	struct sm_out out = {0};
	struct sm_sealed want[4];
	uint8_t data[8192];
	size_t at[4];
	size_t pos = 0;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rand_r(seed);
	for (int i = 0; i < count; i++) {
		size_t plain = sizes[(size_t)rand_r(seed) % 6];
		size_t signature =
			(size_t)rand_r(seed) % (SM_SEALED_SIGNATURE_MOST + 1);

		want[i].protocol = protocol;
		want[i].plain = (uint32_t)plain;
		want[i].signature = data;
		want[i].signature_len = signature;
		want[i].data = data + signature;
		want[i].data_len = plain + (size_t)rand_r(seed) % 32;
		if (plain >= 40)
			memcpy(data + signature + 10, B "--", sizeof(B "--"));
	}
	for (int i = 0; i < count; i++) {
		at[i] = out.len;
		sm_sealed_put(&out, &want[i]);
		/* The end of one is the beginning of the next. */
		if (i + 1 < count)
			out.len -= sizeof(B "--\r\n") - 1;
	}
	ck_assert(!out.failed);
	ck_assert(
		sm_sealed_boundary(sm_sealed_content_type(protocol), boundary));
	for (int i = 0; i < count; i++) {
		struct sm_sealed got;
		struct sm_fail fail;
		bool more = false;

		ck_assert_uint_eq(pos, at[i]);
		ck_assert_msg(sm_sealed_get(out.data, out.len, boundary, &pos,
					    &got, &more, &fail) == 0,
			      "%s", fail.text);
		ck_assert_int_eq(more, i + 1 < count);
		ck_assert_int_eq(got.protocol, protocol);
		ck_assert_uint_eq(got.plain, want[i].plain);
		ck_assert_uint_eq(got.signature_len, want[i].signature_len);
		ck_assert_uint_eq(got.data_len, want[i].data_len);
		ck_assert(got.data_len == 0 ||
			  memcmp(got.data, want[i].data, got.data_len) == 0);
	}
	ck_assert_uint_eq(pos, out.len);
	sm_out_free(&out);
}

START_TEST(round_trips)
{
	unsigned int seed = 20261121;

	for (int i = 0; i < 400; i++)
		round_trip(&seed, 1 + i % 4);
}
END_TEST

/* As the bytes are in the published description. */
START_TEST(written)
{
	struct sm_sealed sealed = {
		.protocol = SM_SEALED_SPNEGO,
		.plain = 3,
		.signature = (const uint8_t *)"SS",
		.signature_len = 2,
		.data = (const uint8_t *)"abc",
		.data_len = 3,
	};
	static const char wanted[] = GOOD DATA B "--\r\n";
	struct sm_out out = {0};

	sm_sealed_put(&out, &sealed);
	ck_assert_uint_eq(out.len, sizeof(wanted) - 1);
	ck_assert_mem_eq(out.data, wanted, out.len);
	sm_out_free(&out);
	sealed.signature_len = SM_SEALED_SIGNATURE_MOST + 1;
	sealed.signature = calloc(1, sealed.signature_len);
	sm_sealed_put(&out, &sealed);
	ck_assert(out.failed);
	sm_out_free(&out);
	free((void *)(uintptr_t)sealed.signature);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman-sealed");
	TCase *tc = tcase_create("sealed");

	tcase_add_loop_test(tc, accepted, 0,
			    (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(tc, refused, 0,
			    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tc, types);
	tcase_add_test(tc, round_trips);
	tcase_add_test(tc, written);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
