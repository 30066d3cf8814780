/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A MSFT_SmbSession.  What a property does not say is unknown: it is absent,
 * nil or empty.  An empty text is no value, either: MSFT_SmbSession has empty
 * names where there is none to tell, and a filter must not take that for one.
 * SmbInstance alone has a meaning when it is not there, the default instance.
 *
 * The id is what will be closed, so it is read strictly or not at all; and a
 * property that is there twice refuses the answer, for a filter would see one
 * value and miss the other.
 */
#include <string.h>

#include "wire/wsman/names.h"
#include "wire/wsman/part.h"

/* A name of Windows has 1024 characters at the most (MS-SRVS 3.1.4.5). */
#define VALUE 4096

static const struct property {
	const char *name;
	uint64_t field;
} properties[] = {
	{"SessionId", SMBMGMT_FIELD_ID},
	{"ClientComputerName", SMBMGMT_FIELD_CLIENT},
	{"ClientUserName", SMBMGMT_FIELD_USER},
	{"NumOpens", SMBMGMT_FIELD_NUM_OPENS},
	{"SecondsExists", SMBMGMT_FIELD_SECONDS_EXISTS},
	{"SecondsIdle", SMBMGMT_FIELD_SECONDS_IDLE},
	{"ScopeName", SMBMGMT_FIELD_SCOPE},
	{"ClusterNodeName", SMBMGMT_FIELD_NODE},
	{"SmbInstance", SMBMGMT_FIELD_INSTANCE},
	{"Dialect", SMBMGMT_FIELD_DIALECT},
	{"TransportName", SMBMGMT_FIELD_TRANSPORT_NAME},
};

#define PROPERTIES (sizeof(properties) / sizeof(properties[0]))

struct item {
	struct sm_xml *xml;
	struct sm_row row;
	uint64_t seen;
	char values[PROPERTIES][VALUE + 1];
};

static bool in_class(struct sm_xml *xml)
{
	return sm_xml_below(xml, SM_URI_DMTF) || sm_xml_below(xml, SM_URI_WMI);
}

bool sm_wsman_at_session(struct sm_xml *xml)
{
	return sm_xml_named(xml, SM_CIM_CLASS) && in_class(xml);
}

static int set_number(struct item *item, const struct property *property,
		      const char *text)
{
	struct sm_row *row = &item->row;
	bool wide = property->field == SMBMGMT_FIELD_ID ||
		    property->field == SMBMGMT_FIELD_NUM_OPENS;
	uint64_t most = wide ? UINT64_MAX : UINT32_MAX;
	uint64_t number = 0;

	if (property->field == SMBMGMT_FIELD_INSTANCE)
		most = SMBMGMT_INSTANCE_SR;
	if (!sm_xml_number(text, most, &number))
		return sm_xml_refuse(item->xml,
				     "a number of a session is none, or is "
				     "too large");
	if (property->field == SMBMGMT_FIELD_ID)
		row->id = number;
	else if (property->field == SMBMGMT_FIELD_NUM_OPENS)
		row->num_opens = number;
	else if (property->field == SMBMGMT_FIELD_SECONDS_EXISTS)
		row->exists = (uint32_t)number;
	else if (property->field == SMBMGMT_FIELD_SECONDS_IDLE)
		row->idle = (uint32_t)number;
	else
		row->instance = (uint32_t)number;
	return 0;
}

static int set_value(struct item *item, const struct property *property,
		     const char *text)
{
	const char **field = sm_row_text(&item->row, property->field);

	if (text[0] == '\0')
		return 0;
	item->row.have |= property->field;
	if (field == NULL)
		return set_number(item, property, text);
	*field = text;
	return 0;
}

static int take_property(struct item *item, size_t index)
{
	const struct property *property = &properties[index];
	struct sm_xml_text text = sm_xml_text_make(item->values[index],
						   sizeof(item->values[index]));
	bool nil = false;
	bool plain = false;
	int ret = 0;

	if ((item->seen & property->field) != 0)
		return sm_xml_refuse(item->xml,
				     "a session has a property twice");
	item->seen |= property->field;
	ret = sm_xml_is_nil(item->xml, &nil);
	if (ret == 0)
		ret = sm_xml_read_text(item->xml, &text, &plain);
	/* Elements where a value belongs are nothing that is known. */
	if (ret != 0 || nil || !plain)
		return ret;
	if (text.over)
		return sm_xml_refuse(item->xml,
				     "a text of a session is too long");
	return set_value(item, property, text.data);
}

static int take_any(struct item *item)
{
	if (!in_class(item->xml))
		return 0;
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (sm_xml_named(item->xml, properties[i].name))
			return take_property(item, i);
	}
	return 0;
}

int sm_wsman_read_session(struct sm_xml *xml, sm_wsman_session_fn *session,
			  void *userdata)
{
	struct sm_xml_element element = sm_xml_enter(xml);
	struct item item;
	bool found = false;
	int ret = 0;

	/* Not the values: each is begun when it is met. */
	item.xml = xml;
	item.seen = 0;
	memset(&item.row, 0, sizeof(item.row));
	do {
		ret = sm_xml_child(xml, &element, NULL, &found);
		if (ret == 0 && found)
			ret = take_any(&item);
	} while (ret == 0 && found);
	if (ret != 0)
		return ret;
	if ((item.row.have & SMBMGMT_FIELD_ID) == 0)
		return sm_xml_refuse(xml, "a session has no SessionId");
	item.row.have |= SMBMGMT_FIELD_INSTANCE;
	return session == NULL ? 0 : session(userdata, &item.row, xml->fail);
}
