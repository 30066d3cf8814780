/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What of a filter may be left to a server. */
#ifndef SM_CORE_SELECT_H
#define SM_CORE_SELECT_H

#include "core/filter.h"
#include "core/request.h"

/*
 * What a server is asked to select; texts are @filter's.  It never leaves out
 * a session that the filter matches, nor one by which a value counts as
 * found: a property of which anything cannot be said so that every server
 * understands it as we do is left out as a whole, and so are all predicates.
 * Session objects are looked for in whole listings.  A node is taken for its
 * name: a transport that tells addresses or numbers of nodes as well must not
 * use that.
 */
void sm_select_make(const smbmgmt_filter *filter, struct sm_select *select);

#endif /* SM_CORE_SELECT_H */
