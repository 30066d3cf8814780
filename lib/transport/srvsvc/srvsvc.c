/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/srvsvc/srvsvc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "core/fields.h"
#include "transport/srvsvc/conn.h"
#include "util/clock.h"

/* Set once, before the first connection of this process. */
static const struct sm_carrier *the_carrier;

void sm_srvsvc_set_carrier(const struct sm_carrier *carrier)
{
	the_carrier = carrier;
}

uint32_t sm_srvsvc_age(const struct sm_transport_conn *conn)
{
	return (uint32_t)((sm_clock_now() - conn->since) / SM_SECOND);
}

static void disconnect(struct sm_transport_conn *conn)
{
	if (conn == NULL)
		return;
	if (conn->carried != NULL)
		conn->carrier->disconnect(conn->carried);
	free(conn->user);
	free(conn);
}

/* The server shows users without their domain. */
static const char *without_domain(const char *user)
{
	const char *backslash = user != NULL ? strrchr(user, '\\') : NULL;

	if (backslash != NULL)
		return backslash + 1;
	return user != NULL ? user : "";
}

/* Nobody is named: neither a user, nor a ticket that is someone's. */
static bool is_anonymous(const struct sm_target *target)
{
	return (target->user == NULL || target->user[0] == '\0') &&
	       target->kerberos == SMBMGMT_KERBEROS_OFF;
}

/* Whom the server takes us for. */
static int set_user(struct sm_transport_conn *conn,
		    const struct sm_target *target, struct sm_fail *fail)
{
	const char *user = NULL;

	if (conn->carrier->user != NULL)
		user = conn->carrier->user(conn->carried);
	conn->user = strdup(user != NULL ? user : without_domain(target->user));
	return conn->user == NULL ? sm_fail_nomem(fail) : 0;
}

static int connect_carrier(const struct sm_target *target,
			   struct sm_transport_conn **conn,
			   struct sm_fail *fail)
{
	struct sm_transport_conn *made = NULL;
	int64_t began = sm_clock_now();
	int ret = 0;

	if (the_carrier == NULL)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "No module that carries srvsvc is installed.");
	/* A null session has no key.  Never unsigned without being told so. */
	if (is_anonymous(target) &&
	    target->protection != SMBMGMT_PROTECTION_OFF)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "An anonymous session can be neither signed nor "
			       "encrypted; give a user, or turn protection "
			       "off.");
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return sm_fail_nomem(fail);
	made->carrier = the_carrier;
	made->has_level = target->has_level_hint;
	made->level = target->level_hint;
	ret = the_carrier->connect(target, &made->carried, fail);
	if (ret == 0)
		ret = set_user(made, target, fail);
	if (ret != 0) {
		disconnect(made);
		return ret;
	}
	made->since = sm_clock_now();
	made->connecting = (uint32_t)((made->since - began) / SM_SECOND);
	*conn = made;
	return 0;
}

/* Who the server takes us for; our age is that of the list's first page. */
static void fill_identity(struct sm_transport_conn *conn,
			  const struct sm_pages *pages,
			  struct sm_identity *identity)
{
	memset(identity, 0, sizeof(*identity));
	identity->known = true;
	snprintf(identity->user, sizeof(identity->user), "%s", conn->user);
	if (conn->carrier->addresses != NULL)
		conn->carrier->addresses(conn->carried, identity);
	identity->connecting = conn->connecting;
	identity->seconds = pages->page_count > 0 ? pages->pages[0].seconds
						  : sm_srvsvc_age(conn);
}

static int enumerate(struct sm_transport_conn *conn,
		     const struct sm_query *query, const struct sm_sink *sink,
		     struct sm_listing *listing, struct sm_fail *fail)
{
	struct sm_pages pages = {.incomplete = false};
	int ret = 0;

	if (query != NULL && query->ask_instance)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "srvsvc knows no SMB instances; transports that "
			       "do: %s.",
			       sm_field_transports(SMBMGMT_FIELD_INSTANCE));
	ret = sm_srvsvc_read_best(conn, &pages, fail);
	if (ret == 0) {
		memset(listing, 0, sizeof(*listing));
		listing->fields = sm_srvsvc_level_fields(conn->level);
		listing->unit = SM_UNIT_CLIENT_USER;
		/* Only Samba answers no level above 1, and there Del ends a
		 * process that may carry the client's other sessions. */
		if (conn->level != 502 && conn->level != 2)
			listing->caps = SM_CAP_POSSIBLE_COLLATERAL;
		listing->incomplete = pages.incomplete;
		memcpy(listing->why, pages.why, sizeof(listing->why));
		listing->has_level = true;
		listing->level = conn->level;
		fill_identity(conn, &pages, &listing->identity);
		if (conn->carrier->peer != NULL)
			conn->carrier->peer(conn->carried, listing->peer);
		ret = sm_srvsvc_emit(&pages, conn->level, sink, fail);
	}
	sm_srvsvc_pages_free(&pages);
	return ret;
}

const struct sm_transport sm_srvsvc = {
	.size = sizeof(struct sm_transport),
	.name = "srvsvc",
	.fields = SMBMGMT_FIELD_ID | SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |
		  SMBMGMT_FIELD_NUM_OPENS | SMBMGMT_FIELD_SECONDS_EXISTS |
		  SMBMGMT_FIELD_SECONDS_IDLE | SMBMGMT_FIELD_GUEST |
		  SMBMGMT_FIELD_CLIENT_TYPE | SMBMGMT_FIELD_TRANSPORT_NAME,
	.caps = SM_CAP_POSSIBLE_COLLATERAL,
	.connect = connect_carrier,
	.enumerate = enumerate,
	.close_unit = sm_srvsvc_close,
	.disconnect = disconnect,
};
