/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/trouble.h"

#include <errno.h>
#include <string.h>

static int host_unknown(const struct sm_trouble *t, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_HOST_UNKNOWN,
		       "The name %s has no address: check the name and the "
		       "name service.",
		       t->where);
}

static int no_connection(const struct sm_trouble *t, struct sm_fail *fail)
{
	char buffer[128];

	switch (t->number) {
	case ECONNREFUSED:
		return sm_fail_native(
			fail, SMBMGMT_E_CONNECTION_REFUSED,
			SMBMGMT_NATIVE_ERRNO, (uint32_t)t->number,
			"%s refuses connections on port %u: is remote "
			"management (WinRM) enabled there?",
			t->where, t->port);
	case ETIMEDOUT:
		return sm_fail_native(
			fail, SMBMGMT_E_TIMED_OUT, SMBMGMT_NATIVE_ERRNO,
			(uint32_t)t->number,
			"%s does not answer on port %u: is it up, and does a "
			"firewall let us through?",
			t->where, t->port);
	case 0:
		return sm_fail(fail, SMBMGMT_E_UNREACHABLE,
			       "There is no way to %s, port %u.", t->where,
			       t->port);
	default:
		return sm_fail_native(
			fail, SMBMGMT_E_UNREACHABLE, SMBMGMT_NATIVE_ERRNO,
			(uint32_t)t->number,
			"There is no way to %s, port %u: "
			"%s.",
			t->where, t->port,
			strerror_r((int)t->number, buffer, sizeof(buffer)));
	}
}

static int timed_out(const struct sm_trouble *t, struct sm_fail *fail)
{
	if (t->sent)
		return sm_fail(fail, SMBMGMT_E_TIMED_OUT,
			       "%s did not answer before the deadline; try "
			       "again, or allow more time.",
			       t->where);
	return sm_fail(fail, SMBMGMT_E_TIMED_OUT,
		       "No connection to %s, port %u, was ready before the "
		       "deadline: is it up, is that the right port, and does a "
		       "firewall let us through?",
		       t->where, t->port);
}

static int lost(const struct sm_trouble *t, struct sm_fail *fail)
{
	const char *why = curl_easy_strerror(t->code);

	if (t->refused)
		why = "the server has closed it";
	else if (t->detail[0] != '\0')
		why = t->detail;
	return sm_fail(fail, SMBMGMT_E_CONNECTION_LOST,
		       "The connection to %s broke before it had answered "
		       "(%s).%s",
		       t->where, why,
		       t->client ? " It may not accept the client certificate."
				 : "");
}

static int not_accepted(const struct sm_trouble *t, struct sm_fail *fail)
{
	switch (t->flaw) {
	case SM_CERTIFICATE_EXPIRED:
		return sm_fail(fail, SMBMGMT_E_CERTIFICATE,
			       "The certificate of %s has expired (or this "
			       "machine's clock is wrong): the server needs a "
			       "new one.",
			       t->host);
	case SM_CERTIFICATE_EARLY:
		return sm_fail(fail, SMBMGMT_E_CERTIFICATE,
			       "The certificate of %s is not valid yet: one of "
			       "the two clocks is wrong.",
			       t->host);
	case SM_CERTIFICATE_NAME:
		return sm_fail(fail, SMBMGMT_E_CERTIFICATE,
			       "The certificate is another server's, not that "
			       "of %s: name the server as its certificate "
			       "does, and give the address apart (-I).",
			       t->host);
	default:
		return sm_fail(fail, SMBMGMT_E_CERTIFICATE,
			       "Nobody who is trusted has signed the "
			       "certificate of %s: %s (--ca-file).",
			       t->host,
			       t->ca_file != NULL
				       ? "the CA file that was given has not "
					 "the CA of this server"
				       : "name a file with its CA's "
					 "certificate");
	}
}

static int no_tls(const struct sm_trouble *t, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_NEGOTIATION,
		       "%s, port %u, and we agree on no TLS (1.2 or later): is "
		       "that port for HTTPS, and does it ask for a client "
		       "certificate? (%s)",
		       t->where, t->port, t->detail);
}

