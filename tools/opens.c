/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "opens.h"

#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

bool opens_told(const smbmgmt_session *session)
{
	return smbmgmt_session_has(session, SMBMGMT_FIELD_SHARES) ||
	       smbmgmt_session_has(session, SMBMGMT_FIELD_OPEN_FILES);
}

/* A client chooses the names of its files: they stay on their line. */
static void put(const struct opens_view *view, const char *label,
		const char *text)
{
	size_t taken = text_width(view->before) + text_width(label);
	size_t width = view->width == 0 ? SIZE_MAX : view->width;
	char *safe = text_safe(text);
	char *end = text_cut_front(safe, width > taken ? width - taken : 0);
	char *line = must_format("%s%s%s", view->before, label, end);
	char *fitting = text_cut(line, width);

	view->put(fitting, view->userdata);
	free(fitting);
	free(line);
	free(end);
	free(safe);
}

static void put_shares(const smbmgmt_session *session,
		       const struct opens_view *view)
{
	uint32_t count = smbmgmt_session_share_count(session);
	uint32_t i;

	for (i = 0; i < count; i++) {
		put(view, "Share: ", smbmgmt_session_share(session, i));
	}
}

/* How many there are of them that do not fit into the view any more. */
static uint32_t put_files(const smbmgmt_session *session, bool writes,
			  struct opens_view *view)
{
	uint32_t count = smbmgmt_session_open_file_count(session);
	uint32_t hidden = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if ((smbmgmt_session_open_file_writes(session, i) != 0) !=
		    writes) {
			continue;
		}
		if (view->most == 0) {
			hidden++;
			continue;
		}
		view->most--;
		put(view, writes ? "Open for writing: " : "Open: ",
		    smbmgmt_session_open_file(session, i));
	}
	return hidden;
}

/* What is not shown, and how much of it is surely for writing. */
static void put_rest(const struct opens_view *view, uint64_t hidden,
		     uint32_t writing, bool is_least)
{
	char *most = must_format("%" PRIu64 " more %s open", hidden,
				 hidden == 1 ? "is" : "are");
	char *text = NULL;

	if (writing == 0 && !is_least) {
		text = must_copy(most);
	} else {
		text = must_format("%s, %" PRIu32 "%s for writing", most,
				   writing, is_least ? " or more" : "");
	}
	put(view, "And ", text);
	free(text);
	free(most);
}

void opens_show(const smbmgmt_session *session, struct opens_view *view)
{
	uint64_t told = smbmgmt_session_open_file_count(session);
	uint64_t opens = smbmgmt_session_num_opens(session);
	uint64_t untold = opens > told ? opens - told : 0;
	uint32_t writing = 0;
	uint64_t hidden = 0;

	put_shares(session, view);
	if (!smbmgmt_session_has(session, SMBMGMT_FIELD_OPEN_FILES)) {
		return;
	}
	writing = put_files(session, true, view);
	hidden = writing + put_files(session, false, view) + untold;
	if (hidden > 0) {
		put_rest(view, hidden, writing, untold > 0);
	}
}
