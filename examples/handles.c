/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Handles: open some, find them by a pattern, remove them.
 *
 *   handles PATTERN SERVER...
 *
 * PATTERN is compared with the computers' names: `fs*`, `fs[1-3]`.
 */
#include <stdio.h>

#include <smbmgmt/smbmgmt.h>

static int report_error(smbmgmt_error *err)
{
	fprintf(stderr, "%s (%s)\n", smbmgmt_error_message(err),
		smbmgmt_error_name(smbmgmt_error_code(err)));
	smbmgmt_error_unref(err);
	return 1;
}

/* The context keeps a handle until it is removed; our reference can go. */
static int open_one(smbmgmt_context *context, const char *server)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;
	int32_t ret = smbmgmt_open_options_new(&options, &err);

	/* Connect when the handle is first used, not now. */
	if (ret == 0)
		ret = smbmgmt_open_options_set_skip_test(options, 1, &err);
	if (ret == 0)
		ret = smbmgmt_open_handle(context, server, options, &handle,
					  &err);
	smbmgmt_handle_unref(handle);
	smbmgmt_open_options_unref(options);
	return ret == 0 ? 0 : report_error(err);
}

static int show(smbmgmt_context *context, const smbmgmt_selector *selector)
{
	smbmgmt_handle_list *list = NULL;
	smbmgmt_error *err = NULL;
	int32_t ret = smbmgmt_find_handles(context, selector, &list, &err);

	for (uint32_t i = 0; i < smbmgmt_handle_list_count(list); i++) {
		smbmgmt_handle *h = smbmgmt_handle_list_get(list, i);

		printf("%u %s %s %s\n", smbmgmt_handle_id(h),
		       smbmgmt_handle_name(h), smbmgmt_handle_computer_name(h),
		       smbmgmt_handle_transport(h));
	}
	smbmgmt_handle_list_unref(list);
	return ret == 0 ? 0 : report_error(err);
}

static int remove_them(smbmgmt_context *context,
		       const smbmgmt_selector *selector)
{
	smbmgmt_report *report = NULL;
	smbmgmt_error *err = NULL;
	int32_t ret =
		smbmgmt_remove_handles(context, selector, NULL, &report, &err);

	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		const smbmgmt_handle *h = smbmgmt_report_handle(report, i);

		printf("%s %s\n",
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       h == NULL ? smbmgmt_report_message(report, i)
				 : smbmgmt_handle_name(h));
	}
	smbmgmt_report_unref(report);
	return ret == 0 ? 0 : report_error(err);
}

int main(int argc, char **argv)
{
	smbmgmt_context *context = NULL;
	smbmgmt_selector *selector = NULL;
	smbmgmt_error *err = NULL;
	int failed = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: handles PATTERN SERVER...\n");
		return 2;
	}
	if (smbmgmt_context_new(&context, &err) != 0 ||
	    smbmgmt_selector_new(&selector, &err) != 0 ||
	    smbmgmt_selector_add_computer_name(selector, argv[1], &err) != 0) {
		failed = report_error(err);
	} else {
		for (int i = 2; i < argc; i++)
			failed |= open_one(context, argv[i]);
		failed |= show(context, selector);
		failed |= remove_them(context, selector);
		puts("left:");
		failed |= show(context, NULL);
	}
	smbmgmt_selector_unref(selector);
	smbmgmt_context_unref(context);
	return failed;
}
