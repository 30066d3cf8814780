/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What only a server's own machine tells of a session, as JSON. */
#ifndef TOOL_JSON_INSIDE_H
#define TOOL_JSON_INSIDE_H

#include "tool.h"

#include <jansson.h>

/* Text as JSON has it; what is not UTF-8 is escaped rather than lost. */
json_t *json_text(const char *value);

void json_put_inside(json_t *object, const smbmgmt_session *session);

#endif
