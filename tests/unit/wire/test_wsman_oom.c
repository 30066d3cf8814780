/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Out of memory, at every place: an answer is read again and again, and the
 * n-th allocation fails, for every n, libxml2's among them.  Each run ends
 * with NOMEM and what it took given back, or with all that the answer says:
 * never with a part of it, and never with the server's being blamed.
 */
#include <check.h>
#include <libxml/parser.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wsman_made.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *p);

static atomic_long countdown = -1; /* the one that reaches 0 fails */
static atomic_bool struck;
static atomic_long live; /* allocations that are not freed */

static bool strikes(void)
{
	if (atomic_load(&countdown) < 0 || atomic_fetch_sub(&countdown, 1) != 0)
		return false;
	atomic_store(&struck, true);
	return true;
}

static void *counted(void *p)
{
	if (p != NULL)
		atomic_fetch_add(&live, 1);
	return p;
}

/* The libraries, too, take these. */
#pragma GCC visibility push(default)

void *malloc(size_t size)
{
	return strikes() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return strikes() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	void *p = NULL;

	if (strikes())
		return NULL;
	p = __libc_realloc(old, size);
	if (old == NULL)
		counted(p);
	return p;
}

void free(void *p)
{
	if (p != NULL)
		atomic_fetch_sub(&live, 1);
	__libc_free(p);
}

#pragma GCC visibility pop

static const struct sm_row *seen;
static char user[64];

static int take(void *userdata, const struct sm_row *row, struct sm_fail *fail)
{
	(void)userdata;
	(void)fail;
	seen = row;
	snprintf(user, sizeof(user), "%s", row->user == NULL ? "" : row->user);
	return 0;
}

/* One reading of @data in which the n-th allocation fails; true: it did. */
static bool read_with(const uint8_t *data, size_t len, long n,
		      enum sm_wsman_kind kind, struct sm_wsman_answer *answer)
{
	long before = atomic_load(&live);
	struct sm_fail fail;
	int ret = 0;

	seen = NULL;
	atomic_store(&struck, false);
	atomic_store(&countdown, n);
	ret = sm_wsman_read(data, len, kind, MADE_ID, take, NULL, answer,
			    &fail);
	atomic_store(&countdown, -1);
	if (ret != 0)
		sm_wsman_answer_clear(answer);
	ck_assert_msg(ret == 0 || ret == SMBMGMT_E_NOMEM, "%ld: %s", n,
		      ret == 0 ? "" : fail.text);
	ck_assert(ret == 0 || atomic_load(&struck));
	/* What is held of a good answer is its context. */
	ck_assert_int_eq(atomic_load(&live) - before,
			 ret == 0 && answer->context != NULL ? 1 : 0);
	if (ret != 0)
		return true;
	/* Some failures are got over; nothing is missing then. */
	return atomic_load(&struck);
}

static void read_all(const uint8_t *data, size_t len, bool faulted)
{
	long n = 0;
	bool failed = true;

	for (n = 0; failed && n < 5000; n++) {
		struct sm_wsman_answer answer;

		failed = read_with(data, len, n,
				   faulted ? SM_WSMAN_CLOSED : SM_WSMAN_PULLED,
				   &answer);
		if (answer.faulted) {
			ck_assert_int_eq(answer.fault.trouble,
					 SM_WSMAN_NO_INSTANCE);
			ck_assert_str_eq(answer.fault.text, "gone");
		} else if (answer.items > 0) {
			ck_assert_ptr_nonnull(seen);
			ck_assert_str_eq(user, "LAB\\anna");
			ck_assert_str_eq(answer.context, "c");
		}
		sm_wsman_answer_clear(&answer);
	}
	ck_assert(!failed);
	ck_assert_int_gt(n, 20);
}

START_TEST(page)
{
	char *text = made_envelope(
		MADE_ACTION(MADE_ENUMERATION "/PullResponse"),
		"<n:PullResponse><n:Items>" MADE_ITEM(
			"<p:SessionId>5</p:SessionId>"
			"<p:NumOpens xsi:nil=\"true\"/>"
			"<p:ClientUserName>LAB\\<![CDATA[a]]>n&#110;a"
			"</p:ClientUserName>") //
		"</n:Items><n:EnumerationContext>c</n:EnumerationContext>"
		"</n:PullResponse>");
	size_t len = 0;
	uint8_t *wide = made_utf16(text, 0, 1, &len);

	read_all((const uint8_t *)text, strlen(text), false);
	read_all(wide, len, false);
	free(wide);
	free(text);
}
END_TEST

START_TEST(fault)
{
	char *text = made_envelope(
		"<a:RelatesTo>" MADE_ID "</a:RelatesTo>",
		"<s:Fault><s:Code><s:Subcode><s:Value>w:InternalError"
		"</s:Value></s:Subcode></s:Code><s:Reason>"
		"<s:Text xml:lang=\"de\">weg</s:Text>"
		"<s:Text xml:lang=\"en\">gone</s:Text></s:Reason><s:Detail>"
		"<f:WSManFault Code=\"1\"><v:E xmlns:v=\"urn:v\">"
		"<v:CIMStatusCode>6</v:CIMStatusCode></v:E></f:WSManFault>"
		"</s:Detail></s:Fault>");

	read_all((const uint8_t *)text, strlen(text), true);
	free(text);
}
END_TEST

START_TEST(requests)
{
	static const struct sm_select one = {
		.count = 1, .items = {{SM_SELECTED_ID, 5, 5, NULL}}};
	const struct sm_wsman_request request = {.to = "http://h", .id = "i"};
	long before = atomic_load(&live);
	bool failed = true;
	long n = 0;

	for (n = 0; failed && n < 100; n++) {
		struct sm_out out = {0};

		atomic_store(&countdown, n);
		sm_wsman_put_enumerate(&out, &request, &one, 1);
		atomic_store(&countdown, -1);
		failed = out.failed;
		sm_out_free(&out);
		ck_assert_int_eq(atomic_load(&live), before);
	}
	ck_assert(!failed);
	ck_assert_int_gt(n, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman-oom");
	TCase *tc = tcase_create("oom");

	/* What libxml2 allocates once is not to be counted. */
	xmlInitParser();
	tcase_add_test(tc, page);
	tcase_add_test(tc, fault);
	tcase_add_test(tc, requests);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
