/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <smbmgmt/close.h>
#include <smbmgmt/plan.h>

#include "core/json.h"
#include "engine/audit.h"
#include "engine/context.h"
#include "engine/planned.h"
#include "util/clock.h"

static void put_time(struct sm_json *json, const char *key, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[40];
	size_t len = 0;
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%03dZ", (int)(ms % 1000));
	sm_json_text(json, key, text);
}

static const char *instance_name(uint32_t instance)
{
	static const char *const names[] = {"default", "csv", "sbl", "sr"};

	return instance < sizeof(names) / sizeof(names[0]) ? names[instance]
							   : "unknown";
}

/* JSON's readers take no more for an integer. */
static void put_count(struct sm_json *json, const char *key, uint64_t count)
{
	sm_json_number(json, key,
		       count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

/* The selector: what the filter asked for, in its own words. */

static void put_ids(struct sm_json *json, const struct sm_idset *ids)
{
	if (ids->count == 0)
		return;
	sm_json_open(json, "session_ids", '[');
	for (size_t i = 0; i < ids->count; i++) {
		char text[43];

		sm_range_format(&ids->ranges[i], text);
		sm_json_text(json, NULL, text);
	}
	sm_json_close(json, ']');
}

static void put_texts(struct sm_json *json, const smbmgmt_filter *filter)
{
	static const char *const names[SM_PROPERTY_COUNT] = {
		[SM_PROPERTY_CLIENT] = "client_computer_names",
		[SM_PROPERTY_USER] = "client_user_names",
		[SM_PROPERTY_SCOPE] = "scope_names",
		[SM_PROPERTY_NODE] = "cluster_node_names",
		[SM_PROPERTY_DIALECT] = "dialects",
	};

	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		const struct sm_texts *texts = &filter->texts[p];

		if (texts->count == 0)
			continue;
		sm_json_open(json, names[p], '[');
		for (size_t i = 0; i < texts->count; i++)
			sm_json_text(json, NULL, texts->items[i]);
		sm_json_close(json, ']');
	}
}

static void put_instances(struct sm_json *json, uint32_t instances)
{
	if (instances == 0)
		return;
	sm_json_open(json, "smb_instances", '[');
	for (uint32_t i = 0; i < 32; i++) {
		if ((instances & (UINT32_C(1) << i)) != 0)
			sm_json_text(json, NULL, instance_name(i));
	}
	sm_json_close(json, ']');
}

static void put_filter(struct sm_json *json, const smbmgmt_filter *filter)
{
	sm_json_open(json, NULL, '{');
	if (filter->match_all)
		sm_json_bool(json, "all", true);
	put_ids(json, &filter->ids);
	put_texts(json, filter);
	put_instances(json, filter->instances);
	if (filter->has_min_idle)
		sm_json_number(json, "min_idle", filter->min_idle);
	if (filter->has_min_age)
		sm_json_number(json, "min_age", filter->min_age);
	if (filter->has_max_opens)
		put_count(json, "max_opens", filter->max_opens);
	if (filter->has_guest)
		sm_json_bool(json, "guest", filter->guest);
	if (filter->has_unencrypted)
		sm_json_bool(json, "unencrypted", filter->unencrypted);
	/* Sessions that were listed before: each has a record of its own. */
	if (filter->session_count > 0)
		sm_json_number(json, "sessions",
			       (int64_t)filter->session_count);
	sm_json_close(json, '}');
}

static int make_id(char id[SM_GUID_TEXT], struct sm_fail *fail)
{
	struct sm_guid guid;
	uint8_t random[16];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return sm_fail_errno(fail, errno,
				     "The kernel gives no random bytes");
	sm_guid_make(random, &guid);
	sm_guid_format(&guid, id);
	return 0;
}

int sm_audit_plan_init(struct sm_audit_plan *plan, const smbmgmt_filter *filter,
		       struct sm_fail *fail)
{
	struct sm_json json = {0};
	int ret = make_id(plan->id, fail);

	if (ret != 0)
		return ret;
	put_filter(&json, filter);
	sm_out_u8(&json.out, 0);
	if (json.out.failed) {
		sm_out_free(&json.out);
		return sm_fail_nomem(fail);
	}
	plan->selector = (char *)json.out.data;
	return 0;
}

int sm_audit_plan_copy(struct sm_audit_plan *plan,
		       const struct sm_audit_plan *first, struct sm_fail *fail)
{
	*plan = *first;
	plan->selector = strdup(first->selector);
	return plan->selector == NULL ? sm_fail_nomem(fail) : 0;
}

int sm_audit_plan_next(struct sm_audit_plan *plan,
		       const struct sm_audit_plan *first, struct sm_fail *fail)
{
	int ret = sm_audit_plan_copy(plan, first, fail);

	if (ret != 0)
		return ret;
	memcpy(plan->evict, first->id, sizeof(plan->evict));
	return make_id(plan->id, fail);
}

void sm_audit_plan_clear(struct sm_audit_plan *plan)
{
	free(plan->selector);
	plan->selector = NULL;
}

static void put_who(struct sm_json *json, const smbmgmt_handle *handle)
{
	const smbmgmt_credentials *c = handle->credentials;

	sm_json_text(json, "server", handle->server);
	sm_json_text(json, "transport", handle->transport);
	sm_json_number(json, "handle_id", handle->id);
	if (c != NULL && c->user != NULL)
		sm_json_text(json, "user", c->user);
	if (c != NULL && c->domain != NULL)
		sm_json_text(json, "domain", c->domain);
}

/* @handle is NULL where no server is concerned. */
static void begin(struct sm_json *json, const char *kind,
		  const smbmgmt_plan *plan, const smbmgmt_handle *handle)
{
	const struct sm_planned *planned = plan->owner;

	sm_json_open(json, NULL, '{');
	sm_json_number(json, "schema", 1);
	put_time(json, "time", sm_clock_utc());
	sm_json_text(json, "record", kind);
	sm_json_text(json, "operation", planned->audit.id);
	if (planned->audit.evict[0] != '\0')
		sm_json_text(json, "evict", planned->audit.evict);
	sm_json_number(json, "pid", getpid());
	sm_json_number(json, "uid", getuid());
	sm_json_number(json, "euid", geteuid());
	sm_json_raw(json, "selector", planned->audit.selector);
	if (plan->rules.include_own)
		sm_json_bool(json, "include_own", true);
	if (plan->rules.allow_collateral == SMBMGMT_COLLATERAL_POSSIBLE)
		sm_json_text(json, "allow_collateral", "possible");
	else if (plan->rules.allow_collateral == SMBMGMT_COLLATERAL_ALL)
		sm_json_text(json, "allow_collateral", "all");
	if (handle != NULL)
		put_who(json, handle);
}

static const struct {
	const char *key;
	uint64_t field;
} texts[] = {
	{"client_computer_name", SMBMGMT_FIELD_CLIENT},
	{"client_user_name", SMBMGMT_FIELD_USER},
	{"scope_name", SMBMGMT_FIELD_SCOPE},
	{"cluster_node_name", SMBMGMT_FIELD_NODE},
	{"dialect", SMBMGMT_FIELD_DIALECT},
	{"transport_name", SMBMGMT_FIELD_TRANSPORT_NAME},
};

static void put_numbers(struct sm_json *json, const struct sm_row *row)
{
	if (sm_row_has(row, SMBMGMT_FIELD_NUM_OPENS))
		put_count(json, "num_opens", row->num_opens);
	if (sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS))
		sm_json_number(json, "seconds_exists", row->exists);
	if (sm_row_has(row, SMBMGMT_FIELD_SECONDS_IDLE))
		sm_json_number(json, "seconds_idle", row->idle);
	if (sm_row_has(row, SMBMGMT_FIELD_INSTANCE))
		sm_json_text(json, "smb_instance",
			     instance_name(row->instance));
	if (sm_row_has(row, SMBMGMT_FIELD_GUEST))
		sm_json_bool(json, "guest", row->guest != 0);
	if (sm_row_has(row, SMBMGMT_FIELD_ENCRYPTED))
		sm_json_bool(json, "encrypted", row->encrypted != 0);
}