static int bad_ca(const struct sm_trouble *t, struct sm_fail *fail)
{
	if (t->ca_file == NULL)
		return sm_fail(fail, SMBMGMT_E_CERTIFICATE,
			       "This machine has no file of CA certificates "
			       "that can be read: name one (--ca-file).");
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "The CA file '%s' cannot be read, or has no certificate "
		       "in PEM.",
		       t->ca_file);
}

static int bad_client(const struct sm_trouble *t, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "The client certificate or its key cannot be used "
		       "(%s).",
		       t->detail);
}

static int written(const struct sm_trouble *t, struct sm_fail *fail)
{
	if (!t->over)
		return sm_fail_nomem(fail);
	return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
		       "The answer of %s is longer than the library takes.",
		       t->where);
}

static int not_http(const struct sm_trouble *t, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_PROTOCOL,
		       "What answers on %s, port %u, does not speak HTTP as it "
		       "should (%s).",
		       t->where, t->port, t->detail);
}

static int bad_url(const struct sm_trouble *t, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "'%s' is nothing that a URL could name.", t->where);
}

static int too_large(const struct sm_trouble *t, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
		       "A header of the answer of %s is longer than libcurl "
		       "takes, or memory ran out.",
		       t->where);
}

/* Older ones say so of a header that is too long as well. */
static int nomem(const struct sm_trouble *t, struct sm_fail *fail)
{
	return t->sent ? too_large(t, fail) : sm_fail_nomem(fail);
}

/* Some of these say something only of what was not sent yet. */
static const struct {
	CURLcode code;
	bool after; /* holds of what was sent too */
	int (*fail)(const struct sm_trouble *t, struct sm_fail *fail);
} meanings[] = {
	{CURLE_COULDNT_RESOLVE_HOST, false, host_unknown},
	{CURLE_COULDNT_CONNECT, false, no_connection},
	{CURLE_OPERATION_TIMEDOUT, true, timed_out},
	{CURLE_GOT_NOTHING, true, lost},
	{CURLE_SEND_ERROR, true, lost},
	{CURLE_RECV_ERROR, true, lost},
	{CURLE_PARTIAL_FILE, true, lost},
	{CURLE_ABORTED_BY_CALLBACK, true, lost},
	{CURLE_PEER_FAILED_VERIFICATION, false, not_accepted},
	{CURLE_SSL_ISSUER_ERROR, false, not_accepted},
	{CURLE_SSL_CONNECT_ERROR, false, no_tls},
	{CURLE_SSL_CIPHER, false, no_tls},
	{CURLE_SSL_CLIENTCERT, false, no_tls},
	{CURLE_SSL_CERTPROBLEM, false, bad_client},
	{CURLE_SSL_CACERT_BADFILE, false, bad_ca},
	{CURLE_WRITE_ERROR, true, written},
	{CURLE_WEIRD_SERVER_REPLY, true, not_http},
	{CURLE_UNSUPPORTED_PROTOCOL, true, not_http},
	{CURLE_BAD_CONTENT_ENCODING, true, not_http},
	{CURLE_URL_MALFORMAT, false, bad_url},
	{CURLE_OUT_OF_MEMORY, true, nomem},
#if CURL_AT_LEAST_VERSION(8, 6, 0)
	{CURLE_TOO_LARGE, true, too_large},
#endif
};

int sm_trouble_fail(const struct sm_trouble *trouble, struct sm_fail *fail)
{
	size_t i = 0;

	if (trouble->refused)
		return lost(trouble, fail);
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].code == trouble->code &&
		    (meanings[i].after || !trouble->sent))
			return meanings[i].fail(trouble, fail);
	if (trouble->sent)
		return lost(trouble, fail);
	return sm_fail(fail, SMBMGMT_E_SYSTEM,
		       "libcurl cannot connect to %s: %s (%s).", trouble->where,
		       curl_easy_strerror(trouble->code), trouble->detail);
}
