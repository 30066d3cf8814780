/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/own.h"

#include <string.h>

#include "core/client.h"
#include "core/text.h"
#include "util/clock.h"

static bool has_user(const struct smbmgmt_session *session)
{
	return sm_row_has(&session->row, SMBMGMT_FIELD_USER);
}

/* Where the server does not tell users, any row may be ours. */
static bool our_user(const struct sm_row *row, const struct sm_identity *id)
{
	const char *user = row->user;
	const char *slash = NULL;
	const char *at = strrchr(id->user, '@');

	if (!sm_row_has(row, SMBMGMT_FIELD_USER))
		return true;
	slash = strrchr(user, '\\');
	if (slash != NULL)
		user = slash + 1;
	if (sm_text_cmp(user, id->user) == 0)
		return true;
	/* Who logs on as NAME@REALM may be listed as NAME. */
	return at != NULL && sm_text_ncmp(user, strlen(user), id->user,
					  (size_t)(at - id->user)) == 0;
}

static bool our_address(const struct sm_row *row, const struct sm_identity *id)
{
	struct sm_client client;

	if (!sm_row_has(row, SMBMGMT_FIELD_CLIENT))
		return false;
	sm_client_parse(row->client, &client);
	for (size_t i = 0; i < SM_IDENTITY_ADDRESSES; i++) {
		struct sm_client ours;

		if (id->addresses[i][0] == '\0')
			break;
		sm_client_parse(id->addresses[i], &ours);
		if (sm_client_cmp(&client, &ours) == 0)
			return true;
	}
	return false;
}

/*
 * The row's age and our own are of two moments while the listing was made:
 * @more seconds are what they may differ by for it; less than none if they
 * must fit all the same.
 */
static bool our_age(const struct sm_row *row, const struct sm_identity *id,
		    int64_t more)
{
	int64_t apart = 0;

	if (!sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS))
		return false;
	apart = (int64_t)row->exists - (int64_t)id->seconds;
	return apart >= -SM_OWN_SECONDS - more &&
	       apart <= SM_OWN_SECONDS + (int64_t)id->connecting + more;
}

/*
 * A row of our user with our address or our age may be ours.  It is ours for
 * sure if it alone has both and no other row has as much as one of them.
 */
void sm_own_mark(struct sm_table *table)
{
	const struct sm_identity *id = &table->listing.identity;
	int64_t took =
		(table->listed.ended_ns - table->listed.began_ns) / SM_SECOND;
	size_t ours = 0;
	size_t named = 0;
	size_t fits = 0;
	struct smbmgmt_session *both = NULL;

	table->own_unknown = false;
	if (!id->known)
		return;
	for (size_t i = 0; i < table->count; i++) {
		struct smbmgmt_session *s = &table->sessions[i];
		bool address = false;
		bool age = false;

		s->row.own = SMBMGMT_OWN_NO;
		if (!our_user(&s->row, id))
			continue;
		ours++;
		named += has_user(s);
		address = our_address(&s->row, id);
		age = our_age(&s->row, id, took);
		if (!address && !age)
			continue;
		fits++;
		s->row.own = SMBMGMT_OWN_POSSIBLE;
		if (address && our_age(&s->row, id, -took) && has_user(s))
			both = s;
	}
	if (fits == 1 && both != NULL)
		both->row.own = SMBMGMT_OWN_YES;
	if (named == 0)
		table->own_unknown = true;
	for (size_t i = 0; ours > 0 && fits == 0 && i < table->count; i++) {
		if (our_user(&table->sessions[i].row, id))
			table->sessions[i].row.own = SMBMGMT_OWN_POSSIBLE;
	}
}
