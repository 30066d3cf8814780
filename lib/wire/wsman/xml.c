/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * libxml2 has state of its own: what it initialises once, where errors go if
 * there is no reader to tell, and what it allocates with.  The latter are
 * ours while a document is open and put back then, so two threads must not
 * read at once; a transport's child has one.
 */
#include "wire/wsman/xml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire/wsman/names.h"

/* The encoding is settled before; nothing is loaded, and nothing expanded. */
#define OPTIONS                                                                \
	(XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |           \
	 XML_PARSE_IGNORE_ENC)

/* By default it goes to stderr. */
static void hear_nothing(void *userdata, const char *format, ...)
{
	(void)userdata;
	(void)format;
}

/*
 * When memory runs out libxml2 goes on in places as if a name had not been
 * there, up to 2.12 at least, and an answer would lack what it says.  So this
 * is heard of where it happens.
 */
static bool no_memory;

static void *note(void *p)
{
	if (p == NULL)
		no_memory = true;
	return p;
}

static void *allocate(size_t size)
{
	return note(malloc(size));
}

static void *reallocate(void *old, size_t size)
{
	return note(realloc(old, size));
}

static char *duplicate(const char *text)
{
	return note(strdup(text));
}

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_ptr;
#else
typedef xmlErrorPtr error_ptr;
#endif

static void heard(void *userdata, error_ptr error)
{
	struct sm_xml *xml = userdata;
	size_t len = 0;

	if (error == NULL)
		return;
	if (error->message == NULL || xml->why[0] != '\0')
		return;
	len = strlen(error->message);
	while (len > 0 && (error->message[len - 1] == '\n' ||
			   error->message[len - 1] == '.'))
		len--;
	if (len >= sizeof(xml->why))
		len = sizeof(xml->why) - 1;
	memcpy(xml->why, error->message, len);
	xml->why[len] = '\0';
	sm_trim_tail(xml->why);
	for (char *p = xml->why; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	}
}

static int broken(struct sm_xml *xml)
{
	return sm_xml_refuse(xml,
			     xml->why[0] != '\0' ? xml->why : "it is broken");
}

int sm_xml_refuse(struct sm_xml *xml, const char *what)
{
	long at = xmlTextReaderByteConsumed(xml->reader);

	/* What was missed for want of memory is not the server's fault. */
	if (no_memory)
		return sm_fail_nomem(xml->fail);
	/* Where UTF-16 was, its offsets are not known any more. */
	if (at < 0 || xml->owned != NULL)
		sm_fail(xml->fail, SMBMGMT_E_PROTOCOL,
			"The server's answer cannot be used: %s.", what);
	else
		sm_fail_at(xml->fail, SMBMGMT_E_PROTOCOL, (size_t)at,
			   "The server's answer cannot be used: %s.", what);
	return SMBMGMT_E_PROTOCOL;
}

static void listen_to_all(struct sm_xml *xml)
{
	struct sm_xml_before *before = &xml->before;

	before->generic = xmlGenericError;
	before->generic_context = xmlGenericErrorContext;
	before->structured = xmlStructuredError;
	before->structured_context = xmlStructuredErrorContext;
	xmlSetGenericErrorFunc(NULL, hear_nothing);
	xmlSetStructuredErrorFunc(xml, heard);
	xmlMemGet(&before->release, &before->allocate, &before->reallocate,
		  &before->duplicate);
	xmlMemSetup(free, allocate, reallocate, duplicate);
	no_memory = false;
}

static void leave(const struct sm_xml_before *before)
{
	xmlResetLastError();
	xmlMemSetup(before->release, before->allocate, before->reallocate,
		    before->duplicate);
	xmlSetGenericErrorFunc(before->generic_context, before->generic);
	xmlSetStructuredErrorFunc(before->structured_context,
				  before->structured);
}

