/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How wide the columns of a table are where there is not room for all. */
#ifndef TOOLS_TABLE_FIT_H
#define TOOLS_TABLE_FIT_H

#include <stdbool.h>
#include <stddef.h>

/* Blanks between two columns. */
#define TABLE_GAP 2
/* A text that is cut keeps so much, which is enough to know it by. */
#define TABLE_LEAST 8
/* A heading that is cut keeps so much. */
#define TABLE_LEAST_HEADING 4

struct fit {
	size_t width; /* of all that is in the column; made smaller */
	size_t whole; /* what its values need to be shown whole */
	size_t least; /* what it must have to be shown at all */
};

/*
 * Narrow columns until they and the gaps between them fit into `limit`;
 * returns how many columns are kept.
 *
 * Headings give way first, as they are the same in every table, then values.
 * In both the widest column does, so that short ones stay whole, and of equals
 * the one farther right.  No column gets narrower than its least, which for a
 * number is its whole width: a number that is cut is another number.  Where
 * that is not enough, columns are left out from the right, as the first ones
 * say which row it is.  The first one always stays, cut if need be.
 */
size_t table_fit(struct fit *fit, size_t columns, size_t limit);

#endif /* TOOLS_TABLE_FIT_H */
