/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * An XML document, walked from element to element and never held: libxml2's
 * reader, within bounds, without DTD, entities or anything from elsewhere.
 * Within lib/wire/wsman only.
 */
#ifndef SM_WIRE_WSMAN_XML_H
#define SM_WIRE_WSMAN_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxml/xmlreader.h>

#include "util/fail.h"

#define SM_XML_DEPTH 32	     /* of elements */
#define SM_XML_TAG 8192	     /* bytes of one tag */
#define SM_XML_ATTRIBUTES 64 /* of one tag, declarations counted */

struct sm_xml {
	xmlTextReaderPtr reader;
	uint8_t *owned; /* what was UTF-16 before */
	char why[200];	/* what the parser said first */
	struct sm_xml_before {
		xmlGenericErrorFunc generic;
		void *generic_context;
		xmlStructuredErrorFunc structured;
		void *structured_context;
		xmlFreeFunc release;
		xmlMallocFunc allocate;
		xmlReallocFunc reallocate;
		xmlStrdupFunc duplicate;
	} before; /* what libxml2 called in this process */
	struct sm_fail *fail;
};

/* An element that is being read; where it is not, its content is skipped. */
struct sm_xml_element {
	int depth;
	bool empty;
};

/* The text that stands in an element itself.  What does not fit is lost. */
struct sm_xml_text {
	char *data; /* NUL-terminated; it may be cut within a character */
	size_t size;
	size_t len;
	bool over;
};

/*
 * Look at @len bytes of UTF-8 before libxml2 does: declaration, tags and
 * their bounds.  A document type, wherever it is, is PROTOCOL.
 */
int sm_xml_screen(const char *data, size_t len, struct sm_fail *fail);

/* UTF-16 with a byte order mark or without one, as XML has it? */
bool sm_xml_is_utf16(const uint8_t *data, size_t len);
/* In UTF-8, from malloc.  PROTOCOL with the offset; NOMEM. */
int sm_xml_from_utf16(const uint8_t *data, size_t len, uint8_t **text,
		      size_t *text_len, struct sm_fail *fail);

/* @data stays the caller's and is borrowed.  To be closed in any case. */
int sm_xml_open(struct sm_xml *xml, const uint8_t *data, size_t len,
		struct sm_fail *fail);
void sm_xml_close(struct sm_xml *xml);

/* Go to the root element. */
int sm_xml_root(struct sm_xml *xml);
/* Read what is behind the root element: nothing that matters.  Or NOMEM. */
int sm_xml_finish(struct sm_xml *xml);

/* The element whose start was reached last. */
struct sm_xml_element sm_xml_enter(struct sm_xml *xml);
/*
 * Go to the next element within @element, past all that is left of the one
 * before.  @text (may be NULL) takes what text is met.
 */
int sm_xml_child(struct sm_xml *xml, const struct sm_xml_element *element,
		 struct sm_xml_text *text, bool *found);
/* All text of the element that was reached; *@plain: it has no elements. */
int sm_xml_read_text(struct sm_xml *xml, struct sm_xml_text *text, bool *plain);

/* Of the element that was reached.  @space is compared without case. */
bool sm_xml_is(struct sm_xml *xml, const char *space, const char *name);
bool sm_xml_named(struct sm_xml *xml, const char *name);
/* In @space, or in one below it? */
bool sm_xml_below(struct sm_xml *xml, const char *space);
/* Its attribute @name; @space "" for one without. */
int sm_xml_attribute(struct sm_xml *xml, const char *space, const char *name,
		     struct sm_xml_text *value, bool *found);
int sm_xml_is_nil(struct sm_xml *xml, bool *nil);

/* PROTOCOL, about where the reader is. */
int sm_xml_refuse(struct sm_xml *xml, const char *what);

/* Text to compare and take in. */
struct sm_xml_text sm_xml_text_make(char *data, size_t size);
bool sm_xml_same(const char *a, const char *b); /* ASCII without case */
/* Without the white space around it, in place. */
char *sm_xml_trim(char *text);
/* Digits, white space around them; false: no such number, or too large. */
bool sm_xml_number(const char *text, uint64_t most, uint64_t *number);

#endif /* SM_WIRE_WSMAN_XML_H */
