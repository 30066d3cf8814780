/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/gss_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "transport/wsman/ticket.h"

/* RFC 4178, RFC 4121 (1.2.840.113554.1.2.2), MS-NLMP (1.3.6.1.4.1.311.2.2.10)
 */
static gss_OID_desc spnego = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
static gss_OID_desc krb5 = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_OID_desc ntlm = {10,
			    (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};

/* What gss-ntlmssp says of 128 bits; 40 and 56 are the weaker ones. */
#define STRONG 64

#define WANTED                                                                 \
	(GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |         \
	 GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG)

static gss_OID mechanism(const struct sm_gss *gss)
{
	return gss->kerberos ? &krb5 : &ntlm;
}

static bool one_line(OM_uint32 status, int type, gss_OID mech,
		     char text[SM_GSS_TEXT])
{
	gss_buffer_desc said = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor = 0;
	OM_uint32 more = 0;

	text[0] = '\0';
	if (gss_display_status(&minor, status, type, mech, &more, &said) !=
	    GSS_S_COMPLETE)
		return false;
	snprintf(text, SM_GSS_TEXT, "%.*s", (int)said.length,
		 (const char *)said.value);
	text[strcspn(text, "\r\n")] = '\0';
	sm_trim_tail(text);
	gss_release_buffer(&minor, &said);
	return text[0] != '\0';
}

void sm_gss_text(const struct sm_gss *gss, OM_uint32 major, OM_uint32 minor,
		 char text[SM_GSS_TEXT])
{
	if (minor != 0 &&
	    one_line(minor, GSS_C_MECH_CODE, mechanism(gss), text))
		return;
	if (!one_line(major, GSS_C_GSS_CODE, GSS_C_NO_OID, text))
		snprintf(text, SM_GSS_TEXT, "error %u.%u", major, minor);
}

/* NTLM's mechanism is a package of its own. */
static int check_installed(const struct sm_gss *gss, struct sm_fail *fail)
{
	gss_OID_set mechs = GSS_C_NO_OID_SET;
	OM_uint32 minor = 0;
	int present = 0;

	if (gss_indicate_mechs(&minor, &mechs) == GSS_S_COMPLETE) {
		gss_test_oid_set_member(&minor, mechanism(gss), mechs,
					&present);
		gss_release_oid_set(&minor, &mechs);
	}
	if (present)
		return 0;
	return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
		       gss->kerberos ? "GSSAPI has no Kerberos here."
				     : "GSSAPI has no NTLM here: install the "
				       "package gss-ntlmssp, or use Kerberos "
				       "(--auth=kerberos).");
}

static int no_credential(const struct sm_gss *gss, OM_uint32 major,
			 OM_uint32 minor, struct sm_fail *fail)
{
	char text[SM_GSS_TEXT];

	sm_gss_text(gss, major, minor, text);
	return sm_fail(
		fail, gss->kerberos ? SMBMGMT_E_NO_TICKET : SMBMGMT_E_INVALID,
		"GSSAPI can make no credential of what was given (%s).", text);
}

static OM_uint32 import(OM_uint32 *minor, const char *text, gss_OID type,
			gss_name_t *name)
{
	gss_buffer_desc buffer = {strlen(text), (void *)text};

	return gss_import_name(minor, &buffer, type, name);
}

/* DOMAIN\user, or the user as it is. */
static int ntlm_credential(struct sm_gss *gss, const struct sm_target *target,
			   OM_uint32 *major, OM_uint32 *minor,
			   struct sm_fail *fail)
{
	bool domain = target->domain != NULL && target->domain[0] != '\0';
	gss_buffer_desc password = {strlen(target->password),
				    (void *)target->password};
	gss_OID_set_desc mechs = {1, &spnego};
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 unused = 0;
	char *text = NULL;

