/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What each option does to a request; all are an option_apply_fn. */
#ifndef TOOLS_OPTION_APPLY_H
#define TOOLS_OPTION_APPLY_H

#include "option_table.h"

#define APPLY(what)                                                            \
	unsigned apply_##what(struct request *request,                         \
			      const struct option_spec *spec,                  \
			      const char *value)

/* Any option: into the member of the request that the spec names. */
APPLY(flag);
APPLY(text);
APPLY(count);
APPLY(milliseconds);
APPLY(filter);
APPLY(selector);
/* where */
APPLY(server);
APPLY(port);
APPLY(user);
APPLY(password_fd);
APPLY(protection);
APPLY(kerberos);
APPLY(carrier);
APPLY(auth);
APPLY(url_path);
APPLY(path);
APPLY(deadline);
APPLY(debug);
/* filters */
APPLY(instance);
APPLY(min_idle);
APPLY(min_age);
APPLY(max_opens);
APPLY(guest);
APPLY(unencrypted);
/* close */
APPLY(collateral);
APPLY(columns);
/* shell: a pattern, but for open the name to give */
APPLY(name);

/* The name or number of an SMB instance, both ways; NULL and -1: none. */
int32_t instance_from_name(const char *name);
const char *instance_name(int32_t instance);

#endif /* TOOLS_OPTION_APPLY_H */
