/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Requests (DSP0226, MS-WSMV), with the headers that Microsoft's own client
 * sends.  All that is written went through put_text(), but for what stands
 * here as it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/guid.h"
#include "core/text.h"
#include "wire/wsman/names.h"
#include "wire/wsman/wsman.h"

#define WQL_DIALECT "http://schemas.microsoft.com/wbem/wsman/1/WQL"
#define ANONYMOUS SM_NS_ADDRESSING "/role/anonymous"
#define MUST " s:mustUnderstand=\"true\""
#define NEED_NOT " s:mustUnderstand=\"false\""

static void put(struct sm_out *out, const char *markup)
{
	sm_out_bytes(out, markup, strlen(markup));
}

/* What stands for a character that is not to stand there itself. */
static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

/* XML 1.0 has no other control characters, however they are written. */
static bool can_carry(const char *text, size_t len)
{
	const char *end = text + len;

	if (!sm_text_valid(text, len, NULL))
		return false;
	while (text < end) {
		uint32_t c = sm_text_next(&text, end);

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return false;
		if (c == 0xfffe || c == 0xffff)
			return false;
	}
	return true;
}

static void put_bytes(struct sm_out *out, const char *text, size_t len)
{
	if (!can_carry(text, len)) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < len; i++) {
		const char *other = reference(text[i]);

		if (other != NULL)
			put(out, other);
		else
			sm_out_u8(out, (uint8_t)text[i]);
	}
}

