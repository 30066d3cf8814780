/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * s:Fault (SOAP 1.2 5.4), and what servers put into its Detail: WSManFault
 * with faults of providers in it, MSFT_WmiError, or the CIM status in an
 * element of the vendor's own.  All of it may be missing.
 */
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "wire/wsman/names.h"
#include "wire/wsman/part.h"

/* Bytes of a text before it is made one line. */
#define RAW 1024

struct fault_reader {
	struct sm_xml *xml;
	struct sm_wsman_fault *fault;
	char detail[64];	     /* the end of w:FaultDetail */
	char reason[SM_WSMAN_TEXT];  /* s:Reason */
	char message[SM_WSMAN_TEXT]; /* the innermost Message */
	bool has_reason;
	bool reason_is_english;
	bool cims_differ;
};

/* C0, DEL and C1 controls, and the separators of lines and paragraphs. */
static bool breaks(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	       c == 0x2029;
}

void sm_wsman_one_line(const char *text, char *line, size_t size)
{
	const char *end = text + strlen(text);
	size_t len = 0;
	bool gap = false;

	while (text < end) {
		char one[4];
		uint32_t c = sm_text_next(&text, end);
		size_t n = sm_text_put(one, c);

		if (c == ' ' || breaks(c)) {
			gap = len > 0;
			continue;
		}
		if (len + (gap ? 1 : 0) + n >= size)
			break;
		if (gap)
			line[len++] = ' ';
		gap = false;
		memcpy(line + len, one, n);
		len += n;
	}
	line[len] = '\0';
}

/* The text of the element that was reached, in one line. */
static int read_line(struct sm_xml *xml, char *line, size_t size)
{
	char raw[RAW];
	struct sm_xml_text text = sm_xml_text_make(raw, sizeof(raw));
	bool plain = false;
	int ret = sm_xml_read_text(xml, &text, &plain);

	sm_trim_tail(raw);
	sm_wsman_one_line(raw, line, size);
	return ret;
}

/* Behind the last of @marks. */
static const char *tail_of(const char *text, char mark)
{
	const char *at = strrchr(text, mark);

	return at == NULL ? text : at + 1;
}

static void keep(char *to, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		len = size - 1;
	memcpy(to, text, len);
	to[len] = '\0';
	sm_trim_tail(to);
}

/* Code: Value, Subcode (Value, Subcode...): the innermost value counts. */
static int read_code(struct fault_reader *r, // NOLINT(misc-no-recursion)
		     bool inner)
{
	struct sm_xml_element element = sm_xml_enter(r->xml);
	bool found = false;
	int ret = 0;

	do {
		ret = sm_xml_child(r->xml, &element, NULL, &found);
		if (ret != 0 || !found)
			return ret;
		if (sm_xml_is(r->xml, SM_NS_SOAP, "Subcode")) {
			ret = read_code(r, true);
		} else if (inner && sm_xml_is(r->xml, SM_NS_SOAP, "Value")) {
			char name[SM_WSMAN_TEXT];

			ret = read_line(r->xml, name, sizeof(name));
			keep(r->fault->subcode, sizeof(r->fault->subcode),
			     tail_of(name, ':'));
		}
	} while (ret == 0);
	return ret;
}

static bool is_english(struct sm_xml *xml)
{
	const xmlChar *lang = xmlTextReaderConstXmlLang(xml->reader);

	return lang != NULL && strncasecmp((const char *)lang, "en", 2) == 0 &&
	       (lang[2] == '\0' || lang[2] == '-');
}

/* The first English one, or else the first. */
static int read_reason(struct fault_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(r->xml);
	bool found = false;
	int ret = 0;

	do {
		bool english = false;

		ret = sm_xml_child(r->xml, &element, NULL, &found);
		if (ret != 0 || !found)
			return ret;
		if (!sm_xml_is(r->xml, SM_NS_SOAP, "Text"))
			continue;
		english = is_english(r->xml);
		if (r->has_reason && (r->reason_is_english || !english))
			continue;
		r->has_reason = true;
		r->reason_is_english = english;
		ret = read_line(r->xml, r->reason, sizeof(r->reason));
	} while (ret == 0);
	return ret;
}

