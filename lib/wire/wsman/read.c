/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Answers.  An answer is believed when it is the one to what was asked: a
 * SOAP envelope with one body, in it one element of this operation or a
 * fault; and where it says whose answer it is, and of which action, this must
 * be so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire/wsman/names.h"
#include "wire/wsman/part.h"

/* MaxElements is a request; this is what is taken of a server's own idea. */
#define ITEMS_MOST 65536
/* A context is the server's, but it is ours to carry. */
#define CONTEXT_MOST 16384

struct answer_reader {
	struct sm_xml xml;
	enum sm_wsman_kind expect;
	const char *id;
	sm_wsman_session_fn *session;
	void *userdata;
	struct sm_wsman_answer *answer;
	bool addressed;	   /* it says whose answer, or what action, it is */
	bool other_action; /* and the action is none of those expected */
	bool context_seen;
	bool items_seen;
	bool body_seen;
};

static const char *const responses[] = {
	[SM_WSMAN_IDENTIFIED] = "IdentifyResponse",
	[SM_WSMAN_ENUMERATED] = "EnumerateResponse",
	[SM_WSMAN_PULLED] = "PullResponse",
	[SM_WSMAN_RELEASED] = "ReleaseResponse",
	[SM_WSMAN_CLOSED] = "ForceClose_OUTPUT",
};

/* The action of ForceClose begins with a URI that servers vary. */
static bool is_action(enum sm_wsman_kind expect, const char *action)
{
	const char *tail = strrchr(action, '/');
	size_t space = 0;

	if (tail == NULL)
		return false;
	space = (size_t)(tail - action);
	tail++;
	if (expect == SM_WSMAN_CLOSED)
		return strcmp(tail, SM_CIM_METHOD "Response") == 0 ||
		       strcmp(tail, SM_CIM_METHOD) == 0;
	if (expect == SM_WSMAN_IDENTIFIED)
		return true;
	return space == strlen(SM_NS_ENUMERATION) &&
	       strncasecmp(action, SM_NS_ENUMERATION, space) == 0 &&
	       strcmp(tail, responses[expect]) == 0;
}

static int take_header(struct answer_reader *r)
{
	char data[512];
	struct sm_xml_text text = sm_xml_text_make(data, sizeof(data));
	bool relates = sm_xml_is(&r->xml, SM_NS_ADDRESSING, "RelatesTo");
	bool action = sm_xml_is(&r->xml, SM_NS_ADDRESSING, "Action");
	bool plain = false;
	int ret = 0;

	if (!relates && !action)
		return 0;
	ret = sm_xml_read_text(&r->xml, &text, &plain);
	if (ret != 0)
		return ret;
	if (!plain || text.over)
		return sm_xml_refuse(&r->xml, "a header has no plain value");
	r->addressed = true;
	if (action && !is_action(r->expect, sm_xml_trim(data)))
		r->other_action = true;
	if (relates && r->id != NULL && !sm_xml_same(sm_xml_trim(data), r->id))
		return sm_xml_refuse(&r->xml, "it is for another request");
	return 0;
}

static int read_header(struct answer_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(&r->xml);
	bool found = false;
	int ret = 0;

	do {
		ret = sm_xml_child(&r->xml, &element, NULL, &found);
		if (ret == 0 && found)
			ret = take_header(r);
	} while (ret == 0 && found);
	return ret;
}

/*
 * Only sessions were asked for: what is none would leave the list incomplete
 * and nobody would know.
 */
static int read_items(struct answer_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(&r->xml);
	bool found = false;
	int ret = 0;

	if (r->items_seen)
		return sm_xml_refuse(&r->xml, "it has items twice");
	r->items_seen = true;
	for (;;) {
		ret = sm_xml_child(&r->xml, &element, NULL, &found);
		if (ret != 0 || !found)
			return ret;
		if (!sm_wsman_at_session(&r->xml))
			return sm_xml_refuse(&r->xml,
					     "there is an item that is no " //
					     SM_CIM_CLASS);
		if (r->answer->items == ITEMS_MOST)
			return sm_xml_refuse(&r->xml, "it has too many items");
		r->answer->items++;
		ret = sm_wsman_read_session(&r->xml, r->session, r->userdata);
		if (ret != 0)
			return ret;
	}
}

