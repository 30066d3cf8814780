/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* libcurl's handle, and what it calls. */
#include "transport/wsman/http_easy.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/wsman/wsman.h"

/* A sealed answer is longer than what is in it. */
#define BODY_MOST ((size_t)SM_WSMAN_ANSWER_MOST + 65536)
/* Of a connection that is kept; 0 would be libcurl's default. */
#define IDLE_SECONDS 60L

/* Of all that the name leads to, only what has answered before. */
static bool is_peer(const struct sm_http *http,
		    const struct curl_sockaddr *address)
{
	char text[sizeof(http->peer)];

	return http->peer[0] == '\0' ||
	       (getnameinfo(&address->addr, address->addrlen, text,
			    sizeof(text), NULL, 0, NI_NUMERICHOST) == 0 &&
		strcmp(text, http->peer) == 0);
}

/*
 * libcurl makes a connection where it finds the one that is kept closed, also
 * after it has sent a request over that: only here can it be held back.
 */
static curl_socket_t open_socket(void *userdata, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct sm_http *http = userdata;

	(void)purpose;
	http->refused =
		!http->may_connect || http->issued || !is_peer(http, address);
	if (http->refused)
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

/* The connection stands, and the request is sent next. */
static int before_request(void *userdata, char *remote, char *local,
			  int remote_port, int local_port)
{
	struct sm_http *http = userdata;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	if (http->issued)
		return CURL_PREREQFUNC_ABORT;
	http->issued = true;
	return CURL_PREREQFUNC_OK;
}

static size_t take_body(char *data, size_t size, size_t count, void *userdata)
{
	struct sm_http *http = userdata;
	struct sm_out *body = &http->answer->body;
	size_t len = size * count;

	http->over = http->over || body->len + len > BODY_MOST;
	if (http->over)
		return 0;
	sm_out_bytes(body, data, len);
	return body->failed ? 0 : len;
}

/* The value of the header @name, or NULL; *@len without blanks around it. */
static const char *header_value(const char *line, size_t *len, const char *name)
{
	size_t n = strlen(name);
	size_t end = *len;

	if (*len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return NULL;
	for (n++; n < end && (line[n] == ' ' || line[n] == '\t'); n++)
		;
	while (end > n && strchr(" \t\r\n", line[end - 1]) != NULL)
		end--;
	*len = end - n;
	return line + n;
}

/* Another answer begins (after `100 Continue`): what came before is void. */
static void begin_answer(struct sm_http *http)
{
	http->headed = false;
	http->answer->content_type[0] = '\0';
	sm_offers_clear(&http->answer->offers);
}

static size_t take_header(char *line, size_t size, size_t count, void *userdata)
{
	struct sm_http *http = userdata;
	struct sm_http_answer *answer = http->answer;
	size_t len = size * count;
	size_t value_len = len;
	const char *value = NULL;

	http->headers += len;
	http->over = http->over || http->headers > SM_HTTP_HEADERS_MOST;
	if (http->over)
		return 0;
	if (len > 5 && memcmp(line, "HTTP/", 5) == 0)
		begin_answer(http);
	if (line[0] == '\r' || line[0] == '\n')
		http->headed = true;
	value = header_value(line, &value_len, "Content-Type");
	if (value != NULL && value_len < sizeof(answer->content_type)) {
		memcpy(answer->content_type, value, value_len);
		answer->content_type[value_len] = '\0';
	}
	value_len = len;
	value = header_value(line, &value_len, "WWW-Authenticate");
	if (value != NULL)
		sm_offers_add(&answer->offers, value, value_len);
	return answer->offers.failed ? 0 : len;
}

static bool set_protocol(struct sm_http *http, CURL *easy)
{
	bool good = true;

#if CURL_AT_LEAST_VERSION(7, 85, 0)
	good = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
				http->target->tls ? "https" : "http") ==
	       CURLE_OK;
#else
	good = curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
				http->target->tls ? CURLPROTO_HTTPS
						  : CURLPROTO_HTTP) == CURLE_OK;
#endif
	return good &&
	       curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
				(long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
}

static bool set_url(struct sm_http *http, CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_URL, http->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
	       (http->connect_to == NULL ||
		curl_easy_setopt(easy, CURLOPT_CONNECT_TO, http->connect_to) ==
			CURLE_OK);
}

/* Nothing of the environment, of the server's wishes or of libcurl's own. */
static bool set_limits(CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NETRC,
				(long)CURL_NETRC_IGNORED) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_SECONDS) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "libsmbmgmt") ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
}

static bool set_calls(struct sm_http *http, CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION,
				open_socket) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, http) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PREREQDATA, http) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, http) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, http) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->error) ==
		       CURLE_OK;
}

static bool set_client(const struct sm_target *target, CURL *easy)
{
	const char *key = target->client_key != NULL ? target->client_key
						     : target->client_cert;

	if (target->client_cert == NULL)
		return true;
	return curl_easy_setopt(easy, CURLOPT_SSLCERT, target->client_cert) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLKEY, key) == CURLE_OK;
}

/* The caller's file, and then nothing of the system's. */
static bool set_authorities(const struct sm_target *target, CURL *easy)
{
	CURLcode code = CURLE_OK;

	if (target->ca_file == NULL)
		return true;
	code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	/* Some TLS libraries know no such folder. */
	if (code != CURLE_OK && code != CURLE_NOT_BUILT_IN)
		return false;
	return curl_easy_setopt(easy, CURLOPT_CAINFO, target->ca_file) ==
	       CURLE_OK;
}

static bool set_tls(const struct sm_target *target, CURL *easy)
{
	if (!target->tls)
		return true;
	if (curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			     (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L) != CURLE_OK)
		return false;
	return set_authorities(target, easy) && set_client(target, easy);
}

int sm_http_easy(struct sm_http *http, struct sm_fail *fail)
{
	CURL *easy = NULL;

	if (http->easy != NULL)
		return 0;
	easy = curl_easy_init();
	if (easy == NULL)
		return sm_fail_nomem(fail);
	if (!set_protocol(http, easy) || !set_url(http, easy) ||
	    !set_limits(easy) || !set_calls(http, easy) ||
	    !set_tls(http->target, easy)) {
		curl_easy_cleanup(easy);
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "This machine's libcurl lacks what is needed "
			       "(HTTP%s).",
			       http->target->tls ? " with TLS" : "");
	}
	http->easy = easy;
	return 0;
}
