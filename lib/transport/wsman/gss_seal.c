/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Messages sealed with what a log-on has given. */
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>

#include "transport/wsman/gss_inside.h"
#include "wire/wsman/sealed.h"
#include "wire/wsman/wsman.h"

/* NTLM's signature (MS-NLMP 2.2.2.9), which comes first. */
#define NTLM_SIGNATURE 16
#define PADDING_MOST 8

static int not_sealed(const struct sm_gss *gss, OM_uint32 major,
		      OM_uint32 minor, struct sm_fail *fail)
{
	char text[SM_GSS_TEXT];

	sm_gss_text(gss, major, minor, text);
	return sm_fail(fail, SMBMGMT_E_ENCRYPTION_REFUSED,
		       "A message cannot be encrypted, and nothing was sent "
		       "(%s).",
		       text);
}

static int seal_ntlm(struct sm_gss *gss, const struct sm_out *plain,
		     struct sm_out *body, struct sm_fail *fail)
{
	gss_buffer_desc in = {plain->len, plain->data};
	gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
	struct sm_sealed sealed = {.protocol = SM_SEALED_SPNEGO};
	OM_uint32 minor = 0;
	OM_uint32 unused = 0;
	int conf = 0;
	OM_uint32 major = gss_wrap(&minor, gss->context, 1, GSS_C_QOP_DEFAULT,
				   &in, &conf, &made);

	if (major != GSS_S_COMPLETE || !conf || made.length < NTLM_SIGNATURE) {
		gss_release_buffer(&unused, &made);
		return not_sealed(gss, major, minor, fail);
	}
	sealed.plain = (uint32_t)plain->len;
	sealed.signature = made.value;
	sealed.signature_len = NTLM_SIGNATURE;
	sealed.data = (const uint8_t *)made.value + NTLM_SIGNATURE;
	sealed.data_len = made.length - NTLM_SIGNATURE;
	sm_sealed_put(body, &sealed);
	gss_release_buffer(&unused, &made);
	return 0;
}

static void put_pieces(const gss_iov_buffer_desc iov[3], struct sm_out *data,
		       struct sm_out *body)
{
	struct sm_sealed sealed = {.protocol = SM_SEALED_SPNEGO};

	sm_out_bytes(data, iov[1].buffer.value, iov[1].buffer.length);
	sm_out_bytes(data, iov[2].buffer.value, iov[2].buffer.length);
	sealed.plain = (uint32_t)data->len;
	sealed.signature = iov[0].buffer.value;
	sealed.signature_len = iov[0].buffer.length;
	sealed.data = data->data;
	sealed.data_len = data->len;
	if (data->failed)
		body->failed = true;
	else
		sm_sealed_put(body, &sealed);
}

/* The length of the header varies, so it is GSSAPI who makes it. */
static int seal_kerberos(struct sm_gss *gss, const struct sm_out *plain,
			 struct sm_out *body, struct sm_fail *fail)
{
	gss_iov_buffer_desc iov[3] = {
		{.type = GSS_IOV_BUFFER_TYPE_HEADER |
			 GSS_IOV_BUFFER_FLAG_ALLOCATE},
		{.type = GSS_IOV_BUFFER_TYPE_DATA},
		{.type = GSS_IOV_BUFFER_TYPE_PADDING |
			 GSS_IOV_BUFFER_FLAG_ALLOCATE},
	};
	struct sm_out work = {0};
	struct sm_out data = {0};
	OM_uint32 major = GSS_S_FAILURE;
	OM_uint32 minor = 0;
	OM_uint32 unused = 0;
	int conf = 0;
	int ret = 0;