static int prepare(struct sm_xml *xml, const uint8_t **data, size_t *len)
{
	int ret = 0;

	if (sm_xml_is_utf16(*data, *len)) {
		ret = sm_xml_from_utf16(*data, *len, &xml->owned, len,
					xml->fail);
		*data = xml->owned;
	} else if (*len >= 3 && memcmp(*data, "\xef\xbb\xbf", 3) == 0) {
		*data += 3;
		*len -= 3;
	}
	if (ret != 0)
		return ret;
	if (*len == 0 || *len > INT_MAX)
		return sm_fail(xml->fail, SMBMGMT_E_PROTOCOL,
			       "The server's answer has nothing in it, or too "
			       "much.");
	ret = sm_xml_screen((const char *)*data, *len, xml->fail);
	if (ret != 0 && xml->owned != NULL && xml->fail != NULL)
		xml->fail->offset = -1;
	return ret;
}

int sm_xml_open(struct sm_xml *xml, const uint8_t *data, size_t len,
		struct sm_fail *fail)
{
	int ret = 0;

	memset(xml, 0, sizeof(*xml));
	xml->fail = fail;
	xmlInitParser();
	listen_to_all(xml);
	ret = prepare(xml, &data, &len);
	if (ret != 0)
		return ret;
	xml->reader = xmlReaderForMemory((const char *)data, (int)len, NULL,
					 NULL, OPTIONS);
	if (xml->reader == NULL)
		return sm_fail_nomem(fail);
	xmlTextReaderSetStructuredErrorHandler(xml->reader, heard, xml);
	return 0;
}

void sm_xml_close(struct sm_xml *xml)
{
	xmlFreeTextReader(xml->reader);
	free(xml->owned);
	xml->reader = NULL;
	xml->owned = NULL;
	leave(&xml->before);
}

/* The next node of any kind; NONE behind the last. */
static int step(struct sm_xml *xml, int *type)
{
	int ret = xmlTextReaderRead(xml->reader);

	*type = XML_READER_TYPE_NONE;
	if (ret < 0 || no_memory)
		return broken(xml);
	if (ret == 0)
		return 0;
	*type = xmlTextReaderNodeType(xml->reader);
	if (*type == XML_READER_TYPE_DOCUMENT_TYPE ||
	    *type == XML_READER_TYPE_ENTITY_REFERENCE)
		return sm_xml_refuse(xml, "it has a document type or entities");
	if (xmlTextReaderDepth(xml->reader) > SM_XML_DEPTH)
		return sm_xml_refuse(xml, "it is too deep");
	return 0;
}

int sm_xml_root(struct sm_xml *xml)
{
	int type = XML_READER_TYPE_NONE;
	int ret = 0;

	do {
		ret = step(xml, &type);
		if (ret == 0 && type == XML_READER_TYPE_NONE)
			ret = broken(xml);
	} while (ret == 0 && type != XML_READER_TYPE_ELEMENT);
	return ret;
}

int sm_xml_finish(struct sm_xml *xml)
{
	int type = XML_READER_TYPE_NONE;
	int ret = 0;

	do {
		ret = step(xml, &type);
	} while (ret == 0 && type != XML_READER_TYPE_NONE);
	return ret;
}

struct sm_xml_element sm_xml_enter(struct sm_xml *xml)
{
	struct sm_xml_element element = {
		.depth = xmlTextReaderDepth(xml->reader),
		.empty = xmlTextReaderIsEmptyElement(xml->reader) == 1,
	};

	return element;
}

static int append(struct sm_xml *xml, struct sm_xml_text *text)
{
	const char *value = (const char *)xmlTextReaderConstValue(xml->reader);
	size_t len = 0;

	if (value == NULL)
		return sm_fail_nomem(xml->fail);
	len = strlen(value);
	if (len >= text->size - text->len) {
		len = text->size - text->len - 1;
		text->over = true;
	}
	memcpy(text->data + text->len, value, len);
	text->len += len;
	text->data[text->len] = '\0';
	return 0;
}

