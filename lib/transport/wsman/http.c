/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "transport/wsman/http_easy.h"
#include "transport/wsman/trouble.h"
#include "util/clock.h"
#include "util/step.h"

#define PORT_HTTP 5985
#define PORT_HTTPS 5986

void sm_http_answer_clear(struct sm_http_answer *answer)
{
	sm_offers_clear(&answer->offers);
	sm_out_free(&answer->body);
	memset(answer, 0, sizeof(*answer));
}

/* `fe80::1%eth0` as a URL has it: in brackets, the zone apart. */
static bool set_host(CURLU *url, const char *host)
{
	const char *zone = strchr(host, '%');
	size_t len = zone != NULL ? (size_t)(zone - host) : strlen(host);
	char text[INET6_ADDRSTRLEN + 3];

	if (strchr(host, ':') == NULL)
		return curl_url_set(url, CURLUPART_HOST, host, 0) == CURLUE_OK;
	if (len > INET6_ADDRSTRLEN)
		return false;
	snprintf(text, sizeof(text), "[%.*s]", (int)len, host);
	return curl_url_set(url, CURLUPART_HOST, text, 0) == CURLUE_OK &&
	       (zone == NULL ||
		curl_url_set(url, CURLUPART_ZONEID, zone + 1, 0) == CURLUE_OK);
}

static bool names_host(CURLU *url, const char *host)
{
	char *got = NULL;
	bool same = strchr(host, ':') != NULL;

	if (!same && curl_url_get(url, CURLUPART_HOST, &got, 0) == CURLUE_OK)
		same = strcasecmp(got, host) == 0;
	curl_free(got);
	return same;
}

static bool make_url(struct sm_http *http)
{
	const struct sm_target *target = http->target;
	const char *path =
		target->wsman_path != NULL ? target->wsman_path : "/wsman";
	CURLU *url = curl_url();
	char *text = NULL;
	char port[16];
	bool good = url != NULL;

	snprintf(port, sizeof(port), "%u", http->port);
	good = good &&
	       curl_url_set(url, CURLUPART_SCHEME,
			    target->tls ? "https" : "http", 0) == CURLUE_OK &&
	       set_host(url, target->host) &&
	       curl_url_set(url, CURLUPART_PORT, port, 0) == CURLUE_OK &&
	       curl_url_set(url, CURLUPART_PATH, path, 0) == CURLUE_OK &&
	       curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK;
	/* `127.1` would become another name than the one that was given. */
	good = good && names_host(url, target->host);
	if (good)
		http->url = strdup(text);
	curl_free(text);
	curl_url_cleanup(url);
	return http->url != NULL;
}

/* For any host and port, of which there is one. */
static bool make_connect_to(struct sm_http *http)
{
	const char *address = http->target->address;
	char text[128];
	int n = 0;

	if (address == NULL)
		return true;
	n = snprintf(text, sizeof(text),
		     strchr(address, ':') != NULL ? "::[%s]:%u" : "::%s:%u",
		     address, http->port);
	if (n < 0 || (size_t)n >= sizeof(text))
		return false;
	http->connect_to = curl_slist_append(NULL, text);
	return http->connect_to != NULL;
}

int sm_http_new(const struct sm_target *target, struct sm_http **made,
		struct sm_fail *fail)
{
	struct sm_http *http = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return sm_fail_nomem(fail);
	http = calloc(1, sizeof(*http));
	if (http == NULL)
		return sm_fail_nomem(fail);
	http->target = target;
	http->port = target->port != 0 ? target->port
		     : target->tls     ? PORT_HTTPS
				       : PORT_HTTP;
	if (!make_url(http) || !make_connect_to(http)) {
		sm_http_free(http);
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "'%s' is no host that a URL could name, or the "
			       "path is none.",
			       target->host);
	}
	*made = http;
	return 0;
}

void sm_http_free(struct sm_http *http)
{
	if (http == NULL)
		return;
	sm_http_drop(http);
	curl_slist_free_all(http->connect_to);
	free(http->certificate);
	free(http->url);
	free(http);
}

const char *sm_http_url(const struct sm_http *http)
{
	return http->url;
}

void sm_http_set_deadline(struct sm_http *http, int64_t deadline)
{
	http->deadline = deadline;
}

uint32_t sm_http_left(const struct sm_http *http)
{
	return sm_step_left(sm_clock_now(), http->deadline);
}

void sm_http_drop(struct sm_http *http)
{
	if (http->easy != NULL)
		curl_easy_cleanup(http->easy);
	http->easy = NULL;
}

const char *sm_http_peer(const struct sm_http *http)
{
	return http->peer;
}