static void put_session(struct sm_json *json, const char *key,
			const smbmgmt_session *session)
{
	struct sm_row row = session->row;

	sm_json_open(json, key, '{');
	put_time(json, "listed_at", session->table->listed.at);
	if (sm_row_has(&row, SMBMGMT_FIELD_ID)) {
		sm_json_id(json, "session_id", row.id);
		sm_json_bool(json, "session_id_derived", row.id_derived != 0);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (sm_row_has(&row, texts[i].field))
			sm_json_text(json, texts[i].key,
				     *sm_row_text(&row, texts[i].field));
	}
	put_numbers(json, &row);
	sm_json_text(json, "own",
		     row.own == SMBMGMT_OWN_YES	       ? "yes"
		     : row.own == SMBMGMT_OWN_POSSIBLE ? "possible"
						       : "no");
	sm_json_close(json, '}');
}

static void put_collateral(struct sm_json *json, const struct sm_layout *layout,
			   size_t unit)
{
	size_t count = sm_layout_collateral_count(layout, unit);

	if (count == 0)
		return;
	sm_json_open(json, "collateral", '[');
	for (size_t i = 0; i < count; i++) {
		int32_t grade = 0;
		size_t row = sm_layout_collateral(layout, unit, i, &grade);

		sm_json_open(json, NULL, '{');
		sm_json_text(json, "grade",
			     grade == SMBMGMT_GRADE_CERTAIN ? "certain"
							    : "possible");
		put_session(json, "session", &layout->table->sessions[row]);
		if (layout->ended[row] >= 0)
			sm_json_bool(json, "ended", layout->ended[row] != 0);
		sm_json_close(json, '}');
	}
	sm_json_close(json, ']');
}