	/*
	 * A credential for SPNEGO is made of all mechanisms at once, and with
	 * a password Kerberos would ask a KDC for a ticket, which nobody wants
	 * here.  Without a configuration there is no Kerberos at all.
	 */
	if (setenv("KRB5_CONFIG", "/dev/null/none", 1) != 0 ||
	    asprintf(&text, "%s%s%s", domain ? target->domain : "",
		     domain ? "\\" : "", target->user) < 0)
		return sm_fail_nomem(fail);
	*major = import(minor, text, GSS_C_NT_USER_NAME, &name);
	free(text);
	if (*major == GSS_S_COMPLETE)
		*major = gss_acquire_cred_with_password(
			minor, name, &password, GSS_C_INDEFINITE, &mechs,
			GSS_C_INITIATE, &gss->cred, NULL, NULL);
	gss_release_name(&unused, &name);
	return 0;
}

static int make_credential(struct sm_gss *gss, const struct sm_target *target,
			   struct sm_fail *fail)
{
	gss_OID_set_desc all = {1, &spnego};
	gss_OID_set_desc inner = {1, mechanism(gss)};
	OM_uint32 major = GSS_S_COMPLETE;
	OM_uint32 minor = 0;
	int ret = 0;

	if (gss->kerberos)
		major = gss_acquire_cred(&minor, GSS_C_NO_NAME,
					 GSS_C_INDEFINITE, &all, GSS_C_INITIATE,
					 &gss->cred, NULL, NULL);
	else
		ret = ntlm_credential(gss, target, &major, &minor, fail);
	if (ret != 0)
		return ret;
	if (major == GSS_S_COMPLETE)
		major = gss_set_neg_mechs(&minor, gss->cred, &inner);
	return major == GSS_S_COMPLETE ? 0
				       : no_credential(gss, major, minor, fail);
}

static int name_server(struct sm_gss *gss, const char *host,
		       struct sm_fail *fail)
{
	OM_uint32 major = GSS_S_FAILURE;
	OM_uint32 minor = 0;
	char *text = NULL;

	if (gss->kerberos)
		text = sm_ticket_service(host);
	else if (asprintf(&text, "HTTP@%s", host) < 0)
		text = NULL;
	if (text == NULL)
		return sm_fail_nomem(fail);
	major = import(&minor, text,
		       gss->kerberos ? (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME
				     : GSS_C_NT_HOSTBASED_SERVICE,
		       &gss->server);
	free(text);
	if (major == GSS_S_COMPLETE)
		return 0;
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "'%s' is no name of a server that GSSAPI takes.", host);
}

static int set_binding(struct sm_gss *gss, const struct sm_gss_setup *setup,
		       struct sm_fail *fail)
{
	if (setup->binding_len == 0)
		return 0;
	gss->binding_data = malloc(setup->binding_len);
	if (gss->binding_data == NULL)
		return sm_fail_nomem(fail);
	memcpy(gss->binding_data, setup->binding, setup->binding_len);
	gss->binding.application_data.value = gss->binding_data;
	gss->binding.application_data.length = setup->binding_len;
	return 0;
}

int sm_gss_new(const struct sm_gss_setup *setup, struct sm_gss **made,
	       struct sm_fail *fail)
{
	struct sm_gss *gss = calloc(1, sizeof(*gss));
	int ret = 0;

	if (gss == NULL)
		return sm_fail_nomem(fail);
	gss->kerberos = setup->kerberos;
	gss->seal = setup->seal;
	ret = check_installed(gss, fail);
	if (ret == 0)
		ret = set_binding(gss, setup, fail);
	if (ret == 0)
		ret = make_credential(gss, setup->target, fail);
	if (ret == 0)
		ret = name_server(gss, setup->target->host, fail);
	if (ret != 0) {
		sm_gss_free(gss);
		return ret;
	}
	*made = gss;
	return 0;
}