static void put_text(struct sm_out *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

static void put_number(struct sm_out *out, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	put(out, text);
}

void sm_wsman_make_id(const uint8_t random[16], char id[SM_WSMAN_ID])
{
	struct sm_guid guid;

	sm_guid_make(random, &guid);
	snprintf(id, SM_WSMAN_ID, "uuid:");
	sm_guid_format(&guid, id + 5);
}

void sm_wsman_put_identify(struct sm_out *out)
{
	put(out, "<s:Envelope xmlns:s=\"" SM_NS_SOAP "\" xmlns:i=\"" //
	    SM_NS_IDENTITY
		 "\"><s:Header/><s:Body><i:Identify/>"
		 "</s:Body></s:Envelope>");
}

/* What a request is about. */
struct about {
	const char *uri;
	const char *action;
	bool has_id; /* the selector SessionId */
	uint64_t id;
	bool in_namespace; /* the selector __cimnamespace */
};

static void put_options(struct sm_out *out,
			const struct sm_wsman_request *request)
{
	if (!request->ask_instance)
		return;
	/*
	 * A server that knows no options is to say so, not to answer for its
	 * default instance.  No MustComply, as Microsoft's client: providers
	 * refuse that of options which they do know.
	 */
	put(out, "<w:OptionSet" MUST " xmlns:xs=\"" SM_NS_SCHEMA
		 "\">"
		 "<w:Option Name=\"SmbInstance\" Type=\"xs:unsignedInt\">");
	put_number(out, request->instance);
	put(out, "</w:Option></w:OptionSet>");
}

static void put_timeout(struct sm_out *out, uint32_t milliseconds)
{
	char text[80];

	if (milliseconds == 0)
		return;
	snprintf(text, sizeof(text),
		 "<w:OperationTimeout>PT%" PRIu32 ".%03" PRIu32
		 "S</w:OperationTimeout>",
		 milliseconds / 1000, milliseconds % 1000);
	put(out, text);
}

static void put_selectors(struct sm_out *out, const struct about *about)
{
	if (!about->in_namespace && !about->has_id)
		return;
	put(out, "<w:SelectorSet>");
	if (about->in_namespace)
		put(out, "<w:Selector Name=\"__cimnamespace\">" //
		    SM_CIM_NAMESPACE "</w:Selector>");
	if (about->has_id) {
		put(out, "<w:Selector Name=\"SessionId\">");
		put_number(out, about->id);
		put(out, "</w:Selector>");
	}
	put(out, "</w:SelectorSet>");
}

/* From the start to the inside of the body. */
static void put_begin(struct sm_out *out,
		      const struct sm_wsman_request *request,
		      const struct about *about)
{
	put(out, "<s:Envelope xmlns:s=\"" SM_NS_SOAP "\" xmlns:a=\"" //
	    SM_NS_ADDRESSING "\" xmlns:n=\"" SM_NS_ENUMERATION
		 "\" xmlns:w=\"" SM_NS_WSMAN "\" xmlns:p=\"" SM_NS_MICROSOFT
		 "\"><s:Header><a:To>");
	put_text(out, request->to);
	put(out, "</a:To><w:ResourceURI" MUST ">");
	put_text(out, about->uri);
	put(out, "</w:ResourceURI><a:ReplyTo><a:Address" MUST ">" ANONYMOUS
		 "</a:Address></a:ReplyTo><a:Action" MUST ">");
	put_text(out, about->action);
	put(out, "</a:Action><w:MaxEnvelopeSize" MUST ">");
	put_number(out, request->max_envelope);
	put(out, "</w:MaxEnvelopeSize><a:MessageID>");
	put_text(out, request->id);
	put(out, "</a:MessageID><w:Locale xml:lang=\"en-US\"" NEED_NOT
		 "/><p:DataLocale xml:lang=\"en-US\"" NEED_NOT "/>");
	put_options(out, request);
	put_timeout(out, request->timeout);
	put_selectors(out, about);
	put(out, "</s:Header><s:Body>");
}

static void put_end(struct sm_out *out)
{
	put(out, "</s:Body></s:Envelope>");
}

/* Microsoft's client names a query's target by the WMI form, always. */
static struct about about_enumeration(const struct sm_wsman_request *request,
				      const struct sm_select *select,
				      const char *action)
{
	struct about about = {.uri = SM_URI_QUERY, .action = action};

	if (select == NULL || select->count == 0)
		about.uri = request->form == SM_WSMAN_DMTF ? SM_URI_DMTF
							   : SM_URI_WMI;
	about.in_namespace = strcmp(about.uri, SM_URI_DMTF) == 0 ||
			     request->form == SM_WSMAN_WMI_SELECTED;
	return about;
}

static void put_filter(struct sm_out *out, const struct sm_select *select)
{
	struct sm_out query = {0};

	if (select == NULL || select->count == 0)
		return;
	put(out, "<w:Filter Dialect=\"" WQL_DIALECT "\">");
	sm_wsman_put_wql(&query, select);
	if (query.failed)
		out->failed = true;
	else
		put_bytes(out, (const char *)query.data, query.len);
	sm_out_free(&query);
	put(out, "</w:Filter>");
}

void sm_wsman_put_enumerate(struct sm_out *out,
			    const struct sm_wsman_request *request,
			    const struct sm_select *select, uint32_t items)
{
	struct about about = about_enumeration(request, select,
					       SM_NS_ENUMERATION "/Enumerate");

	put_begin(out, request, &about);
	put(out, "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>");
	put_number(out, items);
	put(out, "</w:MaxElements>");
	put_filter(out, select);
	put(out, "</n:Enumerate>");
	put_end(out);
}

void sm_wsman_put_pull(struct sm_out *out,
		       const struct sm_wsman_request *request,
		       const struct sm_select *select, const char *context,
		       uint32_t items)
{
	struct about about =
		about_enumeration(request, select, SM_NS_ENUMERATION "/Pull");

	put_begin(out, request, &about);
	put(out, "<n:Pull><n:EnumerationContext>");
	put_text(out, context);
	put(out, "</n:EnumerationContext><n:MaxElements>");
	put_number(out, items);
	put(out, "</n:MaxElements></n:Pull>");
	put_end(out);
}

void sm_wsman_put_release(struct sm_out *out,
			  const struct sm_wsman_request *request,
			  const struct sm_select *select, const char *context)
{
	struct about about = about_enumeration(request, select,
					       SM_NS_ENUMERATION "/Release");

	put_begin(out, request, &about);
	put(out, "<n:Release><n:EnumerationContext>");
	put_text(out, context);
	put(out, "</n:EnumerationContext></n:Release>");
	put_end(out);
}

void sm_wsman_put_close(struct sm_out *out,
			const struct sm_wsman_request *request, uint64_t id)
{
	bool dmtf = request->form == SM_WSMAN_DMTF;
	const struct about about = {
		.uri = dmtf ? SM_URI_DMTF : SM_URI_WMI,
		.action = dmtf ? SM_URI_DMTF "/" SM_CIM_METHOD
			       : SM_URI_WMI "/" SM_CIM_METHOD,
		.has_id = true,
		.id = id,
		.in_namespace = request->form != SM_WSMAN_WMI,
	};

	put_begin(out, request, &about);
	put(out, "<m:" SM_CIM_METHOD "_INPUT xmlns:m=\"");
	put_text(out, about.uri);
	put(out, "\"/>");
	put_end(out);
}
