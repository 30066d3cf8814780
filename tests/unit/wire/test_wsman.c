/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Answers of WS-Management as they are to be: the forms of MS-WSMV 4.1 and
 * DSP0226 (8.2 Enumerate, 8.4 Pull, 8.6 Release, 9 Invoke, 11 Identify), those
 * that servers are known to send besides, and sessions' properties.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wsman_made.h"

#define CONTEXT "<n:EnumerationContext>uuid:C1</n:EnumerationContext>"
#define END "<w:EndOfSequence/>"

/* The reading of one session that has the properties @p. */
static void read_item(struct made *made, const char *p)
{
	char body[8192];

	snprintf(body, sizeof(body),
		 "<n:EnumerateResponse>" CONTEXT
		 "<w:Items>"
		 "<p:MSFT_SmbSession xmlns:p=\"%s\">%s</p:MSFT_SmbSession>"
		 "</w:Items></n:EnumerateResponse>",
		 MADE_DMTF, p);
	made_read(made, SM_WSMAN_ENUMERATED, NULL, body);
}

static void must_read(const struct made *made)
{
	ck_assert_msg(made->ret == 0, "%s", made->fail.text);
	ck_assert(!made->answer.faulted);
}

START_TEST(whole_session)
{
	struct made m;
	const struct sm_row *row = &m.row[0];

	read_item(&m,
		  "<p:ClientComputerName>[fe80::1%3]</p:ClientComputerName>"
		  "<p:ClientUserName>LAB\\j\xc3\xb6rg &amp; "
		  "<![CDATA[<co>]]></p:ClientUserName>"
		  "<p:ClusterNodeName>node1</p:ClusterNodeName>"
		  "<p:Dialect>3.1.1</p:Dialect>"
		  "<p:NumOpens>18446744073709551615</p:NumOpens>"
		  "<p:ScopeName>*</p:ScopeName>"
		  "<p:SecondsExists>4294967295</p:SecondsExists>"
		  "<p:SecondsIdle>0</p:SecondsIdle>"
		  "<p:SessionId>9007199254740993</p:SessionId>"
		  "<p:SmbInstance>1</p:SmbInstance>"
		  "<p:TransportName>tcp</p:TransportName>"
		  "<p:PSComputerName>x</p:PSComputerName>");
	must_read(&m);
	ck_assert_uint_eq(m.rows, 1);
	ck_assert_uint_eq(m.answer.items, 1);
	ck_assert_uint_eq(
		row->have,
		SMBMGMT_FIELD_ID | SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |
			SMBMGMT_FIELD_NUM_OPENS | SMBMGMT_FIELD_SECONDS_EXISTS |
			SMBMGMT_FIELD_SECONDS_IDLE | SMBMGMT_FIELD_SCOPE |
			SMBMGMT_FIELD_NODE | SMBMGMT_FIELD_INSTANCE |
			SMBMGMT_FIELD_DIALECT | SMBMGMT_FIELD_TRANSPORT_NAME);
	/* 2^53 + 1: no double holds it. */
	ck_assert_uint_eq(row->id, UINT64_C(9007199254740993));
	ck_assert_uint_eq(row->num_opens, UINT64_MAX);
	ck_assert_uint_eq(row->exists, UINT32_MAX);
	ck_assert_uint_eq(row->idle, 0);
	ck_assert_uint_eq(row->instance, SMBMGMT_INSTANCE_CSV);
	ck_assert_str_eq(row->client, "[fe80::1%3]");
	ck_assert_str_eq(row->user, "LAB\\j\xc3\xb6rg & <co>");
	ck_assert_str_eq(row->scope, "*");
	ck_assert_str_eq(row->node, "node1");
	ck_assert_str_eq(row->dialect, "3.1.1");
	ck_assert_str_eq(row->transport_name, "tcp");
	ck_assert_str_eq(m.answer.context, "uuid:C1");
	made_clear(&m);
}
END_TEST