void sm_gss_free(struct sm_gss *gss)
{
	OM_uint32 minor = 0;

	if (gss == NULL)
		return;
	gss_delete_sec_context(&minor, &gss->context, GSS_C_NO_BUFFER);
	gss_release_cred(&minor, &gss->cred);
	gss_release_name(&minor, &gss->server);
	free(gss->binding_data);
	free(gss);
}

static int refused(const struct sm_gss *gss, OM_uint32 major, OM_uint32 minor,
		   struct sm_fail *fail)
{
	char text[SM_GSS_TEXT];

	sm_gss_text(gss, major, minor, text);
	if (gss->kerberos)
		return sm_fail(fail, SMBMGMT_E_TICKET_REFUSED,
			       "Kerberos and the server come to no agreement: "
			       "it has another key than the KDC, a clock that "
			       "differs, or no Kerberos (%s).",
			       text);
	return sm_fail(fail, SMBMGMT_E_LOGON_FAILED,
		       "NTLM and the server come to no agreement: it may take "
		       "Kerberos only, or refuse this user (%s).",
		       text);
}

int sm_gss_step(struct sm_gss *gss, const uint8_t *token, size_t len,
		struct sm_out *out, struct sm_fail *fail)
{
	gss_channel_bindings_t binding = gss->binding_data != NULL
						 ? &gss->binding
						 : GSS_C_NO_CHANNEL_BINDINGS;
	gss_buffer_desc in = {len, (void *)token};
	gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor = 0;
	OM_uint32 unused = 0;
	OM_uint32 major = gss_init_sec_context(
		&minor, gss->cred, &gss->context, gss->server, &spnego, WANTED,
		0, binding, &in, NULL, &made, &gss->flags, NULL);

	if (GSS_ERROR(major))
		gss_release_buffer(&unused, &made);
	if (GSS_ERROR(major))
		return refused(gss, major, minor, fail);
	sm_out_bytes(out, made.value, made.length);
	gss_release_buffer(&unused, &made);
	gss->done = major == GSS_S_COMPLETE;
	return out->failed ? sm_fail_nomem(fail) : 0;
}

bool sm_gss_is_done(const struct sm_gss *gss)
{
	return gss->done;
}

/* NTLM's flags go unprotected at first: whoever clears them weakens the key. */
static bool is_strong(const struct sm_gss *gss)
{
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	OM_uint32 minor = 0;
	uint32_t bits = 0;
	bool strong = true;

	/* A mechanism that does not tell has one strength only. */
	if (gss_inquire_sec_context_by_oid(&minor, gss->context,
					   GSS_C_SEC_CONTEXT_SASL_SSF,
					   &set) != GSS_S_COMPLETE)
		return true;
	if (set->count > 0 && set->elements[0].length == sizeof(bits)) {
		const uint8_t *b = set->elements[0].value;

		bits = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		       (uint32_t)b[2] << 8 | b[3];
		strong = bits >= STRONG;
	}
	gss_release_buffer_set(&minor, &set);
	return strong;
}

int sm_gss_check(const struct sm_gss *gss, struct sm_fail *fail)
{
	if (gss->seal && !is_strong(gss))
		return sm_fail(fail, SMBMGMT_E_ENCRYPTION_REFUSED,
			       "The server, or somebody on the way, wants a "
			       "weak key: use wsmans or Kerberos, or require "
			       "128-bit encryption there.");
	if (gss->seal && (gss->flags & GSS_C_CONF_FLAG) == 0)
		return sm_fail(fail, SMBMGMT_E_ENCRYPTION_REFUSED,
			       "The server logs us on without encryption, "
			       "which is never given up over HTTP: use wsmans, "
			       "or allow encryption there.");
	if (gss->kerberos && (gss->flags & GSS_C_MUTUAL_FLAG) == 0)
		return sm_fail(fail, SMBMGMT_E_NEGOTIATION,
			       "The server has not proved that it is the one "
			       "that the ticket is for.");
	return 0;
}
