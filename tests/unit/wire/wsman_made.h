/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Answers for the tests to read, and what came of them. */
#ifndef TESTS_WSMAN_MADE_H
#define TESTS_WSMAN_MADE_H

#include <stddef.h>
#include <stdint.h>

#include "wire/wsman/wsman.h"

#define MADE_ID "uuid:5e0ba0c4-0f5f-4b0e-8a64-2f6a4c6b1a7e"
#define MADE_DMTF                                                              \
	"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_SmbSession"
#define MADE_WMI                                                               \
	"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/Microsoft/"        \
	"Windows/SMB/MSFT_SmbSession"
#define MADE_ENUMERATION "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define MADE_ADDRESSING "http://schemas.xmlsoap.org/ws/2004/08/addressing"

/* A session with the properties @p of the namespace prefix p. */
#define MADE_ITEM(p)                                                           \
	"<p:MSFT_SmbSession xmlns:p=\"" MADE_DMTF "\">" p                      \
	"</"                                                                   \
	"p:MSFT_SmbSession>"
#define MADE_ACTION(a) "<a:Action>" a "</a:Action>"

#define MADE_ROWS 8

/* What was read. */
struct made {
	int ret;
	struct sm_wsman_answer answer;
	struct sm_fail fail;
	size_t rows;
	struct sm_row row[MADE_ROWS];
	char texts[MADE_ROWS][8][64];
	int stop; /* what the callback is to return */
};

/*
 * From malloc: an envelope with the usual prefixes (s, a, n, w, f, xsi), the
 * headers and what is in its body.
 */
char *made_envelope(const char *headers, const char *body);

/* Read bytes, from a block of their exact size; to be cleared. */
void made_read_bytes(struct made *made, const void *data, size_t len,
		     enum sm_wsman_kind expect);
/* Read an envelope; Action is that of the answer, where @headers is NULL. */
void made_read(struct made *made, enum sm_wsman_kind expect,
	       const char *headers, const char *body);
void made_clear(struct made *made);

/* @len bytes of UTF-8 (ASCII is enough) in UTF-16, from malloc. */
uint8_t *made_utf16(const char *text, int big, int mark, size_t *len);

#endif /* TESTS_WSMAN_MADE_H */
