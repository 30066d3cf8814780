/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_ENGINE_CREDENTIALS_H
#define SM_ENGINE_CREDENTIALS_H

#include <smbmgmt/credentials.h>

#include "util/fail.h"
#include "util/ref.h"

struct smbmgmt_credentials {
	struct sm_ref ref;
	char *user;
	char *domain;
	char *password;	  /* wiped before it is freed */
	int32_t kerberos; /* SMBMGMT_KERBEROS_ */
	char *ccache;
};

int sm_credentials_new(smbmgmt_credentials **credentials, struct sm_fail *fail);
smbmgmt_credentials *sm_credentials_ref(smbmgmt_credentials *credentials);
void sm_credentials_unref(smbmgmt_credentials *credentials);
/* A copy that its owner may go on changing does not touch. */
int sm_credentials_copy(const smbmgmt_credentials *from,
			smbmgmt_credentials **to, struct sm_fail *fail);
int sm_credentials_set_user(smbmgmt_credentials *credentials, const char *user,
			    struct sm_fail *fail);
int sm_credentials_set_domain(smbmgmt_credentials *credentials,
			      const char *domain, struct sm_fail *fail);
int sm_credentials_set_password(smbmgmt_credentials *credentials,
				const char *password, struct sm_fail *fail);
int sm_credentials_set_ccache(smbmgmt_credentials *credentials,
			      const char *ccache, struct sm_fail *fail);
int sm_credentials_load(smbmgmt_credentials *credentials, const char *path,
			struct sm_fail *fail);

#endif /* SM_ENGINE_CREDENTIALS_H */
