/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* main() of a unit test program: one suite, TAP on standard output. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* CK_TAP_LOG_FILE_NAME=- (set by meson) makes libcheck print TAP. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	srunner_run_all(runner, getenv("CK_TAP_LOG_FILE_NAME") != NULL
					? CK_SILENT
					: CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}

#endif /* TESTS_SUITE_H */