/* What each says of the row besides the id 7; NULL: it is refused. */
static const struct {
	const char *properties;
	uint64_t have; /* besides the id and the instance */
	bool refused;
} sessions[] = {
	{"<p:SessionId>7</p:SessionId>", 0, false},
	{"<p:SessionId>\n  7\t</p:SessionId>", 0, false},
	{"<p:SessionId>0007</p:SessionId>", 0, false},
	{"<p:SessionId><!-- c -->7<?pi?></p:SessionId>", 0, false},
	{"<p:SessionId>7</p:SessionId><p:NumOpens xsi:nil=\"true\"/>", 0,
	 false},
	{"<p:SessionId>7</p:SessionId><p:NumOpens xsi:nil=\" 1 \">5"
	 "</p:NumOpens>",
	 0, false},
	{"<p:SessionId>7</p:SessionId><p:NumOpens xsi:nil=\"false\">5"
	 "</p:NumOpens>",
	 SMBMGMT_FIELD_NUM_OPENS, false},
	/* A nil of another namespace is none. */
	{"<p:SessionId>7</p:SessionId><p:NumOpens nil=\"true\">5</p:NumOpens>",
	 SMBMGMT_FIELD_NUM_OPENS, false},
	{"<p:SessionId>7</p:SessionId><p:NumOpens/>", 0, false},
	{"<p:SessionId>7</p:SessionId><p:ClientUserName/>", 0, false},
	{"<p:SessionId>7</p:SessionId><p:SmbInstance xsi:nil=\"true\"/>", 0,
	 false},
	{"<p:SessionId>7</p:SessionId><p:SmbInstance/>", 0, false},
	{"<p:SessionId>7</p:SessionId><p:TransportName></p:TransportName>", 0,
	 false},
	/* Elements where a text belongs, and what is not of the class. */
	{"<p:SessionId>7</p:SessionId><p:ClientUserName>a<b>c</b>"
	 "</p:ClientUserName>",
	 0, false},
	{"<p:SessionId>7</p:SessionId><w:XmlFragment><p:SessionId>8"
	 "</p:SessionId></w:XmlFragment>",
	 0, false},
	{"<p:SessionId>7</p:SessionId><w:SessionId>8</w:SessionId>", 0, false},
	{"<p:SessionId>7</p:SessionId><SessionId>8</SessionId>", 0, false},
	{"<p:SessionId>7</p:SessionId><p:Embedded><p:MSFT_SmbSession>"
	 "<p:SessionId>8</p:SessionId></p:MSFT_SmbSession></p:Embedded>",
	 0, false},
	{"", 0, true},
	{"<p:SessionId/>", 0, true},
	{"<p:SessionId xsi:nil=\"true\"/>", 0, true},
	{"<p:SessionId>  </p:SessionId>", 0, true},
	{"<p:SessionId>x</p:SessionId>", 0, true},
	{"<p:SessionId>7x</p:SessionId>", 0, true},
	{"<p:SessionId>7 8</p:SessionId>", 0, true},
	{"<p:SessionId>-7</p:SessionId>", 0, true},
	{"<p:SessionId>+7</p:SessionId>", 0, true},
	{"<p:SessionId>0x7</p:SessionId>", 0, true},
	{"<p:SessionId>7.0</p:SessionId>", 0, true},
	{"<p:SessionId>7<b/></p:SessionId>", 0, true},
	{"<p:SessionId>18446744073709551616</p:SessionId>", 0, true},
	{"<p:SessionId>73786976294838206471</p:SessionId>", 0, true},
	{"<w:SessionId>7</w:SessionId>", 0, true},
	{"<q:SessionId>7</q:SessionId>", 0, true},
	{"<p:sessionid>7</p:sessionid>", 0, true},
	{"<p:SessionId>7</p:SessionId><p:SessionId>7</p:SessionId>", 0, true},
	{"<p:SessionId>7</p:SessionId><p:SessionId xsi:nil=\"true\"/>", 0,
	 true},
	{"<p:SessionId>7</p:SessionId><p:ClientUserName/>"
	 "<p:ClientUserName>a</p:ClientUserName>",
	 0, true},
	{"<p:SessionId>7</p:SessionId><p:NumOpens>1 of 2</p:NumOpens>", 0,
	 true},
	{"<p:SessionId>7</p:SessionId><p:SecondsIdle>4294967296"
	 "</p:SecondsIdle>",
	 0, true},
	{"<p:SessionId>7</p:SessionId><p:SmbInstance>4</p:SmbInstance>", 0,
	 true},
};

