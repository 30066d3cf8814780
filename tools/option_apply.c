/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "option_apply.h"

#include "exitcode.h"
#include "number.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_DEADLINE (UINT32_MAX / 1000)
#define MAX_DEBUG 10

static unsigned bad_value(const struct option_spec *spec, const char *value)
{
	return say_usage("--%s '%s': give it %s", spec->name, value,
			 spec->value);
}

/* What the library said about an option's value. */
static unsigned verdict(const struct option_spec *spec, int32_t code,
			smbmgmt_error *error)
{
	if (code == SMBMGMT_OK) {
		return 0;
	}
	say("--%s: %s", spec->name, smbmgmt_error_message(error));
	smbmgmt_error_unref(error);
	return exit_facts_code(code);
}

APPLY(flag)
{
	(void)value;
	*(bool *)((char *)request + spec->offset) = true;
	return 0;
}

APPLY(text)
{
	if (value[0] == '\0') {
		return bad_value(spec, value);
	}
	*(char **)((char *)request + spec->offset) = must_copy(value);
	return 0;
}

APPLY(count)
{
	uint64_t count = 0;

	if (!number_parse(value, INT32_MAX, &count)) {
		return say_usage(
			"--%s '%s': give it a number, 0 to leave it to "
			"the library",
			spec->name, value);
	}
	*(int32_t *)((char *)request + spec->offset) = (int32_t)count;
	return 0;
}

APPLY(milliseconds)
{
	uint32_t seconds = 0;

	if (!duration_parse(value, &seconds) || seconds > MAX_DEADLINE) {
		return say_usage("--%s '%s': give it %s, at most 49d",
				 spec->name, value, spec->value);
	}
	*(uint32_t *)((char *)request + spec->offset) = seconds * 1000;
	return 0;
}

APPLY(filter)
{
	smbmgmt_error *error = NULL;
	int32_t code = spec->filter(request->filter, value, &error);

	return verdict(spec, code, error);
}

APPLY(selector)
{
	smbmgmt_error *error = NULL;
	int32_t code = spec->selector(request->selector, value, &error);

	return verdict(spec, code, error);
}

APPLY(server)
{
	if (value[0] == '\0') {
		return bad_value(spec, value);
	}
	words_add(&request->where.servers, value);
	return 0;
}

APPLY(port)
{
	uint64_t port = 0;

	if (!number_parse(value, 65535, &port) || port == 0) {
		return say_usage("--%s '%s': give it a number from 1 to 65535",
				 spec->name, value);
	}
	request->where.port = (uint32_t)port;
	return 0;
}

/* The value is not repeated in the message: it may hold a password. */
APPLY(user)
{
	if (strchr(value, '%') != NULL) {
		return say_usage(
			"--%s takes no password, which other users of "
			"this machine could read there: give it with "
			"-A FILE, --password-fd N, or when asked",
			spec->name);
	}
	if (value[0] == '\0') {
		return say_usage(
			"--%s '': name a user, or ask without one "
			"with -N",
			spec->name);
	}
	request->where.identity.user = must_copy(value);
	return 0;
}

APPLY(password_fd)
{
	uint64_t number = 0;

	if (!number_parse(value, INT_MAX, &number) ||
	    fcntl((int)number, F_GETFD) < 0) {
		return say_usage(
			"--%s '%s': give it the number of an open "
			"descriptor",
			spec->name, value);
	}
	if (request->command == LINE_OPEN && number == STDIN_FILENO) {
		return say_usage(
			"--%s 0: standard input may hold commands; "
			"use another descriptor",
			spec->name);
	}
	request->where.identity.password_fd = (int)number;
	return 0;
}

APPLY(protection)
{
	if (strcmp(value, "sign") == 0) {
		request->where.protection = SMBMGMT_PROTECTION_SIGN;
	} else if (strcmp(value, "encrypt") == 0) {
		request->where.protection = SMBMGMT_PROTECTION_ENCRYPT;
	} else if (strcmp(value, "off") == 0) {
		request->where.protection = SMBMGMT_PROTECTION_OFF;
	} else {
		return bad_value(spec, value);
	}
	return 0;
}

APPLY(kerberos)
{
	if (strcmp(value, "off") == 0) {
		request->where.identity.kerberos = SMBMGMT_KERBEROS_OFF;
	} else if (strcmp(value, "desired") == 0) {
		request->where.identity.kerberos = SMBMGMT_KERBEROS_DESIRED;
	} else if (strcmp(value, "required") == 0) {
		request->where.identity.kerberos = SMBMGMT_KERBEROS_REQUIRED;
	} else {
		return bad_value(spec, value);
	}
	return 0;
}

APPLY(carrier)
{
	if (strcmp(value, "auto") != 0 && strcmp(value, "dcerpc") != 0 &&
	    strcmp(value, "smbclient") != 0) {
		return bad_value(spec, value);
	}
	request->where.carrier = must_copy(value);
	return 0;
}

