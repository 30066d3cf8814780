/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "fixture.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/plan.h>

#include "core/match.h"
#include "util/clock.h"

static const struct {
	const char *name;
	uint64_t field;
} fields[] = {
	{"client", SMBMGMT_FIELD_CLIENT},
	{"user", SMBMGMT_FIELD_USER},
	{"id", SMBMGMT_FIELD_ID},
	{"did", SMBMGMT_FIELD_ID},
	{"age", SMBMGMT_FIELD_SECONDS_EXISTS},
	{"idle", SMBMGMT_FIELD_SECONDS_IDLE},
	{"opens", SMBMGMT_FIELD_NUM_OPENS},
	{"uniq", SM_FIELD_UNIQUE},
	{"inst", SMBMGMT_FIELD_INSTANCE},
	{"guest", SMBMGMT_FIELD_GUEST},
	{"enc", SMBMGMT_FIELD_ENCRYPTED},
	{"scope", SMBMGMT_FIELD_SCOPE},
	{"node", SMBMGMT_FIELD_NODE},
	{"vnn", SMBMGMT_FIELD_NODE_NUMBER},
	{"at", SM_FIELD_NODE_ADDRESS},
	{"dialect", SMBMGMT_FIELD_DIALECT},
	{"proc", SM_FIELD_PROCESS},
};

static uint64_t field_named(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].name, name) == 0)
			return fields[i].field;
	}
	ck_abort_msg("no field '%s'", name);
}

void fixture_add(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list ap;

	if (len > 0 && len + 1 < FIXTURE_TEXT) {
		text[len++] = ' ';
		text[len] = '\0';
	}
	va_start(ap, format);
	vsnprintf(text + len, FIXTURE_TEXT - len, format, ap);
	va_end(ap);
}

static void set_text(struct sm_row *row, uint64_t field, const char *value)
{
	if (strcmp(value, "-") == 0)
		return;
	row->have |= field;
	*sm_row_text(row, field) = strcmp(value, "''") == 0 ? "" : value;
}

static void set_number(struct sm_row *row, const char *key, uint64_t value)
{
	uint64_t field = field_named(key);

	row->have |= field;
	switch (field) {
	case SMBMGMT_FIELD_ID:
		row->id = value;
		row->id_derived = key[0] == 'd';
		break;
	case SMBMGMT_FIELD_SECONDS_EXISTS:
		row->exists = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_SECONDS_IDLE:
		row->idle = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_NUM_OPENS:
		row->num_opens = value;
		break;
	case SMBMGMT_FIELD_INSTANCE:
		row->instance = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_NODE_NUMBER:
		row->node_number = (uint32_t)value;
		break;
	case SMBMGMT_FIELD_GUEST:
		row->guest = (uint8_t)value;
		break;
	case SMBMGMT_FIELD_ENCRYPTED:
		row->encrypted = (uint8_t)value;
		break;
	default:
		row->unique = value;
	}
}

static void parse_value(struct sm_row *row, char *word)
{
	char *value = strchr(word, '=');
	uint64_t field = 0;

	ck_assert_msg(value != NULL, "'%s' is no KEY=VALUE", word);
	*value++ = '\0';
	if (strcmp(word, "own") == 0) {
		row->own = strcmp(value, "yes") == 0 ? SMBMGMT_OWN_YES
						     : SMBMGMT_OWN_POSSIBLE;
		return;
	}
	field = field_named(word);
	if ((field & SM_FIELDS_TEXT) != 0)
		set_text(row, field, value);
	else
		set_number(row, word, strtoull(value, NULL, 10));
}

static void add_row(struct sm_table *table, char *text)
{
	struct sm_row row = {0};
	char *save = NULL;
	char *word = strtok_r(text, " ", &save);

	if (word == NULL)
		return;
	set_text(&row, SMBMGMT_FIELD_CLIENT, word);
	word = strtok_r(NULL, " ", &save);
	ck_assert_ptr_nonnull(word);
	set_text(&row, SMBMGMT_FIELD_USER, word);
	while ((word = strtok_r(NULL, " ", &save)) != NULL)
		parse_value(&row, word);
	ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
}

