/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What it means that libcurl did not bring an answer. */
#ifndef SM_WSMAN_TROUBLE_H
#define SM_WSMAN_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "transport/wsman/certificate.h"
#include "util/fail.h"

struct sm_trouble {
	CURLcode code;
	long number;	   /* errno of connecting, 0: none */
	bool sent;	   /* a part of the request may have been */
	bool over;	   /* the answer was longer than is taken */
	bool refused;	   /* the connection that was to be used had gone */
	const char *host;  /* whom the certificate is to name */
	const char *where; /* what was connected to */
	uint32_t port;
	const char *detail;  /* libcurl's words, or "" */
	const char *ca_file; /* that the caller named, or NULL */
	bool client;	     /* it showed the server a certificate */
	enum sm_certificate_flaw flaw;
};

/*
 * Always fails.  What was sent and had no answer is CONNECTION_LOST, TIMED_OUT,
 * or what makes no sense of an answer, never a code that says nothing happened.
 */
int sm_trouble_fail(const struct sm_trouble *trouble, struct sm_fail *fail);

#endif /* SM_WSMAN_TROUBLE_H */
