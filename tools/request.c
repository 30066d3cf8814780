/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "request.h"

#include "exitcode.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

bool request_init(struct request *request)
{
	smbmgmt_error *error = NULL;

	*request = (struct request){
		.where = {.identity = {.kerberos = -1, .password_fd = -1},
			  .protection = -1,
			  .debug = -1},
		.allow_collateral = SMBMGMT_COLLATERAL_NONE,
		.lasts = 30000,
		.every = 1000,
	};
	if (smbmgmt_filter_new(&request->filter, &error) != SMBMGMT_OK ||
	    smbmgmt_selector_new(&request->selector, &error) != SMBMGMT_OK) {
		say_error(error);
		smbmgmt_error_unref(error);
		return false;
	}
	return true;
}

void request_clear(struct request *request)
{
	struct where *where = &request->where;

	words_clear(&request->operands);
	words_clear(&where->servers);
	words_clear(&where->places);
	free(where->servers_file);
	free(where->identity.user);
	free(where->identity.auth_file);
	if (where->identity.password != NULL) {
		explicit_bzero(where->identity.password,
			       strlen(where->identity.password));
		free(where->identity.password);
	}
	free(where->smb_conf);
	free(where->samba_path);
	free(where->carrier);
	free(where->address);
	free(where->ca_file);
	free(where->client_cert);
	free(where->client_key);
	free(where->wsman_path);
	free(request->from);
	free(request->before);
	free(request->audit);
	free(request->commands);
	free(request->name);
	smbmgmt_filter_unref(request->filter);
	smbmgmt_selector_unref(request->selector);
	*request = (struct request){0};
}

bool identity_given(const struct identity *identity)
{
	return identity->user != NULL || identity->auth_file != NULL ||
	       identity->no_password || identity->password_fd >= 0 ||
	       identity->kerberos >= 0;
}

unsigned filter_add_ids(const struct request *request)
{
	size_t i;

	for (i = 0; i < request->operands.count; i++) {
		const char *text = request->operands.word[i];
		smbmgmt_error *error = NULL;

		if (smbmgmt_filter_add_id_text(request->filter, text, &error) !=
		    SMBMGMT_OK) {
			say("'%s': %s", text, smbmgmt_error_message(error));
			smbmgmt_error_unref(error);
			return FACT_USAGE;
		}
	}
	return 0;
}