START_TEST(session_forms)
{
	struct made m;
	const char *properties = sessions[_i].properties;

	read_item(&m, properties);
	if (sessions[_i].refused) {
		ck_assert_msg(m.ret == SMBMGMT_E_PROTOCOL, "%s", properties);
		ck_assert_int_ge(m.fail.offset, 0);
		ck_assert_uint_eq(m.rows, 0);
	} else {
		ck_assert_msg(m.ret == 0, "%s: %s", properties, m.fail.text);
		ck_assert_uint_eq(m.row[0].id, 7);
		ck_assert_uint_eq(m.row[0].instance, SMBMGMT_INSTANCE_DEFAULT);
		ck_assert_msg(m.row[0].have ==
				      (sessions[_i].have | SMBMGMT_FIELD_ID |
				       SMBMGMT_FIELD_INSTANCE),
			      "%s", properties);
	}
	made_clear(&m);
}
END_TEST

START_TEST(whole_range_of_ids)
{
	struct made m;

	read_item(&m, "<p:SessionId>18446744073709551615</p:SessionId>");
	must_read(&m);
	ck_assert_uint_eq(m.row[0].id, UINT64_MAX);
	made_clear(&m);
	read_item(&m, "<p:SessionId>0</p:SessionId>");
	must_read(&m);
	ck_assert_uint_eq(m.row[0].id, 0);
	made_clear(&m);
}
END_TEST

/* A text at its bound and over it. */
START_TEST(long_text)
{
	struct made m;
	char text[6000];

	for (int over = 0; over < 2; over++) {
		snprintf(text, sizeof(text),
			 "<p:SessionId>7</p:SessionId><p:Dialect>%0*d"
			 "</p:Dialect>",
			 4096 + over, 0);
		read_item(&m, text);
		ck_assert_int_eq(m.ret, over ? SMBMGMT_E_PROTOCOL : 0);
		made_clear(&m);
	}
}
END_TEST

/* Pages: what is in the response element, and what came of it. */
static const struct {
	const char *content;
	int items; /* -1: refused */
	const char *context;
	bool end;
	bool only_pull;
} pages[] = {
	{CONTEXT "<w:Items/>", 0, "uuid:C1", false, false},
	{CONTEXT, 0, "uuid:C1", false, false},
	{"<n:Expires>PT10M</n:Expires>" CONTEXT "<w:Items>"
	 "</w:Items><x/>",
	 0, "uuid:C1", false, false},
	{"<n:EnumerationContext/><w:Items>" MADE_ITEM(
		 "<p:SessionId>1</p:SessionId>") "</w:Items>" END,
	 1, NULL, true, false},
	{"<n:Items>" MADE_ITEM("<p:SessionId>1</p:SessionId>")
		 MADE_ITEM("<p:SessionId>1</p:SessionId>") "</n:Items>"
							   "<n:EndOfSequence/>",
	 2, NULL, true, false},
	/* The end counts, whatever context comes with it. */
	{CONTEXT "<n:Items/>" END, 0, NULL, true, false},
	{END, 0, NULL, true, false},
	{"", 0, NULL, false, true},
	{"<w:Items/>", 0, NULL, false, true},
	{"<n:EnumerationContext>\n </n:EnumerationContext><w:Items/>", 0, NULL,
	 false, true},
	{"<n:EnumerationContext> a&#13;&lt; </n:EnumerationContext>", 0,
	 " a\r< ", false, false},
	{CONTEXT CONTEXT, -1, NULL, false, false},
	{"<n:EnumerationContext/>" CONTEXT, -1, NULL, false, false},
	{CONTEXT "<w:Items/><n:Items/>", -1, NULL, false, false},
	{"<n:EnumerationContext><x/></n:EnumerationContext>", -1, NULL, false,
	 false},
	{CONTEXT "<w:Items><w:Item/></w:Items>", -1, NULL, false, false},
	{CONTEXT "<w:Items><p:MSFT_SmbSession xmlns:p=\"http://x\">"
		 "<p:SessionId>1</p:SessionId></p:MSFT_SmbSession></w:Items>",
	 -1, NULL, false, false},
	{CONTEXT "<w:Items><p:MSFT_SmbShare xmlns:p=\"" MADE_DMTF
		 "\"><p:SessionId>1</p:SessionId></p:MSFT_SmbShare></w:Items>",
	 -1, NULL, false, false},
	/* Elements of no namespace, or of another, are not these. */
	{"<EnumerationContext>c</EnumerationContext>", 0, NULL, false, true},
	{"<w:EnumerationContext>c</w:EnumerationContext>", 0, NULL, false,
	 true},
};

