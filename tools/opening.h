/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How a server is opened, in the library's words. */
#ifndef TOOLS_OPENING_H
#define TOOLS_OPENING_H

#include "request.h"

/* Everything that `where` says for a server of this transport, but for who. */
int32_t opening_fill(smbmgmt_open_options *options, const struct where *where,
		     unsigned transport, smbmgmt_error **error);

#endif /* TOOLS_OPENING_H */
