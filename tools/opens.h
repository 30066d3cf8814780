/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a session has open, in lines for people. */
#ifndef TOOLS_OPENS_H
#define TOOLS_OPENS_H

#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>
#include <stddef.h>

struct opens_view {
	const char *before; /* begins each line */
	size_t width;	    /* columns of a line at most; 0: no limit */
	uint32_t most;	    /* files that may be shown yet */
	void (*put)(const char *line, void *userdata);
	void *userdata;
};

/* Is anything of it told at all? */
bool opens_told(const smbmgmt_session *session);

/*
 * Its shares, and its open files: first those for writing, which an end of the
 * session may lose, then the others, then how many more there are.  What does
 * not fit into a line is cut at its beginning, where the folders are.
 */
void opens_show(const smbmgmt_session *session, struct opens_view *view);

#endif /* TOOLS_OPENS_H */
