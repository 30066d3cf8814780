/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/status.h"

/* Does the server offer what we use?  With nothing offered it does not say. */
static bool is_offered(const struct sm_status *s)
{
	if (s->offers == NULL || s->offers->names[0] == '\0')
		return true;
	switch (s->scheme) {
	case SM_SCHEME_NEGOTIATE:
		return s->offers->negotiate;
	case SM_SCHEME_BASIC:
		return s->offers->basic;
	default:
		return true;
	}
}

static int not_let_in(const struct sm_status *s, struct sm_fail *fail)
{
	static const char *const names[] = {
		[SM_SCHEME_NEGOTIATE] = "Negotiate",
		[SM_SCHEME_BASIC] = "Basic",
	};

	if (!is_offered(s))
		return sm_fail_native(
			fail, SMBMGMT_E_NEGOTIATION, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"The server does not take %s; it offers: %s (--auth).",
			names[s->scheme], s->offers->names);
	if (s->scheme == SM_SCHEME_CERTIFICATE)
		return sm_fail_native(
			fail, SMBMGMT_E_LOGON_FAILED, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"The server does not take the client certificate: it "
			"may not be mapped to a user there, or this way to log "
			"on is not enabled.");
	return sm_fail_native(fail, SMBMGMT_E_LOGON_FAILED, SMBMGMT_NATIVE_HTTP,
			      (uint32_t)s->status,
			      "The server refuses this user: wrong user, "
			      "domain or password, or an account that may not "
			      "log on.");
}

/* Behind a gateway it may have been carried out all the same. */
static int no_answer(const struct sm_status *s, struct sm_fail *fail)
{
	if (s->doing == SM_DOING_CLOSE)
		return sm_fail_native(
			fail, SMBMGMT_E_CONNECTION_LOST, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"The server answered the close with HTTP status %ld "
			"and no more: it may have happened, list again.",
			s->status);
	return sm_fail_native(
		fail, SMBMGMT_E_SERVER, SMBMGMT_NATIVE_HTTP,
		(uint32_t)s->status,
		"The server answers with HTTP status %ld and does "
		"not say why.",
		s->status);
}

static int is_elsewhere(const struct sm_status *s, struct sm_fail *fail)
{
	return sm_fail_native(fail, SMBMGMT_E_SERVER, SMBMGMT_NATIVE_HTTP,
			      (uint32_t)s->status,
			      "The server sends us elsewhere (HTTP status "
			      "%ld); redirects are never followed: name the "
			      "server itself.",
			      s->status);
}

int sm_status_fail(const struct sm_status *s, struct sm_fail *fail)
{
	if (s->status >= 300 && s->status < 400)
		return is_elsewhere(s, fail);
	switch (s->status) {
	case 401:
		return not_let_in(s, fail);
	case 403:
		return sm_fail_native(
			fail, SMBMGMT_E_ACCESS_DENIED, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"The server does not let this user manage it: see "
			"docs/wsman.md for the rights that it takes.");
	case 404:
	case 405:
		return sm_fail_native(
			fail, SMBMGMT_E_NO_SERVICE, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"There is a web server and no WS-Management at that "
			"path (HTTP status %ld): check port and path "
			"(--wsman-path).",
			s->status);
	case 429:
	case 503:
		return sm_fail_native(
			fail, SMBMGMT_E_QUOTA, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"The server takes no more requests now (HTTP status "
			"%ld); wait and try again.",
			s->status);
	case 500:
		if (s->sealed || s->tls || !s->empty)
			return no_answer(s, fail);
		return sm_fail_native(
			fail, SMBMGMT_E_NEGOTIATION, SMBMGMT_NATIVE_HTTP,
			(uint32_t)s->status,
			"The server refuses messages that are not encrypted: "
			"use wsmans, or another way to log on than Basic.");
	default:
		return no_answer(s, fail);
	}
}
