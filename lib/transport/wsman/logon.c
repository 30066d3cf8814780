/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Logging on.  A token is sent with an empty body, so that nothing is shown to
 * a server that has not proved anything yet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>

#include "transport/wsman/certificate.h"
#include "transport/wsman/conn.h"
#include "transport/wsman/ticket.h"

/* More exchanges than any mechanism has. */
#define LEGS_MOST 10

/* DSP0226's profile of mutual TLS, with nothing beside it. */
#define MUTUAL                                                                 \
	"http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

enum sm_scheme sm_conn_scheme(const struct sm_transport_conn *conn)
{
	if (conn->choice.basic)
		return SM_SCHEME_BASIC;
	return conn->choice.certificate ? SM_SCHEME_CERTIFICATE
					: SM_SCHEME_NEGOTIATE;
}

void sm_logoff(struct sm_transport_conn *conn)
{
	sm_gss_free(conn->gss);
	conn->gss = NULL;
	conn->ready = false;
	if (conn->http != NULL)
		sm_http_drop(conn->http);
}

/* `SCHEME base64`, from malloc; NULL: out of memory. */
static char *make_value(const char *scheme, const void *data, size_t len)
{
	gnutls_datum_t in = {(unsigned char *)data, (unsigned int)len};
	gnutls_datum_t text = {NULL, 0};
	char *value = NULL;

	if (gnutls_base64_encode2(&in, &text) != 0)
		return NULL;
	if (asprintf(&value, "%s %.*s", scheme, (int)text.size,
		     (const char *)text.data) < 0)
		value = NULL;
	explicit_bzero(text.data, text.size);
	gnutls_free(text.data);
	return value;
}

static int make_basic(struct sm_transport_conn *conn, struct sm_fail *fail)
{
	const struct sm_target *t = &conn->target;
	bool domain = t->domain != NULL && t->domain[0] != '\0';
	char *text = NULL;
	int len = asprintf(&text, "%s%s%s:%s", domain ? t->domain : "",
			   domain ? "\\" : "", t->user, t->password);

	if (len < 0)
		return sm_fail_nomem(fail);
	conn->authorization = make_value("Basic", text, (size_t)len);
	explicit_bzero(text, (size_t)len);
	free(text);
	return conn->authorization != NULL ? 0 : sm_fail_nomem(fail);
}

static int make_mutual(struct sm_transport_conn *conn, struct sm_fail *fail)
{
	conn->authorization = strdup(MUTUAL);
	return conn->authorization != NULL ? 0 : sm_fail_nomem(fail);
}

static int post_empty(struct sm_transport_conn *conn, const char *authorization,
		      bool may_connect, struct sm_http_answer *answer,
		      struct sm_fail *fail)
{
	struct sm_http_request request = {
		.authorization = authorization,
		.content_type = SM_SOAP_TYPE,
		.may_connect = may_connect,
	};
	bool sent = false;

	return sm_http_post(conn->http, &request, answer, &sent, fail);
}

static int status_failed(const struct sm_transport_conn *conn,
			 const struct sm_http_answer *answer,
			 struct sm_fail *fail)
{
	struct sm_status status = {
		.status = answer->status,
		.scheme = SM_SCHEME_NEGOTIATE,
		.offers = &answer->offers,
		.sealed = !conn->target.tls,
		.tls = conn->target.tls,
		.empty = answer->body.len == 0,
		.doing = SM_DOING_CONNECT,
	};

	return sm_status_fail(&status, fail);
}

/* Some servers do not like an empty message, and have logged us on. */
static bool is_let_in(const struct sm_http_answer *answer)
{
	return (answer->status >= 200 && answer->status < 300) ||
	       answer->status == 400 || answer->status == 411 ||
	       answer->status == 500;
}

/*
 * Over TLS the log-on is bound to the server's certificate (RFC 5929), which
 * is known after a first request only.
 */