/* libcurl tells no zone, without which a link-local address leads nowhere. */
static void keep_peer(struct sm_http *http)
{
	const char *peer = NULL;
	struct in6_addr in6;

	http->peer[0] = '\0';
	if (curl_easy_getinfo(http->easy, CURLINFO_PRIMARY_IP, &peer) !=
		    CURLE_OK ||
	    peer == NULL || strlen(peer) >= sizeof(http->peer))
		return;
	if (inet_pton(AF_INET6, peer, &in6) == 1 && IN6_IS_ADDR_LINKLOCAL(&in6))
		return;
	memcpy(http->peer, peer, strlen(peer) + 1);
}

const char *sm_http_certificate(const struct sm_http *http)
{
	return http->certificate;
}

/* The first of the chain is the server's own; it was read in a handshake. */
static void keep_certificate(struct sm_http *http)
{
	struct curl_certinfo *info = NULL;
	const struct curl_slist *line = NULL;

	if (!http->target->tls ||
	    curl_easy_getinfo(http->easy, CURLINFO_CERTINFO, &info) !=
		    CURLE_OK ||
	    info == NULL || info->num_of_certs < 1)
		return;
	for (line = info->certinfo[0]; line != NULL; line = line->next) {
		if (strncmp(line->data, "Cert:", 5) != 0)
			continue;
		free(http->certificate);
		http->certificate = strdup(line->data + 5);
		return;
	}
}

static bool add_header(struct curl_slist **headers, const char *name,
		       const char *value)
{
	struct curl_slist *longer = NULL;
	size_t size = 0;
	char *line = NULL;

	if (value == NULL)
		return true;
	size = strlen(name) + strlen(value) + 3;
	line = malloc(size);
	if (line == NULL)
		return false;
	snprintf(line, size, "%s: %s", name, value);
	longer = curl_slist_append(*headers, line);
	explicit_bzero(line, size);
	free(line);
	if (longer == NULL)
		return false;
	*headers = longer;
	return true;
}

static void wipe_headers(struct curl_slist *headers)
{
	struct curl_slist *at = NULL;

	for (at = headers; at != NULL; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	curl_slist_free_all(headers);
}

static CURLcode perform(struct sm_http *http,
			const struct sm_http_request *request,
			struct curl_slist *headers)
{
	uint32_t left = sm_http_left(http);
	CURL *easy = http->easy;
	CURLcode code = CURLE_OK;

	/* 0 would be no bound at all. */
	if (left == 0)
		return CURLE_OPERATION_TIMEDOUT;
	if (curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left) !=
		    CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)left) !=
		    CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
			     (curl_off_t)request->len) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
			     request->len > 0 ? (const char *)request->body
					      : "") != CURLE_OK)
		return CURLE_OUT_OF_MEMORY;
	code = curl_easy_perform(easy);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
	return code;
}

static int no_answer(struct sm_http *http, CURLcode code, struct sm_fail *fail)
{
	const struct sm_target *target = http->target;
	struct sm_trouble trouble = {
		.code = code,
		.sent = http->issued,
		.over = http->over,
		.refused = http->refused,
		.host = target->host,
		.where = target->address != NULL ? target->address
						 : target->host,
		.port = http->port,
		.detail = http->error,
		.ca_file = target->ca_file,
		.client = target->client_cert != NULL,
	};

	if (http->easy != NULL)
		curl_easy_getinfo(http->easy, CURLINFO_OS_ERRNO,
				  &trouble.number);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		trouble.flaw =
			sm_certificate_flaw(http->certificate, target->host,
					    time(NULL), http->error);
	sm_http_drop(http);
	return sm_trouble_fail(&trouble, fail);
}

int sm_http_post(struct sm_http *http, const struct sm_http_request *request,
		 struct sm_http_answer *answer, bool *sent,
		 struct sm_fail *fail)
{
	struct curl_slist *headers = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	int ret = sm_http_easy(http, fail);

	*sent = false;
	if (ret != 0)
		return ret;
	http->answer = answer;
	http->headers = 0;
	http->headed = false;
	http->may_connect = request->may_connect;
	http->refused = false;
	http->issued = false;
	http->over = false;
	http->error[0] = '\0';
	/* The empty one keeps libcurl from waiting for `100 Continue`. */
	if (add_header(&headers, "Content-Type", request->content_type) &&
	    add_header(&headers, "Authorization", request->authorization) &&
	    add_header(&headers, "Expect", ""))
		code = perform(http, request, headers);
	wipe_headers(headers);
	keep_certificate(http);
	http->answer = NULL;
	*sent = http->issued;
	/* libcurl takes what is cut in its headers for an empty answer. */
	if (code == CURLE_OK && !http->headed)
		code = CURLE_RECV_ERROR;
	if (code != CURLE_OK)
		return no_answer(http, code, fail);
	curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	keep_peer(http);
	return 0;
}
