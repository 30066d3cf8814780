/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the two files of the GSSAPI log-on share. */
#ifndef SM_WSMAN_GSS_INSIDE_H
#define SM_WSMAN_GSS_INSIDE_H

#include <gssapi/gssapi.h>

#include "transport/wsman/gss.h"

struct sm_gss {
	bool kerberos;
	bool seal;
	bool done;
	gss_name_t server;
	gss_cred_id_t cred;
	gss_ctx_id_t context;
	OM_uint32 flags; /* that there are, once it is done */
	struct gss_channel_bindings_struct binding;
	uint8_t *binding_data;
};

#define SM_GSS_TEXT 160

/* What the mechanism, or GSSAPI, says of an error; one line. */
void sm_gss_text(const struct sm_gss *gss, OM_uint32 major, OM_uint32 minor,
		 char text[SM_GSS_TEXT]);

#endif /* SM_WSMAN_GSS_INSIDE_H */