static int look(struct sm_transport_conn *conn, struct sm_fail *fail)
{
	struct sm_http_answer answer = {0};
	int ret = post_empty(conn, NULL, true, &answer, fail);

	if (ret == 0 && answer.status == 401 && !answer.offers.negotiate)
		ret = status_failed(conn, &answer, fail);
	else if (ret == 0 && answer.status != 401 && !is_let_in(&answer))
		ret = status_failed(conn, &answer, fail);
	sm_http_answer_clear(&answer);
	return ret;
}

static int take_token(struct sm_gss *gss, const struct sm_http_answer *answer,
		      struct sm_out *out, struct sm_fail *fail)
{
	const char *text = answer->offers.token;
	gnutls_datum_t in;
	gnutls_datum_t token = {NULL, 0};
	int ret = 0;

	in.data = (unsigned char *)text;
	in.size = (unsigned int)strlen(text);
	if (gnutls_base64_decode2(&in, &token) != 0)
		return sm_fail(fail, SMBMGMT_E_PROTOCOL,
			       "The server's token for the log-on is not in "
			       "base64.");
	ret = sm_gss_step(gss, token.data, token.size, out, fail);
	gnutls_free(token.data);
	return ret;
}

/* Nothing is wrong with user or ticket where the server has said yes. */
static int last_word(int ret, struct sm_fail *fail)
{
	if (ret != SMBMGMT_E_LOGON_FAILED && ret != SMBMGMT_E_TICKET_REFUSED)
		return ret;
	return sm_fail(fail, SMBMGMT_E_NEGOTIATION,
		       "The server's last token of the log-on is not what it "
		       "should be: it does not prove that both sides saw the "
		       "same.");
}

/* After everything was said, or at once: no. */
static int not_taken(const struct sm_transport_conn *conn, bool kerberos,
		     bool first, const struct sm_http_answer *answer,
		     struct sm_fail *fail)
{
	if (first && !kerberos && answer->offers.negotiate)
		return sm_fail_native(
			fail, SMBMGMT_E_NEGOTIATION, SMBMGMT_NATIVE_HTTP,
			(uint32_t)answer->status,
			"The server does not take NTLM, and has not looked at "
			"user and password: it may allow Kerberos only "
			"(--auth=kerberos).");
	if (!kerberos || !answer->offers.negotiate)
		return status_failed(conn, answer, fail);
	return sm_fail_native(
		fail, SMBMGMT_E_TICKET_REFUSED, SMBMGMT_NATIVE_HTTP,
		(uint32_t)answer->status,
		"%s does not take the Kerberos ticket: it has another key than "
		"the KDC, no account of this user or a clock that differs.",
		conn->target.host);
}

/* What an answer means for the log-on; the next token is in @token. */
static int take_answer(const struct sm_transport_conn *conn, struct sm_gss *gss,
		       bool kerberos, bool first,
		       const struct sm_http_answer *answer,
		       struct sm_out *token, struct sm_fail *fail)
{
	bool more = answer->offers.token != NULL && !sm_gss_is_done(gss);
	int ret = 0;

	if (answer->status == 401 && !more)
		return not_taken(conn, kerberos, first, answer, fail);
	if (answer->status == 401)
		return take_token(gss, answer, token, fail);
	if (!is_let_in(answer))
		return status_failed(conn, answer, fail);
	if (more)
		ret = last_word(take_token(gss, answer, token, fail), fail);
	if (ret == 0 && answer->status >= 300 && !sm_gss_is_done(gss))
		ret = status_failed(conn, answer, fail);
	return ret;
}

/* One exchange; *@over: the log-on has come to its end. */
static int exchange(struct sm_transport_conn *conn, struct sm_gss *gss,
		    bool kerberos, bool first, struct sm_out *token, bool *over,
		    struct sm_fail *fail)
{
	struct sm_http_answer answer = {0};
	char *value = make_value("Negotiate", token->data, token->len);
	int ret = 0;

