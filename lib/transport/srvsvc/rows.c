/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* From the wire's sessions to rows: what is known, and what only looks so. */
#include "transport/srvsvc/conn.h"
#include "transport/srvsvc/srvsvc.h"

#define FIELDS_LEVEL_0 SMBMGMT_FIELD_CLIENT
#define FIELDS_LEVEL_10                                                        \
	(FIELDS_LEVEL_0 | SMBMGMT_FIELD_ID | SMBMGMT_FIELD_USER |              \
	 SMBMGMT_FIELD_SECONDS_EXISTS | SMBMGMT_FIELD_SECONDS_IDLE)
#define FIELDS_LEVEL_2                                                         \
	(FIELDS_LEVEL_10 | SMBMGMT_FIELD_NUM_OPENS | SMBMGMT_FIELD_GUEST |     \
	 SMBMGMT_FIELD_CLIENT_TYPE)

uint64_t sm_srvsvc_level_fields(uint32_t level)
{
	switch (level) {
	case 502:
		return FIELDS_LEVEL_2 | SMBMGMT_FIELD_TRANSPORT_NAME;
	case 2:
		return FIELDS_LEVEL_2;
	case 1:
		/* Level 1 has an idle time, and a Samba server, which answers
		 * no level above it, always puts 0 there. */
		return FIELDS_LEVEL_2 & ~(SMBMGMT_FIELD_CLIENT_TYPE |
					  SMBMGMT_FIELD_SECONDS_IDLE);
	case 10:
		return FIELDS_LEVEL_10;
	default:
		return FIELDS_LEVEL_0;
	}
}

/* A Samba server's clock makes -1 of a session's first second. */
static uint32_t clamp(uint32_t seconds)
{
	return seconds == UINT32_MAX ? 0 : seconds;
}

static int make_row(const struct sm_srvsvc_session *session, uint64_t fields,
		    struct sm_row *row)
{
	*row = (struct sm_row){
		.have = fields,
		.num_opens = session->num_opens,
		.exists = clamp(session->time),
		.idle = clamp(session->idle),
		.guest = (session->flags & SM_SRVSVC_GUEST) != 0,
		.client = session->client,
		.user = session->user,
		.client_type = session->type,
		.transport_name = session->transport,
	};
	/* SESS_NOENCRYPTION is about how the password was sent, so nothing is
	 * said about the traffic. */
	if (row->client == NULL)
		row->have &= ~SMBMGMT_FIELD_CLIENT;
	if (row->user == NULL)
		row->have &= ~SMBMGMT_FIELD_USER;
	if (row->client_type == NULL)
		row->have &= ~SMBMGMT_FIELD_CLIENT_TYPE;
	if (row->transport_name == NULL)
		row->have &= ~SMBMGMT_FIELD_TRANSPORT_NAME;
	if ((row->have & SMBMGMT_FIELD_CLIENT) == 0 ||
	    (row->have & SMBMGMT_FIELD_USER) == 0) {
		row->have &= ~SMBMGMT_FIELD_ID;
		return 0;
	}
	row->id_derived = 1;
	return sm_srvsvc_id(row->client, row->user, &row->id);
}

int sm_srvsvc_emit(const struct sm_pages *pages, uint32_t level,
		   const struct sm_sink *sink, struct sm_fail *fail)
{
	uint64_t fields = sm_srvsvc_level_fields(level);
	size_t i = 0;
	size_t k = 0;

	for (i = 0; i < pages->page_count; i++) {
		const struct sm_page *page = &pages->pages[i];

		for (k = page->drop; k < page->count; k++) {
			struct sm_row row;
			int ret = make_row(&pages->rows[page->start + k],
					   fields, &row);

			if (ret != 0)
				return sm_fail_nomem(fail);
			ret = sink->row(sink->userdata, &row, fail);
			if (ret != 0)
				return ret;
		}
	}
	return 0;
}
