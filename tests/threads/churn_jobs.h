/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef TESTS_THREADS_CHURN_JOBS_H
#define TESTS_THREADS_CHURN_JOBS_H

#include <smbmgmt/smbmgmt.h>

/* Jobs in all threads, so many rounds each; the context may end with some. */
void churn_jobs(const smbmgmt_filter *filter, const smbmgmt_action *action,
		unsigned int rounds);

#endif /* TESTS_THREADS_CHURN_JOBS_H */