static int finish(struct sm_json *json, const smbmgmt_plan *plan, bool sync,
		  int64_t milliseconds, struct sm_fail *fail)
{
	const struct sm_planned *planned = plan->owner;
	int ret = 0;

	sm_json_close(json, '}');
	sm_out_u8(&json->out, '\n');
	if (json->out.failed)
		ret = sm_fail_nomem(fail);
	else
		ret = sm_audit_write(planned->context->audit,
				     (const char *)json->out.data,
				     json->out.len, sync, milliseconds, fail);
	sm_out_free(&json->out);
	return ret;
}

int sm_audit_intent(const smbmgmt_plan *plan, size_t server,
		    const struct sm_layout *layout, size_t unit,
		    const struct sm_audit_item *items, size_t count,
		    int64_t milliseconds, struct sm_fail *fail)
{
	const struct sm_planned *planned = plan->owner;
	struct sm_json json = {0};

	begin(&json, "intent", plan, planned->handles[server]);
	sm_json_open(&json, "items", '[');
	for (size_t i = 0; i < count; i++) {
		const struct sm_item *item = &plan->items.items[items[i].item];

		sm_json_open(&json, NULL, '{');
		sm_json_number(&json, "item", (int64_t)items[i].item);
		/* Without consent it would not have come so far. */
		sm_json_text(&json, "decision",
			     item->decision == SMBMGMT_DECISION_YES
				     ? "confirmed"
				     : "forced");
		put_session(&json, "session",
			    &layout->table->sessions[items[i].row]);
		sm_json_close(&json, '}');
	}
	sm_json_close(&json, ']');
	put_collateral(&json, layout, unit);
	return finish(&json, plan, true, milliseconds, fail);
}

static const char *decision_of(const smbmgmt_plan *plan,
			       const struct sm_item *item, bool forced)
{
	switch (sm_plan_decision(plan, item)) {
	case SMBMGMT_DECISION_YES:
		return "confirmed";
	case SMBMGMT_DECISION_NO:
		return "declined";
	case SMBMGMT_DECISION_REFUSED:
		return "refused";
	case SMBMGMT_DECISION_NOT_FOUND:
		return "not_found";
	default:
		return forced ? "forced" : "open";
	}
}

