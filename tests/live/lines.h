/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the programs share that the live tests talk to in lines. */
#ifndef TESTS_LIVE_LINES_H
#define TESTS_LIVE_LINES_H

#include <stdio.h>
#include <stdlib.h>

#include <smbmgmt/smbmgmt.h>

/* What the test itself needs must not fail. */
static inline void need(int32_t code, smbmgmt_error *error)
{
	if (code == SMBMGMT_OK)
		return;
	fprintf(stderr, "%s: %s\n", smbmgmt_error_name(code),
		smbmgmt_error_message(error));
	exit(1);
}

/* `code NAME MESSAGE`; drops the error. */
static inline void print_code(int32_t code, smbmgmt_error *error)
{
	printf("code %s %s\n", smbmgmt_error_name(code),
	       error == NULL ? "" : smbmgmt_error_message(error));
	smbmgmt_error_unref(error);
}

#endif /* TESTS_LIVE_LINES_H */
