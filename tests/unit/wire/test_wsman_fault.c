/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Faults: the forms of SOAP 1.2 5.4, DSP0226 14.6 and MS-WSMV 2.2.4.43
 * (WSManFault), and what each is taken for.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wsman_made.h"

#define CODE(subcode)                                                          \
	"<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>" subcode      \
	"</s:Value></s:Subcode></s:Code>"
#define REASON "<s:Reason><s:Text xml:lang=\"en-US\">why</s:Text></s:Reason>"
#define DETAIL(d) "<s:Detail>" d "</s:Detail>"
#define WSMANFAULT(code) "<f:WSManFault Code=\"" code "\"/>"
#define STATUS(n)                                                              \
	"<p:MSFT_WmiError xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/"  \
	"1/wmi/root/microsoft/windows/smb/MSFT_WmiError\"><p:CIMStatusCode "   \
	"xsi:type=\"cim:cimUnsignedInt\">" n                                   \
	"</p:CIMStatusCode></p:MSFT_WmiError>"
#define FAULTDETAIL(d)                                                         \
	"<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/"           \
	"faultDetail/" d "</w:FaultDetail>"

static void read_fault(struct made *made, enum sm_wsman_kind kind,
		       const char *content)
{
	char body[16384];

	snprintf(body, sizeof(body), "<s:Fault>%s</s:Fault>", content);
	made_read(made, kind,
		  MADE_ACTION("http://schemas.dmtf.org/wbem/wsman/1/wsman/"
			      "fault"),
		  body);
	ck_assert_msg(made->ret == 0, "%s: %s", content, made->fail.text);
	ck_assert(made->answer.faulted);
	ck_assert_uint_eq(made->rows, 0);
}