static void check_page(size_t i, enum sm_wsman_kind kind, const char *name)
{
	char body[8192];
	struct made m;
	bool refused = pages[i].items < 0 ||
		       (pages[i].only_pull && kind == SM_WSMAN_ENUMERATED);

	snprintf(body, sizeof(body), "<n:%s>%s</n:%s>", name, pages[i].content,
		 name);
	made_read(&m, kind, NULL, body);
	ck_assert_msg(m.ret == (refused ? SMBMGMT_E_PROTOCOL : 0), "%s: %s",
		      body, m.fail.text);
	if (!refused) {
		ck_assert_uint_eq(m.rows, (size_t)pages[i].items);
		ck_assert_uint_eq(m.answer.items, (size_t)pages[i].items);
		ck_assert_pstr_eq(m.answer.context, pages[i].context);
		ck_assert_int_eq(m.answer.end, pages[i].end);
	}
	made_clear(&m);
	ck_assert_ptr_null(m.answer.context);
}

START_TEST(page_forms)
{
	check_page((size_t)_i, SM_WSMAN_ENUMERATED, "EnumerateResponse");
	check_page((size_t)_i, SM_WSMAN_PULLED, "PullResponse");
}
END_TEST

#define CLOSED(space, name, content)                                           \
	"<q:" name " xmlns:q=\"" space "\">" content "</q:" name ">"

