/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What an answer's WWW-Authenticate headers say (RFC 9110 11.6.1). */
#ifndef SM_WSMAN_OFFERS_H
#define SM_WSMAN_OFFERS_H

#include <stdbool.h>
#include <stddef.h>

struct sm_offers {
	bool negotiate;
	bool basic;
	bool kerberos;	/* the scheme of that name, which is not SPNEGO */
	char names[96]; /* all of them, for a sentence; "": none */
	char *token;	/* of Negotiate, in base64, from malloc; NULL: none */
	bool failed;	/* out of memory */
};

void sm_offers_clear(struct sm_offers *offers);

/* Take in the value of one such header, @len bytes. */
void sm_offers_add(struct sm_offers *offers, const char *value, size_t len);

#endif /* SM_WSMAN_OFFERS_H */