static void set_identity(struct sm_identity *id, char *value)
{
	char *save = NULL;
	char *user = strtok_r(value, "@", &save);
	const char *address = strtok_r(NULL, "@", &save);
	const char *age = strtok_r(NULL, "@", &save);
	const char *connecting = strtok_r(NULL, "@", &save);

	ck_assert_ptr_nonnull(age);
	/* A principal's `@` is written as `%`. */
	if (strchr(user, '%') != NULL)
		*strchr(user, '%') = '@';
	id->known = true;
	snprintf(id->user, sizeof(id->user), "%s", user);
	snprintf(id->addresses[0], sizeof(id->addresses[0]), "%s", address);
	/* A second address, so that more than the first one counts. */
	snprintf(id->addresses[1], sizeof(id->addresses[1]), "fe80::9");
	id->seconds = (uint32_t)atoi(age);
	if (connecting != NULL)
		id->connecting = (uint32_t)atoi(connecting);
}

struct server {
	struct sm_listing listing;
	struct sm_origin origin;
	int64_t at;    /* milliseconds: when it ended */
	int64_t began; /* -1: then, too */
};

static void set_server(struct server *server, const char *key, char *value)
{
	char *save = NULL;
	struct sm_listing *l = &server->listing;

	if (strcmp(key, "unit") == 0) {
		l->unit = strcmp(value, "user") == 0 ? SM_UNIT_CLIENT_USER
						     : SM_UNIT_PROCESS;
	} else if (strcmp(key, "knows") == 0) {
		l->fields = 0;
		for (char *f = strtok_r(value, ",", &save); f != NULL;
		     f = strtok_r(NULL, ",", &save))
			l->fields |= field_named(f);
	} else if (strcmp(key, "me") == 0) {
		set_identity(&l->identity, value);
	} else if (strcmp(key, "name") == 0) {
		server->origin.instance_id.bytes[0] = (uint8_t)value[0];
	} else if (strcmp(key, "peer") == 0) {
		snprintf(l->peer, sizeof(l->peer), "%s", value);
	} else if (strcmp(key, "at") == 0) {
		server->at = strtoll(value, NULL, 10);
	} else if (strcmp(key, "began") == 0) {
		server->began = strtoll(value, NULL, 10);
	} else {
		ck_abort_msg("no server word '%s'", key);
	}
}