static const struct {
	enum sm_wsman_kind kind;
	const char *headers; /* NULL: the usual ones */
	const char *body;
	bool refused;
	int value; /* of the method, -1: none */
} others[] = {
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT",
		"<q:ReturnValue>0</q:ReturnValue>"),
	 false, 0},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_WMI, "ForceClose_OUTPUT",
		"<q:ReturnValue>5</q:ReturnValue>"),
	 false, 5},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF "/ForceClose", "ForceClose",
		"<ReturnValue> 5 </ReturnValue>"),
	 false, 5},
	{SM_WSMAN_CLOSED, NULL, CLOSED(MADE_DMTF, "ForceClose", ""), false, -1},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT",
		"<q:ReturnValue xsi:nil=\"true\"/><q:x>1</q:x>"),
	 false, -1},
	{SM_WSMAN_CLOSED, NULL, "", false, -1},
	{SM_WSMAN_CLOSED, NULL, " <!-- nothing --> ", false, -1},
	{SM_WSMAN_CLOSED, MADE_ACTION(MADE_WMI "/ForceClose"), "", false, -1},
	{SM_WSMAN_CLOSED, "<a:RelatesTo>" MADE_ID "</a:RelatesTo>", "", false,
	 -1},
	/* A body without anything, in a message that says nothing. */
	{SM_WSMAN_CLOSED, "", "", true, -1},
	{SM_WSMAN_CLOSED, MADE_ACTION(MADE_ENUMERATION "/PullResponse"), "",
	 true, -1},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT",
		"<q:ReturnValue>-1</q:ReturnValue>"),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT",
		"<q:ReturnValue></q:ReturnValue>"),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT",
		"<q:ReturnValue>4294967296</q:ReturnValue>"),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT",
		"<q:ReturnValue>0</q:ReturnValue>"
		"<q:ReturnValue>0</q:ReturnValue>"),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL, CLOSED("http://x", "ForceClose_OUTPUT", ""),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL, CLOSED(MADE_DMTF "2", "ForceClose_OUTPUT", ""),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL, CLOSED(MADE_DMTF, "Close_OUTPUT", ""), true,
	 -1},
	{SM_WSMAN_CLOSED, NULL,
	 CLOSED(MADE_DMTF, "ForceClose_OUTPUT", "")
		 CLOSED(MADE_DMTF, "ForceClose_OUTPUT", ""),
	 true, -1},
	{SM_WSMAN_CLOSED, NULL, "<n:ReleaseResponse/>", true, -1},
	{SM_WSMAN_RELEASED, NULL, "", false, -1},
	{SM_WSMAN_RELEASED, NULL, "<n:ReleaseResponse/>", false, -1},
	{SM_WSMAN_RELEASED, NULL, "<n:PullResponse/>", true, -1},
	{SM_WSMAN_RELEASED, "", "", true, -1},
	{SM_WSMAN_ENUMERATED, NULL, "", true, -1},
	{SM_WSMAN_PULLED, NULL, "", true, -1},
	{SM_WSMAN_PULLED, NULL,
	 "<n:EnumerateResponse>" END "</n:EnumerateResponse>", true, -1},
	{SM_WSMAN_PULLED, NULL, "<w:PullResponse>" END "</w:PullResponse>",
	 true, -1},
	{SM_WSMAN_PULLED, MADE_ACTION(MADE_ENUMERATION "/EnumerateResponse"),
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	{SM_WSMAN_PULLED, MADE_ACTION("http://x/PullResponse"),
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	{SM_WSMAN_PULLED, MADE_ACTION("PullResponse"),
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	{SM_WSMAN_PULLED, MADE_ACTION("<x/>"),
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	/* The id: without case and with white space, of another, twice. */
	{SM_WSMAN_PULLED,
	 "<a:RelatesTo> UUID:5E0BA0C4-0F5F-4B0E-8A64-2F6A4C6B1A7E\n"
	 "</a:RelatesTo>",
	 "<n:PullResponse>" END "</n:PullResponse>", false, -1},
	{SM_WSMAN_PULLED, "", "<n:PullResponse>" END "</n:PullResponse>", false,
	 -1},
	{SM_WSMAN_PULLED, "<a:RelatesTo>uuid:1</a:RelatesTo>",
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	{SM_WSMAN_PULLED, "<a:RelatesTo/>",
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	{SM_WSMAN_PULLED,
	 "<a:RelatesTo>" MADE_ID "</a:RelatesTo>"
	 "<a:RelatesTo>uuid:1</a:RelatesTo>",
	 "<n:PullResponse>" END "</n:PullResponse>", true, -1},
	{SM_WSMAN_IDENTIFIED, NULL, "", true, -1},
	{SM_WSMAN_IDENTIFIED, NULL, "<n:IdentifyResponse/>", true, -1},
};

START_TEST(other_answers)
{
	struct made m;

	made_read(&m, others[_i].kind, others[_i].headers, others[_i].body);
	ck_assert_msg(m.ret == (others[_i].refused ? SMBMGMT_E_PROTOCOL : 0),
		      "%s: %s", others[_i].body, m.fail.text);
	if (m.ret == 0) {
		ck_assert_int_eq(m.answer.has_return, others[_i].value >= 0);
		if (m.answer.has_return)
			ck_assert_uint_eq(m.answer.return_value,
					  (uint32_t)others[_i].value);
	}
	made_clear(&m);
}
END_TEST

#define IDENTITY                                                               \
	"<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/"    \
	"identity/1/wsmanidentity.xsd\">"

START_TEST(identity)
{
	struct made m;

	/* As in DSP0226 11. */
	made_read(&m, SM_WSMAN_IDENTIFIED, NULL,
		  IDENTITY
		  "<i:ProtocolVersion>http://schemas.dmtf.org/wbem/"
		  "wsman/1/wsman.xsd</i:ProtocolVersion>"
		  "<i:ProductVendor>Microsoft Corporation"
		  "</i:ProductVendor><i:ProductVersion>OS: 10.0.17763 "
		  "SP: 0.0\n Stack: 3.0</i:ProductVersion>"
		  "</i:IdentifyResponse>");
	must_read(&m);
	ck_assert_str_eq(m.answer.product,
			 "Microsoft Corporation OS: 10.0."
			 "17763 SP: 0.0 Stack: 3.0");
	made_clear(&m);
	made_read(&m, SM_WSMAN_IDENTIFIED, NULL,
		  IDENTITY "</i:IdentifyResponse>");
	must_read(&m);
	ck_assert_str_eq(m.answer.product, "");
	made_clear(&m);
}
END_TEST

START_TEST(long_identity)
{
	struct made m;
	char body[2048];

	/* Two bytes a character: 128 bytes cut in the middle of one. */
	strcpy(body, IDENTITY "<i:ProductVendor>x");
	for (int i = 0; i < 200; i++)
		strcat(body, "\xc3\xb6");
	strcat(body, "</i:ProductVendor></i:IdentifyResponse>");
	made_read(&m, SM_WSMAN_IDENTIFIED, NULL, body);
	must_read(&m);
	ck_assert_uint_eq(strlen(m.answer.product), 127);
	made_clear(&m);
}
END_TEST

/* The namespace's form and case, and the prefix. */
static const char *const spaces[] = {
	MADE_DMTF,
	MADE_WMI,
	("http://schemas.microsoft.com/wbem/wsman/1/wmi/ROOT/microsoft/windows/"
	 "smb/msft_smbsession"),
	"HTTP://schemas.DMTF.org/wbem/wscim/1/cim-schema/2/MSFT_SmbSession",
};

START_TEST(namespaces)
{
	struct made m;
	char body[2048];

	snprintf(body, sizeof(body),
		 "<q:PullResponse xmlns:q=\"" MADE_ENUMERATION
		 "\"><q:Items>"
		 "<MSFT_SmbSession xmlns=\"%s\"><SessionId>5</SessionId>"
		 "<z:ClientUserName xmlns:z=\"%s\">u</z:ClientUserName>"
		 "</MSFT_SmbSession></q:Items></q:PullResponse>",
		 spaces[_i], spaces[_i]);
	made_read(&m, SM_WSMAN_PULLED, NULL, body);
	must_read(&m);
	ck_assert_uint_eq(m.row[0].id, 5);
	ck_assert_str_eq(m.row[0].user, "u");
	made_clear(&m);
}
END_TEST

START_TEST(utf16)
{
	char *text = made_envelope("", "<n:PullResponse><n:Items>" MADE_ITEM(
					       "<p:SessionId>5</p:SessionId>")
					       "</n:Items></n:PullResponse>");

	for (int form = 0; form < 4; form++) {
		struct made m = {.stop = 0};
		size_t len = 0;
		uint8_t *data = made_utf16(text, form & 1, form & 2, &len);

		made_read_bytes(&m, data, len, SM_WSMAN_PULLED);
		must_read(&m);
		ck_assert_uint_eq(m.row[0].id, 5);
		made_clear(&m);
		/* An odd byte, and half a pair of surrogates. */
		made_read_bytes(&m, data, len - 1, SM_WSMAN_PULLED);
		ck_assert_int_eq(m.ret, SMBMGMT_E_PROTOCOL);
		made_clear(&m);
		data[len / 4 * 2 + (form & 1 ? 0 : 1)] = 0xd8;
		made_read_bytes(&m, data, len, SM_WSMAN_PULLED);
		ck_assert_int_eq(m.ret, SMBMGMT_E_PROTOCOL);
		ck_assert_int_eq(m.fail.offset, (int64_t)(len / 4 * 2));
		made_clear(&m);
		free(data);
	}
	free(text);
}
END_TEST

START_TEST(surrogates)
{
	static const char item[] = MADE_ITEM(
		"<p:SessionId>5</p:SessionId>"
		"<p:ClientUserName>ab</p:ClientUserName>");
	char body[1024];
	struct made m = {.stop = 0};
	size_t len = 0;
	uint8_t *data = NULL;
	char *text = NULL;
	size_t at = 0;

	snprintf(body, sizeof(body),
		 "<n:PullResponse><n:Items>%s</n:Items></n:PullResponse>",
		 item);
	text = made_envelope("", body);
	at = (size_t)(strstr(text, ">ab<") - text) + 1;
	data = made_utf16(text, 0, 0, &len);
	/* U+1F600 in place of `ab`. */
	memcpy(data + 2 * at, "\x3d\xd8\x00\xde", 4);
	made_read_bytes(&m, data, len, SM_WSMAN_PULLED);
	must_read(&m);
	ck_assert_str_eq(m.row[0].user, "\xf0\x9f\x98\x80");
	made_clear(&m);
	free(data);
	free(text);
}
END_TEST

START_TEST(declarations)
{
	static const struct {
		const char *before;
		bool refused;
	} cases[] = {
		{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", false},
		{"<?xml version='1.0' encoding='utf-16'?>", false},
		{"<?xml version=\"1.0\"?>", false},
		{"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>",
		 false},
		{"\xef\xbb\xbf", false},
		{"<!-- c --><?pi x?>\n", false},
		{"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", true},
		{"<?xml version=\"1.0\" encoding=\"IBM037\"?>", true},
		{"<?xml version=\"1.0\" encoding=UTF-8?>", true},
		{"<?xml version=\"1.0\" encoding=\"UTF-8?>", true},
		{"<?xml version=\"1.0\" encoding=\"aaaaaaaaaaaaaaaaaa\"?>",
		 true},
		{" <?xml version=\"1.0\"?>", true},
		{"x", true},
		{"<?xml", true},
		{"<!-- ", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = made_envelope("", "<n:PullResponse>" END
					       "</n:PullResponse>");
		char whole[4096];
		struct made m = {.stop = 0};

		snprintf(whole, sizeof(whole), "%s%s", cases[i].before, text);
		made_read_bytes(&m, whole, strlen(whole), SM_WSMAN_PULLED);
		ck_assert_msg(
			m.ret == (cases[i].refused ? SMBMGMT_E_PROTOCOL : 0),
			"%s: %s", cases[i].before, m.fail.text);
		made_clear(&m);
		free(text);
	}
}
END_TEST

START_TEST(stopped)
{
	struct made m = {.stop = SMBMGMT_E_NOMEM};
	char *text = made_envelope("", "<n:PullResponse><n:Items>" MADE_ITEM(
					       "<p:SessionId>5</p:SessionId>")
					       MADE_ITEM("") //
				   "</n:Items></n:PullResponse>");

	made_read_bytes(&m, text, strlen(text), SM_WSMAN_PULLED);
	ck_assert_int_eq(m.ret, SMBMGMT_E_NOMEM);
	ck_assert_uint_eq(m.answer.items, 1);
	made_clear(&m);
	free(text);
}
END_TEST

/* Nobody need take the sessions, nor say what was asked, nor hear why. */
START_TEST(without)
{
	struct sm_wsman_answer answer;
	char *text = made_envelope(
		"<a:RelatesTo>uuid:x</a:RelatesTo>",
		"<n:PullResponse><n:Items>" MADE_ITEM(
			"<p:SessionId>5</p:SessionId>") "</n:Items>"
							"</n:PullResponse>");

	ck_assert_int_eq(sm_wsman_read((const uint8_t *)text, strlen(text),
				       SM_WSMAN_PULLED, NULL, NULL, NULL,
				       &answer, NULL),
			 0);
	ck_assert_uint_eq(answer.items, 1);
	sm_wsman_answer_clear(&answer);
	ck_assert_int_eq(sm_wsman_read((const uint8_t *)text, strlen(text) - 1,
				       SM_WSMAN_PULLED, NULL, NULL, NULL,
				       &answer, NULL),
			 SMBMGMT_E_PROTOCOL);
	sm_wsman_answer_clear(&answer);
	free(text);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("wsman");
	TCase *tc = tcase_create("answers");

	tcase_add_test(tc, whole_session);
	tcase_add_loop_test(tc, session_forms, 0, COUNT(sessions));
	tcase_add_test(tc, whole_range_of_ids);
	tcase_add_test(tc, long_text);
	tcase_add_loop_test(tc, page_forms, 0, COUNT(pages));
	tcase_add_loop_test(tc, other_answers, 0, COUNT(others));
	tcase_add_test(tc, identity);
	tcase_add_test(tc, long_identity);
	tcase_add_loop_test(tc, namespaces, 0, COUNT(spaces));
	tcase_add_test(tc, utf16);
	tcase_add_test(tc, surrogates);
	tcase_add_test(tc, declarations);
	tcase_add_test(tc, stopped);
	tcase_add_test(tc, without);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
