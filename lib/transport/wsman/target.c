/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The texts that are copied; all others are left out. */
static void list_texts(struct sm_target *target, const char **texts[11])
{
	size_t n = 0;

	texts[n++] = &target->host;
	texts[n++] = &target->user;
	texts[n++] = &target->domain;
	texts[n++] = &target->password;
	texts[n++] = &target->ccache;
	texts[n++] = &target->krb5_conf;
	texts[n++] = &target->address;
	texts[n++] = &target->ca_file;
	texts[n++] = &target->client_cert;
	texts[n++] = &target->client_key;
	texts[n++] = &target->wsman_path;
}

int sm_target_copy(const struct sm_target *from, struct sm_target *to,
		   struct sm_fail *fail)
{
	const char **texts[11];
	bool good = true;
	size_t i = 0;

	*to = *from;
	to->smb_conf = NULL;
	to->samba_path = NULL;
	list_texts(to, texts);
	for (i = 0; i < 11; i++) {
		const char *text = *texts[i];

		if (text == NULL)
			continue;
		*texts[i] = good ? strdup(text) : NULL;
		good = good && *texts[i] != NULL;
	}
	if (good)
		return 0;
	sm_target_clear(to);
	return sm_fail_nomem(fail);
}

void sm_target_clear(struct sm_target *target)
{
	const char **texts[11];
	size_t i = 0;

	list_texts(target, texts);
	for (i = 0; i < 11; i++) {
		char *text = (char *)*texts[i];

		if (text != NULL)
			explicit_bzero(text, strlen(text));
		free(text);
		*texts[i] = NULL;
	}
}