static void parse_server(struct server *server, char *text)
{
	struct sm_listing *l = &server->listing;
	char *save = NULL;

	for (char *word = strtok_r(text, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');

		if (value != NULL) {
			*value = '\0';
			set_server(server, word, value + 1);
		} else if (strcmp(word, "possible") == 0) {
			l->caps |= SM_CAP_POSSIBLE_COLLATERAL;
		} else if (strcmp(word, "domains") == 0) {
			l->caps |= SM_CAP_DOMAINS;
		} else if (strcmp(word, "instances") == 0) {
			l->caps |= SM_CAP_INSTANCES;
		} else {
			ck_assert_str_eq(word, "incomplete");
			l->incomplete = true;
			strcpy(l->why, "A page failed.");
		}
	}
}

struct sm_table *fixture_table(const char *server, const char *rows, int *code)
{
	struct server s = {
		.listing = {.fields = SM_FIELDS_ALL},
		.origin = {.handle_id = 1,
			   .computer = "fs1",
			   .server = "srvsvc:fs1",
			   .transport = "srvsvc"},
		.began = -1,
	};
	struct sm_listed listed = {0};
	struct sm_table *table = NULL;
	char *server_copy = strdup(server);
	char *rows_copy = strdup(rows);
	char *save = NULL;
	int ret = 0;

	parse_server(&s, server_copy);
	ck_assert_int_eq(sm_table_new(&s.origin, &table, NULL), 0);
	for (char *row = strtok_r(rows_copy, ";", &save); row != NULL;
	     row = strtok_r(NULL, ";", &save))
		add_row(table, row);
	listed.at = s.at;
	listed.ended_ns = s.at * SM_MS;
	listed.began_ns = s.began < 0 ? listed.ended_ns : s.began * SM_MS;
	ret = sm_table_seal(table, &s.listing, &listed, NULL);
	if (code != NULL)
		*code = ret;
	else
		ck_assert_int_eq(ret, 0);
	free(server_copy);
	free(rows_copy);
	return table;
}

static void add_texts(smbmgmt_filter *filter, enum sm_property p, char *values)
{
	char *save = NULL;

	for (char *v = strtok_r(values, ",", &save); v != NULL;
	     v = strtok_r(NULL, ",", &save))
		ck_assert_int_eq(sm_filter_add_text(filter, p, v, NULL), 0);
}

static void set_filter(smbmgmt_filter *f, const char *key, char *value)
{
	static const char *const texts[SM_PROPERTY_COUNT] = {
		"client", "user", "scope", "node", "dialect"};
	uint32_t number = (uint32_t)strtoul(value, NULL, 10);

	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		if (strcmp(key, texts[p]) == 0) {
			add_texts(f, (enum sm_property)p, value);
			return;
		}
	}
	if (strcmp(key, "ids") == 0) {
		ck_assert_int_eq(sm_filter_add_id_text(f, value, NULL), 0);
	} else if (strcmp(key, "inst") == 0) {
		ck_assert_int_eq(
			sm_filter_add_instance(f, (int32_t)number, NULL), 0);
	} else if (strcmp(key, "idle") == 0) {
		f->has_min_idle = true;
		f->min_idle = number;
	} else if (strcmp(key, "age") == 0) {
		f->has_min_age = true;
		f->min_age = number;
	} else if (strcmp(key, "opens") == 0) {
		f->has_max_opens = true;
		f->max_opens = number;
	} else if (strcmp(key, "guest") == 0) {
		f->has_guest = true;
		f->guest = number != 0;
	} else {
		ck_assert_str_eq(key, "unenc");
		f->has_unencrypted = true;
		f->unencrypted = number != 0;
	}
}

smbmgmt_filter *fixture_filter(const char *text)
{
	smbmgmt_filter *filter = NULL;
	char *copy = strdup(text);
	char *save = NULL;

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	for (char *word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');

		if (value == NULL) {
			ck_assert_str_eq(word, "all");
			filter->match_all = true;
			continue;
		}
		*value = '\0';
		set_filter(filter, word, value + 1);
	}
	free(copy);
	return filter;
}

struct sm_rules fixture_rules(const char *text)
{
	struct sm_rules rules = {
		.include_own = strstr(text, "own") != NULL,
		.allow_collateral = SMBMGMT_COLLATERAL_NONE,
	};

	if (strstr(text, "possible") != NULL)
		rules.allow_collateral = SMBMGMT_COLLATERAL_POSSIBLE;
	if (strstr(text, "all") != NULL)
		rules.allow_collateral = SMBMGMT_COLLATERAL_ALL;
	return rules;
}

smbmgmt_plan *fixture_plan(struct sm_table *table, const smbmgmt_filter *filter,
			   const char *rules)
{
	struct sm_rules r = fixture_rules(rules);
	struct sm_match *match = NULL;
	smbmgmt_plan *plan = NULL;

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_plan_new(&r, 1, &plan, NULL), 0);
	ck_assert_int_eq(sm_plan_add_listing(plan, 0, table, match, NULL), 0);
	ck_assert_int_eq(sm_plan_finish(plan, match, NULL), 0);
	sm_match_free(match);
	return plan;
}

smbmgmt_plan *fixture_plan_text(const char *server, const char *rows,
				const char *filter, const char *rules)
{
	struct sm_table *table = fixture_table(server, rows, NULL);
	smbmgmt_filter *f = fixture_filter(filter);
	smbmgmt_plan *plan = fixture_plan(table, f, rules);

	sm_filter_unref(f);
	sm_table_unref(table);
	return plan;
}
