/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * WQL, of which every server knows comparisons, AND and OR.  What cannot be
 * said so that each server understands it the same is left away: the query
 * then selects more, and the core filters what comes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/wsman/names.h"
#include "wire/wsman/wsman.h"

static const char *const properties[] = {
	[SM_SELECTED_ID] = "SessionId",
	[SM_SELECTED_CLIENT] = "ClientComputerName",
	[SM_SELECTED_USER] = "ClientUserName",
	[SM_SELECTED_SCOPE] = "ScopeName",
	[SM_SELECTED_NODE] = "ClusterNodeName",
};

#define PROPERTIES (sizeof(properties) / sizeof(properties[0]))

static void put(struct sm_out *out, const char *text)
{
	sm_out_bytes(out, text, strlen(text));
}

/*
 * Numbers over INT64_MAX are compared as signed ones by some servers; text
 * that is not plain ASCII may be compared by other rules than the core's.
 */
static bool can_say(const struct sm_selected *item)
{
	if (item->property == SM_SELECTED_ID)
		return item->first <= INT64_MAX && item->last <= INT64_MAX;
	if (item->text == NULL)
		return false;
	for (const char *p = item->text; *p != '\0'; p++) {
		if (*p < 0x20 || *p > 0x7e)
			return false;
	}
	return true;
}

/* Values are ORed: one that cannot be said takes its property away. */
static bool is_said(const struct sm_select *select, uint32_t property)
{
	bool any = false;

	for (size_t i = 0; i < select->count; i++) {
		const struct sm_selected *item = &select->items[i];

		if (item->property != property)
			continue;
		if (!can_say(item))
			return false;
		any = true;
	}
	return any;
}

static void put_text(struct sm_out *out, const char *property,
		     const char *prefix, const char *text)
{
	put(out, "(");
	put(out, property);
	put(out, " = '");
	put(out, prefix);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' || *p == '\'')
			sm_out_u8(out, '\\');
		sm_out_u8(out, (uint8_t)*p);
	}
	put(out, "')");
}

static void put_ids(struct sm_out *out, uint64_t first, uint64_t last)
{
	char text[96];

	if (first == last)
		snprintf(text, sizeof(text), "(SessionId = %" PRIu64 ")",
			 first);
	else
		snprintf(text, sizeof(text),
			 "(SessionId >= %" PRIu64 " AND SessionId <= %" PRIu64
			 ")",
			 first, last);
	put(out, text);
}

static void put_value(struct sm_out *out, const struct sm_selected *item)
{
	if (item->property == SM_SELECTED_ID) {
		put_ids(out, item->first, item->last);
		return;
	}
	put_text(out, properties[item->property], "", item->text);
	if (item->property != SM_SELECTED_CLIENT)
		return;
	/* Two backslashes, each of them escaped. */
	put(out, " OR ");
	put_text(out, properties[item->property], "\\\\\\\\", item->text);
}

static void put_property(struct sm_out *out, const struct sm_select *select,
			 uint32_t property)
{
	bool more = false;

	put(out, "(");
	for (size_t i = 0; i < select->count; i++) {
		if (select->items[i].property != property)
			continue;
		put(out, more ? " OR " : "");
		put_value(out, &select->items[i]);
		more = true;
	}
	put(out, ")");
}

void sm_wsman_put_wql(struct sm_out *out, const struct sm_select *select)
{
	bool more = false;

	put(out, "SELECT * FROM " SM_CIM_CLASS);
	for (uint32_t i = 0; i < PROPERTIES; i++) {
		if (!is_said(select, i))
			continue;
		put(out, more ? " AND " : " WHERE ");
		put_property(out, select, i);
		more = true;
	}
}
