/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "say.h"

#include "exitcode.h"
#include "progress.h"
#include "screen.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool quiet;

static void say_list(enum colour colour, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static void say_list(enum colour colour, const char *format, va_list arguments)
{
	char *line = NULL;
	char *safe = NULL;

	if (vasprintf(&line, format, arguments) < 0) {
		return;
	}
	safe = text_safe(line);
	/* What was printed before it must not appear after it. */
	fflush(stdout);
	progress_erase();
	fprintf(stderr, "%ssmbmgmt: %s%s\n", colour_on(stderr, colour), safe,
		colour_off(stderr, colour));
	free(safe);
	free(line);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_list(COLOUR_PLAIN, format, arguments);
	va_end(arguments);
}

void say_note(const char *format, ...)
{
	va_list arguments;

	if (quiet) {
		return;
	}
	va_start(arguments, format);
	say_list(COLOUR_PLAIN, format, arguments);
	va_end(arguments);
}

void say_set_quiet(bool wanted)
{
	quiet = wanted;
}

bool say_is_quiet(void)
{
	return quiet;
}

void say_bad(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_list(COLOUR_RED, format, arguments);
	va_end(arguments);
}

unsigned say_usage(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_list(COLOUR_PLAIN, format, arguments);
	va_end(arguments);
	return FACT_USAGE;
}

void say_error(const smbmgmt_error *error)
{
	const char *server = smbmgmt_error_computer(error);
	const char *name = smbmgmt_error_name(smbmgmt_error_code(error));

	say_bad("%s%s%s (%s)", server, server[0] == '\0' ? "" : ": ",
		smbmgmt_error_message(error), name);
}

char *describe_session(const smbmgmt_session *session)
{
	const char *client = smbmgmt_session_has(session, SMBMGMT_FIELD_CLIENT)
				     ? smbmgmt_session_client(session)
				     : "client unknown";
	const char *user = smbmgmt_session_has(session, SMBMGMT_FIELD_USER)
				   ? smbmgmt_session_user(session)
				   : "user unknown";

	if (user[0] == '\0') {
		user = "no user name";
	}
	if (!smbmgmt_session_has(session, SMBMGMT_FIELD_ID)) {
		return must_format("without an id (%s, %s)", client, user);
	}
	return must_format("%" PRIu64 " (%s, %s)", smbmgmt_session_id(session),
			   client, user);
}