/* @enumerated: the same fault in the answer to an Enumerate. */
static const struct {
	const char *content;
	enum sm_wsman_trouble closed;
	enum sm_wsman_trouble enumerated;
} troubles[] = {
#define SAME(t) SM_WSMAN_##t, SM_WSMAN_##t
	{"", SAME(OTHER)},
	{CODE("w:AccessDenied") REASON, SAME(ACCESS_DENIED)},
	{CODE("AccessDenied"), SAME(ACCESS_DENIED)},
	{CODE("w:Accessdenied"), SAME(OTHER)},
	{CODE("wsse:FailedAuthentication"), SAME(ACCESS_DENIED)},
	{CODE("a:DestinationUnreachable"), SAME(NO_CLASS)},
	{CODE("w:InvalidResourceURI"), SAME(NO_CLASS)},
	{CODE("w:TimedOut"), SAME(SLOW)},
	{CODE("n:TimedOut"), SAME(SLOW)},
	{CODE("w:QuotaLimit"), SAME(QUOTA)},
	{CODE("n:InvalidEnumerationContext"), SAME(NO_CONTEXT)},
	{CODE("w:EncodingLimit"), SAME(TOO_SMALL)},
	{CODE("w:EncodingLimit") DETAIL(FAULTDETAIL("MaxEnvelopeSizeExceeded")),
	 SAME(TOO_SMALL)},
	{CODE("w:EncodingLimit") DETAIL(FAULTDETAIL("ServiceEnvelopeLimit")),
	 SAME(QUOTA)},
	{CODE("w:EncodingLimit") DETAIL(FAULTDETAIL("UnreportableSuccess")),
	 SAME(UNTOLD)},
	{CODE("w:EncodingLimit") DETAIL(WSMANFAULT("2150858829")),
	 SAME(UNTOLD)},
	{CODE("w:EncodingLimit") DETAIL(WSMANFAULT("2150858824")),
	 SAME(TOO_SMALL)},
	{CODE("n:FilteringNotSupported"), SAME(NO_WQL)},
	{CODE("n:FilterDialectRequestedUnavailable"), SAME(NO_WQL)},
	{CODE("n:CannotProcessFilter"), SAME(NO_WQL)},
	{CODE("w:InvalidOptions"), SAME(NO_OPTION)},
	{CODE("w:UnsupportedFeature"), SAME(OTHER)},
	{CODE("w:UnsupportedFeature") DETAIL(FAULTDETAIL("OptionSet")),
	 SAME(NO_OPTION)},
	{CODE("w:InvalidSelectors"), SAME(NO_SELECTOR)},
	{CODE("a:ActionNotSupported"), SAME(OTHER)},
	/* A subcode within another: the inner one tells more. */
	{"<s:Code><s:Value>s:Sender</"
	 "s:Value><s:Subcode><s:Value>w:InvalidOptions"
	 "</s:Value><s:Subcode><s:Value>w:QuotaLimit</s:Value></s:Subcode>"
	 "</s:Subcode></s:Code>",
	 SAME(QUOTA)},
	/* Numbers: 0x80338029, 5, E_ACCESSDENIED, the class, the namespace. */
	{DETAIL(WSMANFAULT("2150858793")), SAME(SLOW)},
	{DETAIL(WSMANFAULT("5")), SAME(ACCESS_DENIED)},
	{DETAIL(WSMANFAULT("2147942405")), SAME(ACCESS_DENIED)},
	{DETAIL(WSMANFAULT("2147749904")), SAME(NO_CLASS)},
	{DETAIL(WSMANFAULT("2147749902")), SAME(NO_CLASS)},
	{DETAIL(WSMANFAULT("2150859174")), SAME(QUOTA)},
	{DETAIL(WSMANFAULT("2150858779")), SAME(NO_CONTEXT)},
	{DETAIL(WSMANFAULT("2150858778")), SAME(NO_WQL)},
	{DETAIL(WSMANFAULT("2150858809")), SAME(NO_OPTION)},
	/* A number counts before the subcode. */
	{CODE("a:DestinationUnreachable") DETAIL(WSMANFAULT("5")),
	 SAME(ACCESS_DENIED)},
	/* A number that is known counts before one that is not. */
	{DETAIL("<f:WSManFault Code=\"1\"><f:Message><f:ProviderFault>"
		"<f:WSManFault Code=\"5\"/></f:ProviderFault></f:Message>"
		"</f:WSManFault>"),
	 SAME(ACCESS_DENIED)},
	{DETAIL("<f:WSManFault Code=\"5\">" WSMANFAULT("1") "</f:WSManFault>"),
	 SAME(ACCESS_DENIED)},
	/* What is no number, or in another place, is none. */
	{DETAIL(WSMANFAULT("")), SAME(OTHER)},
	{DETAIL(WSMANFAULT("5x")), SAME(OTHER)},
	{DETAIL(WSMANFAULT("00000000000000000000000000000005")), SAME(OTHER)},
	{DETAIL("<WSManFault Code=\"5\"/>"), SAME(OTHER)},
	{DETAIL("<f:WSManFault f:Code=\"5\" code=\"5\"/>"), SAME(OTHER)},
	/* CIM statuses. */
	{DETAIL(STATUS("1")), SAME(OTHER)},
	{DETAIL(STATUS("1") WSMANFAULT("5")), SAME(ACCESS_DENIED)},
	{DETAIL(STATUS("2")), SAME(ACCESS_DENIED)},
	{DETAIL(STATUS("3")), SAME(NO_CLASS)},
	{DETAIL(STATUS("5")), SAME(NO_CLASS)},
	{DETAIL(STATUS("7")), SAME(OTHER)},
	{DETAIL(STATUS("14")), SAME(NO_WQL)},
	{DETAIL(STATUS("15")), SAME(NO_WQL)},
	{DETAIL(STATUS("21")), SAME(NO_CONTEXT)},
	{DETAIL(STATUS("27")), SAME(QUOTA)},
	/* The session is gone: status 6 to an Invoke, and nothing against. */
	{DETAIL(STATUS("6")), SM_WSMAN_NO_INSTANCE, SM_WSMAN_NO_CLASS},
	{DETAIL(STATUS(" 6 ")), SM_WSMAN_NO_INSTANCE, SM_WSMAN_NO_CLASS},
	{CODE("a:DestinationUnreachable")
		 DETAIL(WSMANFAULT("2150858752") STATUS("6")),
	 SM_WSMAN_NO_INSTANCE, SM_WSMAN_NO_CLASS},
	{CODE("w:InternalError") DETAIL(WSMANFAULT("1") STATUS("6")),
	 SM_WSMAN_NO_INSTANCE, SM_WSMAN_NO_CLASS},
	{DETAIL(STATUS("6") STATUS("6")), SM_WSMAN_NO_INSTANCE,
	 SM_WSMAN_NO_CLASS},
	{DETAIL("<v:Thing xmlns:v=\"urn:v\"><v:CIMStatusCode>6"
		"</v:CIMStatusCode></v:Thing>"),
	 SM_WSMAN_NO_INSTANCE, SM_WSMAN_NO_CLASS},
	/* Anything beside it that says another thing: not gone. */
	{DETAIL(STATUS("6") STATUS("2")), SM_WSMAN_OTHER, SM_WSMAN_NO_CLASS},
	{DETAIL(STATUS("2") STATUS("6")), SAME(ACCESS_DENIED)},
	{DETAIL(STATUS("6") WSMANFAULT("5")), SAME(ACCESS_DENIED)},
	{DETAIL(WSMANFAULT("2150858752") WSMANFAULT("2147749904") STATUS("6")),
	 SAME(NO_CLASS)},
	{DETAIL(WSMANFAULT("2147749902") STATUS("6")), SAME(NO_CLASS)},
	{DETAIL(WSMANFAULT("2150858811") STATUS("6")), SAME(NO_CLASS)},
	{CODE("a:DestinationUnreachable")
		 DETAIL(FAULTDETAIL("InvalidResourceURI") STATUS("6")),
	 SAME(NO_CLASS)},
	{CODE("w:AccessDenied") DETAIL(STATUS("6")), SAME(ACCESS_DENIED)},
	{CODE("w:TimedOut") DETAIL(STATUS("6")), SAME(SLOW)},
	/* And without the status nothing makes a session gone: the resource
	 * may be the class, and so may WBEM_E_NOT_FOUND's object. */
	{CODE("a:DestinationUnreachable") DETAIL(WSMANFAULT("2150858752")),
	 SAME(NO_CLASS)},
	{DETAIL(WSMANFAULT("2147749890")), SAME(OTHER)},
	{DETAIL("<CIMStatusCode>6 or so</CIMStatusCode>"), SAME(OTHER)},
	{DETAIL("<CIMStatusCode/>"), SAME(OTHER)},
	{DETAIL("<CIMStatusCode>4294967302</CIMStatusCode>"), SAME(OTHER)},
	{DETAIL("<x CIMStatusCode=\"6\">6</x>"), SAME(OTHER)},
	{"<CIMStatusCode>6</CIMStatusCode>", SAME(OTHER)},
};