	/* It is encrypted in place. */
	sm_out_bytes(&work, plain->data, plain->len);
	if (work.failed)
		return sm_fail_nomem(fail);
	iov[1].buffer.value = work.data;
	iov[1].buffer.length = work.len;
	major = gss_wrap_iov(&minor, gss->context, 1, GSS_C_QOP_DEFAULT, &conf,
			     iov, 3);
	if (major == GSS_S_COMPLETE && conf)
		put_pieces(iov, &data, body);
	else
		ret = not_sealed(gss, major, minor, fail);
	gss_release_iov_buffer(&unused, iov, 3);
	sm_out_free(&data);
	sm_out_free(&work);
	return ret;
}

int sm_gss_seal(struct sm_gss *gss, const struct sm_out *plain,
		struct sm_out *body, struct sm_fail *fail)
{
	int ret = gss->kerberos ? seal_kerberos(gss, plain, body, fail)
				: seal_ntlm(gss, plain, body, fail);

	if (ret == 0 && body->failed)
		ret = sm_fail_nomem(fail);
	return ret;
}

static int not_opened(const struct sm_gss *gss, OM_uint32 major,
		      OM_uint32 minor, struct sm_fail *fail)
{
	char text[SM_GSS_TEXT];

	sm_gss_text(gss, major, minor, text);
	return sm_fail(fail, SMBMGMT_E_PROTOCOL,
		       "An encrypted answer was changed on the way, or is not "
		       "of this connection (%s).",
		       text);
}

/* With Kerberos' older ciphers what is said may count padding. */
static bool is_whole(const struct sm_gss *gss, const struct sm_sealed *sealed,
		     const gss_buffer_desc *made)
{
	size_t padding = gss->kerberos ? PADDING_MOST : 0;

	return sealed->plain >= made->length &&
	       sealed->plain - made->length <= padding;
}

/*
 * Signature and data one after the other are one token: NTLM's as it is, and
 * Kerberos' too, whose pieces are the token's own, rotated.  Some servers do
 * not even split it where its header ends.
 */
static int open_one(struct sm_gss *gss, const struct sm_sealed *sealed,
		    struct sm_out *plain, struct sm_fail *fail)
{
	gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
	gss_buffer_desc in;
	struct sm_out token = {0};
	OM_uint32 major = GSS_S_FAILURE;
	OM_uint32 minor = 0;
	OM_uint32 unused = 0;
	int conf = 0;
	int ret = 0;

	sm_out_bytes(&token, sealed->signature, sealed->signature_len);
	sm_out_bytes(&token, sealed->data, sealed->data_len);
	if (token.failed)
		return sm_fail_nomem(fail);
	in.value = token.data;
	in.length = token.len;
	major = gss_unwrap(&minor, gss->context, &in, &made, &conf, NULL);
	sm_out_free(&token);
	/* Anything else is an error, or was sent twice or out of order. */
	if (major == GSS_S_COMPLETE && conf && !is_whole(gss, sealed, &made))
		ret = sm_fail(fail, SMBMGMT_E_PROTOCOL,
			      "An encrypted answer has %zu bytes and says %u.",
			      made.length, sealed->plain);
	else if (major != GSS_S_COMPLETE)
		ret = not_opened(gss, major, minor, fail);
	else if (!conf)
		ret = sm_fail(fail, SMBMGMT_E_PROTOCOL,
			      "An answer is signed and not encrypted.");
	else
		sm_out_bytes(plain, made.value, made.length);
	gss_release_buffer(&unused, &made);
	if (ret == 0 && plain->failed)
		ret = sm_fail_nomem(fail);
	return ret;
}

int sm_gss_open(struct sm_gss *gss, const uint8_t *body, size_t len,
		const char *boundary, struct sm_out *plain,
		struct sm_fail *fail)
{
	bool more = true;
	size_t pos = 0;
	int ret = 0;

	while (ret == 0 && more) {
		struct sm_sealed sealed;

		ret = sm_sealed_get(body, len, boundary, &pos, &sealed, &more,
				    fail);
		if (ret == 0)
			ret = open_one(gss, &sealed, plain, fail);
	}
	return ret;
}