static void put_native(struct sm_json *json, const smbmgmt_error *error)
{
	static const char *const kinds[] = {
		[SMBMGMT_NATIVE_ERRNO] = "errno",
		[SMBMGMT_NATIVE_NTSTATUS] = "ntstatus",
		[SMBMGMT_NATIVE_WERROR] = "werror",
		[SMBMGMT_NATIVE_HTTP] = "http",
		[SMBMGMT_NATIVE_SIGNAL] = "signal",
		[SMBMGMT_NATIVE_WSMAN] = "wsman",
		[SMBMGMT_NATIVE_CIM] = "cim",
	};
	int32_t kind = error == NULL ? SMBMGMT_NATIVE_NONE
				     : smbmgmt_error_native_kind(error);

	if (kind <= SMBMGMT_NATIVE_NONE || kind > SMBMGMT_NATIVE_CIM)
		return;
	sm_json_text(json, "native_kind", kinds[kind]);
	sm_json_number(json, "native_code", smbmgmt_error_native_code(error));
}

static void put_code(struct sm_json *json, int32_t code)
{
	sm_json_number(json, "code", code);
	sm_json_text(json, "name", smbmgmt_error_name(code));
}

/* How long a reader of a pipe may take, milliseconds. */
static int64_t deadline_of(const smbmgmt_plan *plan)
{
	const struct sm_planned *planned = plan->owner;

	return planned->n == 0 ? 0 : planned->handles[0]->deadline;
}

static int write_outcome(const smbmgmt_plan *plan, const smbmgmt_report *report,
			 size_t i, bool forced, struct sm_fail *fail)
{
	const struct sm_planned *planned = plan->owner;
	const struct sm_outcome *o = &report->outcomes[i];
	const struct sm_item *item = &plan->items.items[i];
	struct sm_json json = {0};

	begin(&json, "outcome", plan,
	      o->session == NULL ? NULL : planned->handles[item->server]);
	sm_json_number(&json, "item", (int64_t)i);
	sm_json_text(&json, "decision", decision_of(plan, item, forced));
	sm_json_text(&json, "outcome", smbmgmt_outcome_name(o->outcome));
	put_code(&json, o->code);
	sm_json_bool(&json, "sent", o->sent);
	sm_json_text(&json, "message", o->message);
	put_native(&json, o->cause);
	if (o->session != NULL)
		put_session(&json, "session", o->session);
	if (o->new_session != NULL)
		put_session(&json, "new_session", o->new_session);
	if (o->layout != NULL)
		put_collateral(&json, o->layout, o->unit);
	return finish(&json, plan, i + 1 == report->count, deadline_of(plan),
		      fail);
}

static int write_error(const smbmgmt_plan *plan, const smbmgmt_error *error,
		       struct sm_fail *fail)
{
	struct sm_json json = {0};

	begin(&json, "error", plan, NULL);
	sm_json_text(&json, "server", smbmgmt_error_computer(error));
	put_code(&json, smbmgmt_error_code(error));
	sm_json_text(&json, "message", smbmgmt_error_message(error));
	put_native(&json, error);
	return finish(&json, plan, false, deadline_of(plan), fail);
}

static int write_left_out(const smbmgmt_plan *plan,
			  const smbmgmt_session *session, struct sm_fail *fail)
{
	struct sm_json json = {0};

	begin(&json, "left_out", plan, NULL);
	sm_json_text(&json, "server", session->table->origin.server);
	sm_json_number(&json, "handle_id", session->table->origin.handle_id);
	put_session(&json, "session", session);
	return finish(&json, plan, false, deadline_of(plan), fail);
}

int sm_audit_report(const smbmgmt_plan *plan, smbmgmt_report *report,
		    bool forced, struct sm_fail *fail)
{
	const struct sm_planned *planned = plan->owner;
	struct sm_fail why;
	int ret = 0;

	if (!sm_audit_on(planned->context->audit))
		return 0;
	for (size_t i = 0; ret == 0 && i < report->errors.count; i++)
		ret = write_error(plan, report->errors.items[i], &why);
	for (size_t i = 0; ret == 0 && i < report->left_out_count; i++)
		ret = write_left_out(plan, report->left_out[i], &why);
	for (size_t i = 0; ret == 0 && i < report->count; i++)
		ret = write_outcome(plan, report, i, forced, &why);
	if (ret == 0)
		return 0;
	/* It is done, and not written down: who asked has to know. */
	if (!sm_errors_add(&report->errors, sm_error_new(&why, NULL)))
		return sm_fail_nomem(fail);
	return 0;
}