APPLY(auth)
{
	if (strcmp(value, "negotiate") == 0) {
		request->where.auth = SMBMGMT_AUTH_NEGOTIATE;
	} else if (strcmp(value, "kerberos") == 0) {
		request->where.auth = SMBMGMT_AUTH_KERBEROS;
	} else if (strcmp(value, "ntlm") == 0) {
		request->where.auth = SMBMGMT_AUTH_NTLM;
	} else if (strcmp(value, "basic") == 0) {
		request->where.auth = SMBMGMT_AUTH_BASIC;
	} else {
		return bad_value(spec, value);
	}
	return 0;
}

APPLY(url_path)
{
	if (value[0] != '/') {
		return bad_value(spec, value);
	}
	return apply_text(request, spec, value);
}

/* A path that the helper, which has no folder of ours, understands. */
APPLY(path)
{
	char *path = realpath(value, NULL);

	*(char **)((char *)request + spec->offset) = path;
	if (path == NULL) {
		return say_usage("--%s '%s': %s", spec->name, value,
				 strerror(errno));
	}
	return 0;
}

APPLY(deadline)
{
	uint64_t seconds = 0;

	if (!number_parse(value, MAX_DEADLINE, &seconds) || seconds == 0) {
		return say_usage(
			"--%s '%s': give it a number of seconds, 1 "
			"or more",
			spec->name, value);
	}
	request->where.deadline = (uint32_t)seconds * 1000;
	return 0;
}

APPLY(debug)
{
	uint64_t level = 0;

	if (!number_parse(value, MAX_DEBUG, &level)) {
		return say_usage("--%s '%s': give it a number from 0 to %d",
				 spec->name, value, MAX_DEBUG);
	}
	request->where.debug = (int32_t)level;
	return 0;
}

static const char *const instances[] = {
	[SMBMGMT_INSTANCE_DEFAULT] = "default",
	[SMBMGMT_INSTANCE_CSV] = "csv",
	[SMBMGMT_INSTANCE_SBL] = "sbl",
	[SMBMGMT_INSTANCE_SR] = "sr",
};

int32_t instance_from_name(const char *name)
{
	int32_t i;

	for (i = SMBMGMT_INSTANCE_DEFAULT; i <= SMBMGMT_INSTANCE_SR; i++) {
		if (strcmp(name, instances[i]) == 0) {
			return i;
		}
	}
	return -1;
}

const char *instance_name(int32_t instance)
{
	if (instance < SMBMGMT_INSTANCE_DEFAULT ||
	    instance > SMBMGMT_INSTANCE_SR) {
		return NULL;
	}
	return instances[instance];
}

APPLY(instance)
{
	smbmgmt_error *error = NULL;
	int32_t instance = instance_from_name(value);
	int32_t code;

	if (instance < 0) {
		return bad_value(spec, value);
	}
	request->instances = true;
	code = smbmgmt_filter_add_instance(request->filter, instance, &error);
	return verdict(spec, code, error);
}

static unsigned apply_seconds(struct request *request,
			      const struct option_spec *spec, const char *value,
			      int32_t (*set)(smbmgmt_filter *, uint32_t,
					     smbmgmt_error **))
{
	smbmgmt_error *error = NULL;
	uint32_t seconds = 0;
	int32_t code;

	if (!duration_parse(value, &seconds)) {
		return bad_value(spec, value);
	}
	code = set(request->filter, seconds, &error);
	return verdict(spec, code, error);
}

APPLY(min_idle)
{
	return apply_seconds(request, spec, value, smbmgmt_filter_set_min_idle);
}

APPLY(min_age)
{
	return apply_seconds(request, spec, value, smbmgmt_filter_set_min_age);
}

APPLY(max_opens)
{
	smbmgmt_error *error = NULL;
	uint64_t opens = 0;
	int32_t code;

	if (!number_parse(value, UINT64_MAX, &opens)) {
		return say_usage("--%s '%s': give it a number", spec->name,
				 value);
	}
	code = smbmgmt_filter_set_max_opens(request->filter, opens, &error);
	return verdict(spec, code, error);
}

APPLY(guest)
{
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_filter_set_guest(request->filter, 1, &error);

	(void)value;
	return verdict(spec, code, error);
}

APPLY(unencrypted)
{
	smbmgmt_error *error = NULL;
	int32_t code =
		smbmgmt_filter_set_unencrypted(request->filter, 1, &error);

	(void)value;
	return verdict(spec, code, error);
}

APPLY(collateral)
{
	if (strcmp(value, "possible") == 0) {
		request->allow_collateral = SMBMGMT_COLLATERAL_POSSIBLE;
	} else if (strcmp(value, "all") == 0) {
		request->allow_collateral = SMBMGMT_COLLATERAL_ALL;
	} else {
		return bad_value(spec, value);
	}
	return 0;
}

APPLY(columns)
{
	return choice_parse(spec->name, value, &request->columns);
}

APPLY(name)
{
	if (request->command != LINE_OPEN) {
		return apply_selector(request, spec, value);
	}
	if (request->name != NULL) {
		return say_usage("--%s was given twice", spec->name);
	}
	request->name = must_copy(value);
	return 0;
}
