/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * HTTP POSTs over one connection that is known: what is authenticated, or
 * encrypted for, one connection never goes over another, and libcurl repeats
 * nothing by itself.
 */
#ifndef SM_WSMAN_HTTP_H
#define SM_WSMAN_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/request.h"
#include "transport/wsman/offers.h"
#include "util/buf.h"
#include "util/fail.h"

struct sm_http;

struct sm_http_request {
	const char *authorization; /* the header's value; NULL: none */
	const char *content_type;
	const uint8_t *body;
	size_t len;
	/* A connection may be made for it if none stands. */
	bool may_connect;
};

struct sm_http_answer {
	long status;
	char content_type[256];
	struct sm_offers offers;
	struct sm_out body;
};

void sm_http_answer_clear(struct sm_http_answer *answer);

/* @target is borrowed until sm_http_free().  INVALID: it gives no URL. */
int sm_http_new(const struct sm_target *target, struct sm_http **http,
		struct sm_fail *fail);
void sm_http_free(struct sm_http *http);

const char *sm_http_url(const struct sm_http *http);

/* What follows is to be over by then, of sm_clock_now(). */
void sm_http_set_deadline(struct sm_http *http, int64_t deadline);
/* Milliseconds that are left of it. */
uint32_t sm_http_left(const struct sm_http *http);

/*
 * One request and its answer, to be cleared in any case.  Any HTTP status is
 * an answer.  If there was none the connection is gone, and *@sent tells
 * whether the server may have seen a part of the request.
 */
int sm_http_post(struct sm_http *http, const struct sm_http_request *request,
		 struct sm_http_answer *answer, bool *sent,
		 struct sm_fail *fail);

/* Close the connection, if there is one. */
void sm_http_drop(struct sm_http *http);

/* The numeric address that the last answer came from; "": unknown. */
const char *sm_http_peer(const struct sm_http *http);

/* The certificate that the server last showed, PEM; or NULL. */
const char *sm_http_certificate(const struct sm_http *http);

#endif /* SM_WSMAN_HTTP_H */