static int read_context(struct answer_reader *r)
{
	struct sm_xml_text text;
	char *data = NULL;
	bool plain = false;
	int ret = 0;

	if (r->context_seen)
		return sm_xml_refuse(&r->xml, "it has two contexts");
	r->context_seen = true;
	data = malloc(CONTEXT_MOST + 1);
	if (data == NULL)
		return sm_fail_nomem(r->xml.fail);
	text = sm_xml_text_make(data, CONTEXT_MOST + 1);
	ret = sm_xml_read_text(&r->xml, &text, &plain);
	if (ret == 0 && (!plain || text.over))
		ret = sm_xml_refuse(&r->xml,
				    "its context is too long, or "
				    "no text");
	/* White space alone is none. */
	if (ret != 0 || strspn(data, " \t\r\n") == text.len) {
		free(data);
		return ret;
	}
	r->answer->context = data;
	return 0;
}

/* Optimized or not, servers have used either namespace for these two. */
static bool is_enumerations(struct sm_xml *xml, const char *name)
{
	return sm_xml_is(xml, SM_NS_WSMAN, name) ||
	       sm_xml_is(xml, SM_NS_ENUMERATION, name);
}

static int take_page(struct answer_reader *r)
{
	if (sm_xml_is(&r->xml, SM_NS_ENUMERATION, "EnumerationContext"))
		return read_context(r);
	if (is_enumerations(&r->xml, "Items"))
		return read_items(r);
	if (is_enumerations(&r->xml, "EndOfSequence"))
		r->answer->end = true;
	return 0;
}

static int read_page(struct answer_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(&r->xml);
	struct sm_wsman_answer *answer = r->answer;
	bool found = false;
	int ret = 0;

	do {
		ret = sm_xml_child(&r->xml, &element, NULL, &found);
		if (ret == 0 && found)
			ret = take_page(r);
	} while (ret == 0 && found);
	if (ret != 0)
		return ret;
	if (answer->end) {
		/* What there is behind the end is no use to anybody. */
		free(answer->context);
		answer->context = NULL;
	}
	/* A Pull that names none goes on with the one that was sent. */
	if (r->expect == SM_WSMAN_ENUMERATED && !answer->end &&
	    answer->context == NULL)
		return sm_xml_refuse(&r->xml,
				     "it has neither an end nor a context");
	return 0;
}

static int take_return(struct answer_reader *r)
{
	struct sm_wsman_answer *answer = r->answer;
	char data[32];
	struct sm_xml_text text = sm_xml_text_make(data, sizeof(data));
	uint64_t value = 0;
	bool nil = false;
	bool plain = false;
	int ret = sm_xml_is_nil(&r->xml, &nil);

	if (ret == 0)
		ret = sm_xml_read_text(&r->xml, &text, &plain);
	if (ret != 0 || nil)
		return ret;
	if (answer->has_return || !plain || text.over ||
	    !sm_xml_number(data, UINT32_MAX, &value))
		return sm_xml_refuse(&r->xml, "its return value is no number");
	answer->has_return = true;
	answer->return_value = (uint32_t)value;
	return 0;
}

static int read_closed(struct answer_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(&r->xml);
	bool found = false;
	int ret = 0;

	do {
		ret = sm_xml_child(&r->xml, &element, NULL, &found);
		if (ret == 0 && found && sm_xml_named(&r->xml, "ReturnValue"))
			ret = take_return(r);
	} while (ret == 0 && found);
	return ret;
}

static int read_identity(struct answer_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(&r->xml);
	char vendor[128] = "";
	char version[128] = "";
	char both[260];
	bool found = false;
	int ret = 0;

	do {
		char *to = NULL;
		char data[128];
		struct sm_xml_text text = sm_xml_text_make(data, sizeof(data));
		bool plain = false;

		ret = sm_xml_child(&r->xml, &element, NULL, &found);
		if (ret != 0 || !found)
			break;
		if (sm_xml_is(&r->xml, SM_NS_IDENTITY, "ProductVendor"))
			to = vendor;
		else if (sm_xml_is(&r->xml, SM_NS_IDENTITY, "ProductVersion"))
			to = version;
		if (to == NULL)
			continue;
		ret = sm_xml_read_text(&r->xml, &text, &plain);
		sm_trim_tail(data);
		memcpy(to, data, sizeof(data));
	} while (ret == 0);
	snprintf(both, sizeof(both), "%s %s", vendor, version);
	sm_wsman_one_line(both, r->answer->product, sizeof(r->answer->product));
	return ret;
}

static bool is_close_answer(struct sm_xml *xml)
{
	return (sm_xml_named(xml, SM_CIM_METHOD "_OUTPUT") ||
		sm_xml_named(xml, SM_CIM_METHOD)) &&
	       (sm_xml_below(xml, SM_URI_DMTF) ||
		sm_xml_below(xml, SM_URI_WMI));
}