static int take_code(struct fault_reader *r)
{
	struct sm_wsman_fault *fault = r->fault;
	char data[24];
	struct sm_xml_text text = sm_xml_text_make(data, sizeof(data));
	uint64_t code = 0;
	bool found = false;
	int ret = sm_xml_attribute(r->xml, "", "Code", &text, &found);

	if (ret != 0 || !found || text.over ||
	    !sm_xml_number(data, UINT32_MAX, &code))
		return ret;
	if (fault->has_code && sm_wsman_code_rank((uint32_t)code) <=
				       sm_wsman_code_rank(fault->code))
		return 0;
	fault->has_code = true;
	fault->code = (uint32_t)code;
	return 0;
}

static int take_status(struct fault_reader *r)
{
	struct sm_wsman_fault *fault = r->fault;
	char line[32];
	uint64_t status = 0;
	int ret = read_line(r->xml, line, sizeof(line));

	if (ret != 0 || !sm_xml_number(line, UINT32_MAX, &status))
		return ret;
	if (fault->has_cim && fault->cim != status)
		r->cims_differ = true;
	if (fault->has_cim)
		return 0;
	fault->has_cim = true;
	fault->cim = (uint32_t)status;
	return 0;
}

static int take_detail(struct fault_reader *r)
{
	char line[SM_WSMAN_TEXT];
	int ret = read_line(r->xml, line, sizeof(line));

	keep(r->detail, sizeof(r->detail), tail_of(line, '/'));
	return ret;
}

/*
 * Within Detail, whatever is in it: SM_XML_DEPTH bounds the recursion.  The
 * innermost Message that says something is the provider's.
 */
static int walk(struct fault_reader *r) // NOLINT(misc-no-recursion)
{
	struct sm_xml_element element = sm_xml_enter(r->xml);
	bool says = sm_xml_named(r->xml, "Message");
	char raw[RAW];
	struct sm_xml_text text = sm_xml_text_make(raw, sizeof(raw));
	char line[SM_WSMAN_TEXT];
	bool found = false;
	int ret = 0;

	do {
		ret = sm_xml_child(r->xml, &element, says ? &text : NULL,
				   &found);
		if (ret != 0 || !found)
			break;
		if (sm_xml_is(r->xml, SM_NS_FAULT, "WSManFault"))
			ret = take_code(r);
		if (ret != 0)
			break;
		if (sm_xml_named(r->xml, "CIMStatusCode"))
			ret = take_status(r);
		else if (sm_xml_is(r->xml, SM_NS_WSMAN, "FaultDetail"))
			ret = take_detail(r);
		else
			ret = walk(r);
	} while (ret == 0);
	sm_trim_tail(raw);
	sm_wsman_one_line(raw, line, sizeof(line));
	/* An inner one was here first. */
	if (line[0] != '\0' && r->message[0] == '\0')
		keep(r->message, sizeof(r->message), line);
	return ret;
}

static int read_part(struct fault_reader *r)
{
	if (sm_xml_is(r->xml, SM_NS_SOAP, "Code"))
		return read_code(r, false);
	if (sm_xml_is(r->xml, SM_NS_SOAP, "Reason"))
		return read_reason(r);
	if (sm_xml_is(r->xml, SM_NS_SOAP, "Detail"))
		return walk(r);
	return 0;
}

int sm_wsman_read_fault(struct sm_xml *xml, enum sm_wsman_kind expect,
			struct sm_wsman_fault *fault)
{
	struct sm_xml_element element = sm_xml_enter(xml);
	struct fault_reader r = {.xml = xml, .fault = fault};
	struct sm_wsman_signs signs = {.subcode = fault->subcode};
	bool found = false;
	int ret = 0;

	do {
		ret = sm_xml_child(xml, &element, NULL, &found);
		if (ret == 0 && found)
			ret = read_part(&r);
	} while (ret == 0 && found);
	if (ret != 0)
		return ret;
	signs.detail = r.detail;
	signs.has_code = fault->has_code;
	signs.code = fault->code;
	signs.has_cim = fault->has_cim;
	signs.cim = fault->cim;
	signs.cims_differ = r.cims_differ;
	fault->trouble = sm_wsman_judge(&signs, expect);
	keep(fault->text, sizeof(fault->text),
	     r.message[0] != '\0' ? r.message : r.reason);
	return 0;
}
