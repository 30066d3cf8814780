/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/credentials.h"
#include "api/api.h"

int32_t smbmgmt_credentials_new(smbmgmt_credentials **credentials,
				smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	return sm_api_done(sm_credentials_new(credentials, &fail), &fail, err);
}

smbmgmt_credentials *smbmgmt_credentials_ref(smbmgmt_credentials *credentials)
{
	return credentials == NULL ? NULL : sm_credentials_ref(credentials);
}

void smbmgmt_credentials_unref(smbmgmt_credentials *credentials)
{
	sm_credentials_unref(credentials);
}

int32_t smbmgmt_credentials_set_user(smbmgmt_credentials *credentials,
				     const char *user, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	SM_NEED(user);
	return sm_api_done(sm_credentials_set_user(credentials, user, &fail),
			   &fail, err);
}

int32_t smbmgmt_credentials_set_domain(smbmgmt_credentials *credentials,
				       const char *domain, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	SM_NEED(domain);
	return sm_api_done(
		sm_credentials_set_domain(credentials, domain, &fail), &fail,
		err);
}

int32_t smbmgmt_credentials_set_password(smbmgmt_credentials *credentials,
					 const char *password,
					 smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	SM_NEED(password);
	return sm_api_done(
		sm_credentials_set_password(credentials, password, &fail),
		&fail, err);
}

int32_t smbmgmt_credentials_set_kerberos(smbmgmt_credentials *credentials,
					 int32_t kerberos, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	if (kerberos < SMBMGMT_KERBEROS_OFF ||
	    kerberos > SMBMGMT_KERBEROS_REQUIRED)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%d is no SMBMGMT_KERBEROS_ value.",
					   kerberos),
				   &fail, err);
	credentials->kerberos = kerberos;
	return 0;
}

int32_t smbmgmt_credentials_set_ccache(smbmgmt_credentials *credentials,
				       const char *ccache, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	SM_NEED(ccache);
	return sm_api_done(
		sm_credentials_set_ccache(credentials, ccache, &fail), &fail,
		err);
}

int32_t smbmgmt_credentials_load_file(smbmgmt_credentials *credentials,
				      const char *path, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(credentials);
	SM_NEED(path);
	return sm_api_done(sm_credentials_load(credentials, path, &fail), &fail,
			   err);
}

const char *smbmgmt_credentials_user(const smbmgmt_credentials *credentials)
{
	if (credentials == NULL || credentials->user == NULL)
		return "";
	return credentials->user;
}

int32_t smbmgmt_credentials_has_password(const smbmgmt_credentials *credentials)
{
	return credentials != NULL && credentials->password != NULL;
}
