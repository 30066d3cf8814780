/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which error an HTTP status is, where no message says more. */
#ifndef SM_WSMAN_STATUS_H
#define SM_WSMAN_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/wsman/faults.h"
#include "transport/wsman/offers.h"
#include "util/fail.h"

enum sm_scheme {
	SM_SCHEME_NEGOTIATE,
	SM_SCHEME_BASIC,
	SM_SCHEME_CERTIFICATE,
};

struct sm_status {
	long status;
	enum sm_scheme scheme; /* ours */
	const struct sm_offers *offers;
	bool sealed; /* the connection is encrypted by us */
	bool tls;
	bool empty; /* no body came */
	enum sm_doing doing;
};

/* Always fails. */
int sm_status_fail(const struct sm_status *status, struct sm_fail *fail);

#endif /* SM_WSMAN_STATUS_H */
