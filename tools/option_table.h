/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The options: their names, their commands and what each one does. */
#ifndef TOOLS_OPTION_TABLE_H
#define TOOLS_OPTION_TABLE_H

#include "request.h"

struct option_spec;

/* Carry out one option; 0, or a fact after a message. */
typedef unsigned (*option_apply_fn)(struct request *request,
				    const struct option_spec *spec,
				    const char *value);

struct option_spec {
	const char *name;
	char letter;
	bool repeatable;
	const char *value; /* what its value is called; NULL: it has none */
	unsigned commands;
	option_apply_fn apply;
	/* What apply works on, as far as it needs one of these. */
	size_t offset;
	int32_t (*filter)(smbmgmt_filter *, const char *, smbmgmt_error **);
	int32_t (*selector)(smbmgmt_selector *, const char *, smbmgmt_error **);
};

extern const struct option_spec option_table[];
extern const size_t option_table_count;

#endif /* TOOLS_OPTION_TABLE_H */
