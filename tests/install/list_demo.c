/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Built against the installed library: prints the users of memory:demo. */
#include <smbmgmt/smbmgmt.h>

#include <stdio.h>

static int show(smbmgmt_context *context, smbmgmt_handle *handle,
		smbmgmt_error **err)
{
	smbmgmt_session_list *list = NULL;
	int32_t ret = 0;

	ret = smbmgmt_list_sessions(context, &handle, 1, NULL, NULL, &list,
				    err);
	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++) {
		const smbmgmt_session *s = smbmgmt_session_list_get(list, i);

		puts(smbmgmt_session_user(s));
	}
	smbmgmt_session_list_unref(list);
	return ret;
}

int main(void)
{
	smbmgmt_context *context = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;
	int32_t ret = smbmgmt_context_new(&context, &err);

	if (ret == 0)
		ret = smbmgmt_open_handle(context, "memory:demo", NULL, &handle,
					  &err);
	if (ret == 0)
		ret = show(context, handle, &err);
	if (ret != 0)
		fprintf(stderr, "%s\n", smbmgmt_error_message(err));
	smbmgmt_error_unref(err);
	smbmgmt_handle_unref(handle);
	smbmgmt_context_unref(context);
	return ret == 0 ? 0 : 1;
}