	token->len = 0;
	if (value == NULL)
		return sm_fail_nomem(fail);
	/* Over TLS it is bound to the connection that was looked at. */
	ret = post_empty(conn, value, first && !conn->target.tls, &answer,
			 fail);
	explicit_bzero(value, strlen(value));
	free(value);
	if (ret == 0)
		ret = take_answer(conn, gss, kerberos, first, &answer, token,
				  fail);
	*over = answer.status != 401;
	sm_http_answer_clear(&answer);
	return ret;
}

static int run(struct sm_transport_conn *conn, struct sm_gss *gss,
	       bool kerberos, struct sm_fail *fail)
{
	struct sm_out token = {0};
	bool over = false;
	int legs = 0;
	int ret = sm_gss_step(gss, NULL, 0, &token, fail);

	for (legs = 0; ret == 0 && !over && legs < LEGS_MOST; legs++) {
		if (token.len == 0)
			break;
		ret = exchange(conn, gss, kerberos, legs == 0, &token, &over,
			       fail);
	}
	if (ret == 0 && (!over || !sm_gss_is_done(gss)))
		ret = sm_fail(fail, SMBMGMT_E_NEGOTIATION,
			      "The server ends the log-on before both sides "
			      "know each other.");
	sm_out_wipe(&token);
	return ret == 0 ? sm_gss_check(gss, fail) : ret;
}

static int negotiate(struct sm_transport_conn *conn, bool kerberos,
		     struct sm_fail *fail)
{
	uint8_t binding[SM_BINDING_MOST];
	struct sm_gss_setup setup = {
		.target = &conn->target,
		.kerberos = kerberos,
		.seal = !conn->target.tls,
		.binding = binding,
	};
	struct sm_gss *gss = NULL;
	int ret = 0;

	if (conn->target.tls)
		ret = look(conn, fail);
	if (ret == 0 && conn->target.tls)
		ret = sm_certificate_binding(sm_http_certificate(conn->http),
					     binding, &setup.binding_len, fail);
	if (ret == 0)
		ret = sm_gss_new(&setup, &gss, fail);
	if (ret == 0)
		ret = run(conn, gss, kerberos, fail);
	if (ret != 0) {
		sm_gss_free(gss);
		return ret;
	}
	conn->gss = gss;
	return 0;
}

static int try_kerberos(struct sm_transport_conn *conn, int32_t *number,
			struct sm_fail *fail)
{
	int ret = sm_ticket_get(&conn->target, number, fail);

	return ret == 0 ? negotiate(conn, true, fail) : ret;
}

static int log_on(struct sm_transport_conn *conn, struct sm_fail *fail)
{
	int32_t number = 0;
	int ret = 0;

	if (conn->choice.kerberos) {
		ret = try_kerberos(conn, &number, fail);
		if (ret == 0 || !sm_choice_goes_on(&conn->choice, ret, number))
			return ret;
		sm_logoff(conn);
	}
	return negotiate(conn, false, fail);
}

static bool is_final(int ret)
{
	return ret == SMBMGMT_E_LOGON_FAILED ||
	       ret == SMBMGMT_E_ACCOUNT_LOCKED ||
	       ret == SMBMGMT_E_ACCOUNT_DISABLED ||
	       ret == SMBMGMT_E_ACCOUNT_RESTRICTED;
}

int sm_logon(struct sm_transport_conn *conn, struct sm_fail *fail)
{
	int ret = 0;

	if (conn->ready)
		return 0;
	sm_logoff(conn);
	/* Once more would count where failures lock an account. */
	if (conn->refused.code != 0) {
		*fail = conn->refused;
		return fail->code;
	}
	if (conn->choice.basic || conn->choice.certificate) {
		if (conn->authorization == NULL)
			ret = conn->choice.basic ? make_basic(conn, fail)
						 : make_mutual(conn, fail);
	} else {
		ret = log_on(conn, fail);
	}
	if (ret != 0)
		sm_logoff(conn);
	if (is_final(ret))
		conn->refused = *fail;
	conn->ready = ret == 0;
	return ret;
}
