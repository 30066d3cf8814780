/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "core/text.h"
#include "transport/srvsvc/srvsvc.h"

int sm_srvsvc_id(const char *client, const char *user, uint64_t *id)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx hash;
	char *upper = sm_text_upper_dup(user);
	uint64_t value = 0;
	size_t i = 0;

	if (upper == NULL)
		return SMBMGMT_E_NOMEM;
	sha256_init(&hash);
	/* The client's NUL is the separator. */
	sha256_update(&hash, strlen(client) + 1, (const uint8_t *)client);
	sha256_update(&hash, strlen(upper), (const uint8_t *)upper);
	sha256_digest(&hash, sizeof(digest), digest);
	free(upper);
	for (i = 0; i < 8; i++)
		value = value << 8 | digest[i];
	*id = value;
	return 0;
}