static bool is_text(int type)
{
	return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
	       type == XML_READER_TYPE_WHITESPACE ||
	       type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE;
}

int sm_xml_child(struct sm_xml *xml, const struct sm_xml_element *element,
		 struct sm_xml_text *text, bool *found)
{
	*found = false;
	if (element->empty)
		return 0;
	for (;;) {
		int type = XML_READER_TYPE_NONE;
		int ret = step(xml, &type);
		int depth = 0;

		if (ret != 0)
			return ret;
		if (type == XML_READER_TYPE_NONE)
			return broken(xml);
		depth = xmlTextReaderDepth(xml->reader);
		if (type == XML_READER_TYPE_END_ELEMENT &&
		    depth == element->depth)
			return 0;
		if (depth != element->depth + 1)
			continue;
		if (type == XML_READER_TYPE_ELEMENT) {
			*found = true;
			return 0;
		}
		if (text != NULL && is_text(type)) {
			ret = append(xml, text);
			if (ret != 0)
				return ret;
		}
	}
}

int sm_xml_read_text(struct sm_xml *xml, struct sm_xml_text *text, bool *plain)
{
	struct sm_xml_element element = sm_xml_enter(xml);
	bool found = false;
	int ret = 0;

	*plain = true;
	do {
		ret = sm_xml_child(xml, &element, text, &found);
		if (found)
			*plain = false;
	} while (ret == 0 && found);
	return ret;
}

/*
 * The node's own names: the reader's functions would copy them first, and a
 * copy that failed looks like a name that is not there.
 */
static const xmlNode *named_node(struct sm_xml *xml)
{
	const xmlNode *node = xmlTextReaderCurrentNode(xml->reader);

	if (node == NULL || (node->type != XML_ELEMENT_NODE &&
			     node->type != XML_ATTRIBUTE_NODE))
		return NULL;
	return node;
}

static const char *space_of(const xmlNode *node)
{
	if (node->ns == NULL || node->ns->href == NULL)
		return "";
	return (const char *)node->ns->href;
}

bool sm_xml_named(struct sm_xml *xml, const char *name)
{
	const xmlNode *node = named_node(xml);

	return node != NULL && strcmp((const char *)node->name, name) == 0;
}

bool sm_xml_is(struct sm_xml *xml, const char *space, const char *name)
{
	const xmlNode *node = named_node(xml);

	return node != NULL && strcmp((const char *)node->name, name) == 0 &&
	       sm_xml_same(space_of(node), space);
}

bool sm_xml_below(struct sm_xml *xml, const char *space)
{
	const xmlNode *node = named_node(xml);
	const char *its = node == NULL ? "" : space_of(node);
	size_t len = strlen(space);

	return strncasecmp(its, space, len) == 0 &&
	       (its[len] == '\0' || its[len] == '/');
}

int sm_xml_attribute(struct sm_xml *xml, const char *space, const char *name,
		     struct sm_xml_text *value, bool *found)
{
	int more = xmlTextReaderMoveToFirstAttribute(xml->reader);
	int ret = 0;

	*found = false;
	while (more == 1 && ret == 0 && !*found) {
		*found = sm_xml_is(xml, space, name);
		if (*found)
			ret = append(xml, value);
		more = xmlTextReaderMoveToNextAttribute(xml->reader);
	}
	xmlTextReaderMoveToElement(xml->reader);
	if (ret == 0 && (more < 0 || no_memory))
		return broken(xml);
	return ret;
}

int sm_xml_is_nil(struct sm_xml *xml, bool *nil)
{
	char data[16];
	struct sm_xml_text value = sm_xml_text_make(data, sizeof(data));
	bool found = false;
	int ret = sm_xml_attribute(xml, SM_NS_INSTANCE, "nil", &value, &found);
	const char *text = sm_xml_trim(data);

	*nil = found && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
	return ret;
}
