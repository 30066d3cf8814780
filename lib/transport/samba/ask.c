/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/samba/ask.h"

#include <string.h>

#include "transport/samba/run.h"

static int read_all(struct sm_run *run, struct sm_answer *answer,
		    struct sm_fail *fail)
{
	size_t len = 1;

	while (len > 0) {
		size_t room = SM_ASK_OUTPUT - answer->len;
		int ret = 0;

		if (room == 0)
			return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
				       "%s prints more than %d bytes and was "
				       "killed; that is over the library's "
				       "bound.",
				       run->name, SM_ASK_OUTPUT);
		ret = sm_run_read(run, (uint8_t *)answer->text + answer->len,
				  room, &len, fail);
		if (ret != 0)
			return ret;
		answer->len += len;
	}
	answer->text[answer->len] = '\0';
	return 0;
}

int sm_ask(const char *name, char *const argv[], int64_t deadline,
	   struct sm_answer *answer, struct sm_fail *fail)
{
	struct sm_run run;
	int ret = 0;

	answer->len = 0;
	ret = sm_run_start(&run, name, argv, deadline, fail);
	if (ret != 0)
		return ret;
	ret = read_all(&run, answer, fail);
	if (ret == 0)
		ret = sm_run_wait(&run, fail);
	/* For some tools the status says something. */
	if (ret == SMBMGMT_E_SERVER && run.answered)
		ret = 0;
	sm_run_end(&run);
	answer->status = run.status;
	memcpy(answer->said, run.said, sizeof(answer->said));
	return ret;
}
