/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/select.h"

#include <string.h>

#include "core/client.h"

/* No property is as long (MS-SRVS); the message that carries it is bounded. */
#define LONGEST 256

static void add_ids(const struct sm_idset *ids, struct sm_select *select)
{
	size_t count = select->count;

	for (size_t i = 0; i < ids->count; i++) {
		const struct sm_range *range = &ids->ranges[i];

		/* Servers compare what is above as signed, or not at all. */
		if (range->last > INT64_MAX || count == SM_SELECT_MOST)
			return;
		select->items[count++] = (struct sm_selected){
			.property = SM_SELECTED_ID,
			.first = range->first,
			.last = range->last,
		};
	}
	select->count = count;
}

/* Of other characters a server may have another idea of upper case. */
static bool is_plain(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return false;
	}
	return len > 0 && len <= LONGEST;
}

/* A client as the core compares it; NULL for what is written in many ways. */
static const char *client_name(const char *text)
{
	struct sm_client client;

	sm_client_parse(text, &client);
	if (client.address[0] != '\0' || client.zone_len > 0 ||
	    client.name_len != strlen(client.name) ||
	    strpbrk(client.name, "\\[]%") != NULL)
		return NULL;
	return client.name;
}

static void add_texts(const struct sm_texts *texts, uint32_t property,
		      struct sm_select *select)
{
	size_t count = select->count;

	for (size_t i = 0; i < texts->count; i++) {
		const char *text = texts->items[i];

		if (property == SM_SELECTED_CLIENT)
			text = client_name(text);
		if (text == NULL || !is_plain(text) || count == SM_SELECT_MOST)
			return;
		select->items[count++] = (struct sm_selected){
			.property = property,
			.text = text,
		};
	}
	select->count = count;
}

void sm_select_make(const smbmgmt_filter *filter, struct sm_select *select)
{
	select->count = 0;
	if (filter->session_count > 0)
		return;
	add_ids(&filter->ids, select);
	add_texts(&filter->texts[SM_PROPERTY_CLIENT], SM_SELECTED_CLIENT,
		  select);
	add_texts(&filter->texts[SM_PROPERTY_USER], SM_SELECTED_USER, select);
	add_texts(&filter->texts[SM_PROPERTY_SCOPE], SM_SELECTED_SCOPE, select);
	add_texts(&filter->texts[SM_PROPERTY_NODE], SM_SELECTED_NODE, select);
}
