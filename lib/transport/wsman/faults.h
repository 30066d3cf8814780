/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which error a fault of WS-Management is. */
#ifndef SM_WSMAN_FAULTS_H
#define SM_WSMAN_FAULTS_H

#include "util/fail.h"
#include "wire/wsman/wsman.h"

enum sm_doing {
	SM_DOING_CONNECT,
	SM_DOING_LIST,
	SM_DOING_CLOSE,
};

/* Always fails, with the server's own words and number. */
int sm_fault_fail(const struct sm_wsman_fault *fault, enum sm_doing doing,
		  struct sm_fail *fail);

/* What ForceClose returned, which is not 0. */
int sm_fault_returned(uint32_t value, struct sm_fail *fail);

#endif /* SM_WSMAN_FAULTS_H */
