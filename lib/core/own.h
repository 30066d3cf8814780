/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Which session carries our own connection?  The server does not say, so it
 * is judged by user, address and age, and what cannot be told apart counts as
 * possibly ours.
 */
#ifndef SM_CORE_OWN_H
#define SM_CORE_OWN_H

#include "core/table.h"

/* How far two ages of one connection may be apart, seconds. */
#define SM_OWN_SECONDS 2

/*
 * Set row.own of every row from listing.identity; table->own_unknown if we
 * are connected and no row has our user by name.  Rows that a transport has
 * marked itself are left as they are where the identity is not known.
 */
void sm_own_mark(struct sm_table *table);

#endif /* SM_CORE_OWN_H */