START_TEST(taken_for)
{
	static const enum sm_wsman_kind kinds[] = {
		SM_WSMAN_IDENTIFIED, SM_WSMAN_ENUMERATED, SM_WSMAN_PULLED,
		SM_WSMAN_RELEASED, SM_WSMAN_CLOSED};

	for (size_t i = 0; i < 5; i++) {
		enum sm_wsman_trouble wanted =
			kinds[i] == SM_WSMAN_CLOSED ? troubles[_i].closed
						    : troubles[_i].enumerated;
		struct made m;

		read_fault(&m, kinds[i], troubles[_i].content);
		ck_assert_msg(m.answer.fault.trouble == wanted,
			      "%s: %d instead of %d", troubles[_i].content,
			      (int)m.answer.fault.trouble, (int)wanted);
		made_clear(&m);
	}
}
END_TEST

/* As Windows answers a method of an instance that is gone. */
START_TEST(of_windows)
{
	struct made m;

	read_fault(
		&m, SM_WSMAN_CLOSED,
		"<s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>"
		"w:InternalError</s:Value></s:Subcode></s:Code>"
		"<s:Reason><s:Text xml:lang=\"en-US\">outer</s:Text></s:Reason>"
		"<s:Detail><f:WSManFault Code=\"2150858755\" Machine=\"m\">"
		"<f:Message>outer<f:ProviderFault provider=\"WMI Provider\" "
		"path=\"x.dll\"><p:MSFT_WmiError xmlns:p=\"urn:x\">"
		"<p:CIMStatusCode>6</p:CIMStatusCode>"
		"<p:CIMStatusCodeDescription xsi:nil=\"true\"/>"
		"<p:Message>No session\r\n\twith  this "
		"id.&#133;&#8232;</p:Message>"
		"<p:MessageID>SMB 2</p:MessageID></p:MSFT_WmiError>"
		"</f:ProviderFault></f:Message></f:WSManFault></s:Detail>");
	ck_assert_int_eq(m.answer.fault.trouble, SM_WSMAN_NO_INSTANCE);
	ck_assert(m.answer.fault.has_code && m.answer.fault.has_cim);
	ck_assert_uint_eq(m.answer.fault.code, 0x80338003u);
	ck_assert_uint_eq(m.answer.fault.cim, 6);
	ck_assert_str_eq(m.answer.fault.subcode, "InternalError");
	ck_assert_str_eq(m.answer.fault.text, "No session with this id.");
	made_clear(&m);
}
END_TEST