static int take_body(struct answer_reader *r)
{
	const char *wanted = responses[r->expect];

	if (sm_xml_is(&r->xml, SM_NS_SOAP, "Fault")) {
		r->answer->faulted = true;
		return sm_wsman_read_fault(&r->xml, r->expect,
					   &r->answer->fault);
	}
	if (r->other_action)
		return sm_xml_refuse(&r->xml,
				     "its action is of another "
				     "operation");
	switch (r->expect) {
	case SM_WSMAN_IDENTIFIED:
		if (sm_xml_is(&r->xml, SM_NS_IDENTITY, wanted))
			return read_identity(r);
		break;
	case SM_WSMAN_ENUMERATED:
	case SM_WSMAN_PULLED:
		if (sm_xml_is(&r->xml, SM_NS_ENUMERATION, wanted))
			return read_page(r);
		break;
	case SM_WSMAN_RELEASED:
		if (sm_xml_is(&r->xml, SM_NS_ENUMERATION, wanted))
			return 0;
		break;
	case SM_WSMAN_CLOSED:
		if (is_close_answer(&r->xml))
			return read_closed(r);
		break;
	}
	return sm_xml_refuse(&r->xml, "it is of another operation");
}

/* Two operations may answer with nothing, if the headers say what it is. */
static int check_empty(struct answer_reader *r)
{
	if ((r->expect == SM_WSMAN_RELEASED || r->expect == SM_WSMAN_CLOSED) &&
	    r->addressed && !r->other_action)
		return 0;
	return sm_xml_refuse(&r->xml, "its body is empty");
}

static int read_body(struct answer_reader *r)
{
	struct sm_xml_element element = sm_xml_enter(&r->xml);
	bool found = false;
	int ret = sm_xml_child(&r->xml, &element, NULL, &found);

	if (ret != 0)
		return ret;
	if (!found)
		return check_empty(r);
	ret = take_body(r);
	if (ret != 0)
		return ret;
	ret = sm_xml_child(&r->xml, &element, NULL, &found);
	if (ret == 0 && found)
		ret = sm_xml_refuse(&r->xml, "its body has two elements");
	return ret;
}

static int take_part(struct answer_reader *r, bool first)
{
	if (first && sm_xml_is(&r->xml, SM_NS_SOAP, "Header"))
		return read_header(r);
	if (!r->body_seen && sm_xml_is(&r->xml, SM_NS_SOAP, "Body")) {
		r->body_seen = true;
		return read_body(r);
	}
	return sm_xml_refuse(&r->xml,
			     "it is no SOAP message of one header "
			     "and one body");
}

static int read_envelope(struct answer_reader *r)
{
	struct sm_xml_element element;
	bool first = true;
	bool found = false;
	int ret = sm_xml_root(&r->xml);

	if (ret != 0)
		return ret;
	if (!sm_xml_is(&r->xml, SM_NS_SOAP, "Envelope"))
		return sm_xml_refuse(&r->xml, "it is no SOAP 1.2 message");
	element = sm_xml_enter(&r->xml);
	do {
		ret = sm_xml_child(&r->xml, &element, NULL, &found);
		if (ret == 0 && found)
			ret = take_part(r, first);
		first = false;
	} while (ret == 0 && found);
	if (ret == 0 && !r->body_seen)
		ret = sm_xml_refuse(&r->xml, "it has no body");
	return ret == 0 ? sm_xml_finish(&r->xml) : ret;
}

int sm_wsman_read(const uint8_t *data, size_t len, enum sm_wsman_kind expect,
		  const char *id, sm_wsman_session_fn *session, void *userdata,
		  struct sm_wsman_answer *answer, struct sm_fail *fail)
{
	struct answer_reader r = {
		.expect = expect,
		.id = id,
		.session = session,
		.userdata = userdata,
		.answer = answer,
	};
	int ret = 0;

	memset(answer, 0, sizeof(*answer));
	if (len > SM_WSMAN_ANSWER_MOST)
		return sm_fail_at(fail, SMBMGMT_E_PROTOCOL,
				  SM_WSMAN_ANSWER_MOST,
				  "The server's answer is too long.");
	ret = sm_xml_open(&r.xml, data, len, fail);
	if (ret == 0)
		ret = read_envelope(&r);
	sm_xml_close(&r.xml);
	return ret;
}

void sm_wsman_answer_clear(struct sm_wsman_answer *answer)
{
	free(answer->context);
	memset(answer, 0, sizeof(*answer));
}
