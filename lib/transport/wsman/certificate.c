/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/certificate.h"

#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

static gnutls_x509_crt_t load(const char *pem)
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t datum;

	if (pem == NULL || gnutls_x509_crt_init(&crt) != 0)
		return NULL;
	datum.data = (unsigned char *)pem;
	datum.size = (unsigned int)strlen(pem);
	if (gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM) == 0)
		return crt;
	gnutls_x509_crt_deinit(crt);
	return NULL;
}

/* As OpenSSL and libcurl put it; with GnuTLS there is a certificate. */
static enum sm_certificate_flaw by_words(const char *said)
{
	static const struct {
		const char *words;
		enum sm_certificate_flaw flaw;
	} table[] = {
		{"has expired", SM_CERTIFICATE_EXPIRED},
		{"not yet valid", SM_CERTIFICATE_EARLY},
		{"does not match", SM_CERTIFICATE_NAME},
		{"subject name matches", SM_CERTIFICATE_NAME},
	};
	size_t i = 0;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strstr(said, table[i].words) != NULL)
			return table[i].flaw;
	return SM_CERTIFICATE_UNTRUSTED;
}

enum sm_certificate_flaw sm_certificate_flaw(const char *pem, const char *host,
					     time_t now, const char *said)
{
	enum sm_certificate_flaw flaw = SM_CERTIFICATE_UNTRUSTED;
	gnutls_x509_crt_t crt = load(pem);

	if (crt == NULL)
		return by_words(said);
	if (gnutls_x509_crt_get_expiration_time(crt) < now)
		flaw = SM_CERTIFICATE_EXPIRED;
	else if (gnutls_x509_crt_get_activation_time(crt) > now)
		flaw = SM_CERTIFICATE_EARLY;
	else if (gnutls_x509_crt_check_hostname(crt, host) == 0)
		flaw = SM_CERTIFICATE_NAME;
	gnutls_x509_crt_deinit(crt);
	return flaw;
}

/* RFC 5929 4.1: the hash of its signature, but SHA-256 for weaker ones. */
static gnutls_digest_algorithm_t choose_hash(gnutls_x509_crt_t crt)
{
	int sign = gnutls_x509_crt_get_signature_algorithm(crt);
	gnutls_digest_algorithm_t hash =
		gnutls_sign_get_hash_algorithm((gnutls_sign_algorithm_t)sign);

	switch (hash) {
	case GNUTLS_DIG_SHA384:
	case GNUTLS_DIG_SHA512:
		return hash;
	default:
		return GNUTLS_DIG_SHA256;
	}
}

int sm_certificate_binding(const char *pem, uint8_t binding[SM_BINDING_MOST],
			   size_t *len, struct sm_fail *fail)
{
	const size_t prefix = sizeof(SM_BINDING_PREFIX) - 1;
	gnutls_x509_crt_t crt = load(pem);
	gnutls_datum_t der = {NULL, 0};
	gnutls_digest_algorithm_t hash = GNUTLS_DIG_SHA256;
	int ret = -1;

	if (crt != NULL) {
		hash = choose_hash(crt);
		ret = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
		gnutls_x509_crt_deinit(crt);
	}
	if (ret == 0) {
		memcpy(binding, SM_BINDING_PREFIX, prefix);
		ret = gnutls_hash_fast(hash, der.data, der.size,
				       binding + prefix);
		gnutls_free(der.data);
	}
	if (ret != 0)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "The log-on cannot be bound to this TLS "
			       "connection: its certificate cannot be read.");
	*len = prefix + gnutls_hash_get_len(hash);
	return 0;
}

int sm_certificate_check(const char *cert, const char *key,
			 struct sm_fail *fail)
{
	gnutls_certificate_credentials_t both = NULL;
	int ret = gnutls_certificate_allocate_credentials(&both);

	if (ret != 0)
		return sm_fail_nomem(fail);
	ret = gnutls_certificate_set_x509_key_file(both, cert, key,
						   GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(both);
	if (ret >= 0)
		return 0;
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "The client certificate '%s' with the key in '%s' "
		       "cannot be used (%s); both are PEM, and the key has no "
		       "password.",
		       cert, key, gnutls_strerror(ret));
}
