/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the two files of the HTTP client share. */
#ifndef SM_WSMAN_HTTP_EASY_H
#define SM_WSMAN_HTTP_EASY_H

#include <curl/curl.h>

#include "transport/wsman/http.h"

/* All the headers of an answer. */
#define SM_HTTP_HEADERS_MOST 65536

struct sm_http {
	const struct sm_target *target;
	uint32_t port;
	char *url;
	struct curl_slist *connect_to;
	CURL *easy; /* NULL: no connection */
	char *certificate;
	char peer[64]; /* whom the last answer came from */
	int64_t deadline;
	/* of the request at hand */
	struct sm_http_answer *answer;
	size_t headers; /* bytes of them */
	bool headed;	/* they have come to their end */
	bool may_connect;
	bool refused; /* a connection would have been made, and must not */
	bool issued;  /* what follows may be on its way */
	bool over;
	char error[CURL_ERROR_SIZE];
};

/* Make the handle, with all that is the same for each request. */
int sm_http_easy(struct sm_http *http, struct sm_fail *fail);

#endif /* SM_WSMAN_HTTP_EASY_H */