/* Whose words are taken. */
static const struct {
	const char *content;
	const char *text;
} words[] = {
	{"", ""},
	{"<s:Reason/>", ""},
	{REASON, "why"},
	{"<s:Reason><s:Text xml:lang=\"de\">warum</s:Text></s:Reason>",
	 "warum"},
	{"<s:Reason><s:Text xml:lang=\"de\">warum</s:Text>"
	 "<s:Text xml:lang=\"EN\">why</s:Text>"
	 "<s:Text xml:lang=\"en-GB\">no</s:Text></s:Reason>",
	 "why"},
	{"<s:Reason><s:Text xml:lang=\"eng\">1</s:Text><s:Text>2</s:Text>"
	 "</s:Reason>",
	 "1"},
	{"<s:Reason><Text>x</Text><s:Text>2</s:Text></s:Reason>", "2"},
	{REASON DETAIL("<f:WSManFault><f:Message> its <b/> words</f:Message>"
		       "</f:WSManFault>"),
	 "its words"},
	{REASON DETAIL("<f:Message/>"), "why"},
	{REASON DETAIL("text of its own"), "why"},
	{REASON DETAIL("<Message>outer<x><Message>inner</Message></x>"
		       "</Message><Message>later</Message>"),
	 "inner"},
};

START_TEST(text_taken)
{
	struct made m;

	read_fault(&m, SM_WSMAN_PULLED, words[_i].content);
	ck_assert_msg(strcmp(m.answer.fault.text, words[_i].text) == 0,
		      "%s: %s", words[_i].content, m.answer.fault.text);
	made_clear(&m);
}
END_TEST

START_TEST(long_words)
{
	struct made m;
	char content[8192];

	/* Two bytes a character; the bound falls within one. */
	strcpy(content, "<s:Code><s:Subcode><s:Value>w:");
	for (int i = 0; i < 100; i++)
		strcat(content, "\xc3\xb6");
	strcat(content, "</s:Value></s:Subcode></s:Code><s:Reason><s:Text>");
	for (int i = 0; i < 1000; i++)
		strcat(content, "\xc3\xb6");
	strcat(content, "</s:Text></s:Reason>");
	read_fault(&m, SM_WSMAN_PULLED, content);
	ck_assert_uint_eq(strlen(m.answer.fault.text), 238);
	ck_assert_uint_eq(strlen(m.answer.fault.subcode), 62);
	made_clear(&m);
}
END_TEST

/* A fault is the whole body, and its XML is as bounded as any. */
START_TEST(not_alone)
{
	struct made m;

	made_read(&m, SM_WSMAN_PULLED, NULL, "<s:Fault/><n:PullResponse/>");
	ck_assert_int_eq(m.ret, SMBMGMT_E_PROTOCOL);
	made_clear(&m);
	made_read(&m, SM_WSMAN_PULLED, NULL, "<Fault/>");
	ck_assert_int_eq(m.ret, SMBMGMT_E_PROTOCOL);
	made_clear(&m);
	made_read(&m, SM_WSMAN_CLOSED, "<a:RelatesTo>x</a:RelatesTo>",
		  "<s:Fault/>");
	ck_assert_int_eq(m.ret, SMBMGMT_E_PROTOCOL);
	made_clear(&m);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("wsman-fault");
	TCase *tc = tcase_create("faults");

	tcase_add_loop_test(tc, taken_for, 0, COUNT(troubles));
	tcase_add_test(tc, of_windows);
	tcase_add_loop_test(tc, text_taken, 0, COUNT(words));
	tcase_add_test(tc, long_words);
	tcase_add_test(tc, not_alone);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
