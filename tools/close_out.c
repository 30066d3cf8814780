/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "close_out.h"

#include "counts.h"
#include "exitcode.h"
#include "opens.h"
#include "say.h"
#include "tables.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A line of what-if: on stdout, where --json and --csv have no other. */
static void out(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define SHOWN_FILES 20

static void out(const char *format, ...)
{
	va_list arguments;
	char *line = NULL;
	char *safe = NULL;

	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) >= 0) {
		safe = text_safe(line);
		puts(safe);
	}
	va_end(arguments);
	free(safe);
	free(line);
}

static void out_line(const char *line, void *userdata)
{
	(void)userdata;
	out("%s", line);
}

/* What would be lost with it; a few of very many. */
static void out_opens(const smbmgmt_session *session)
{
	struct opens_view view = {
		.before = "What if:   ",
		.width = screen_width(stdout),
		.most = SHOWN_FILES,
		.put = out_line,
	};

	opens_show(session, &view);
}

static const char *message_of(const smbmgmt_report *report, uint32_t index)
{
	const char *message = smbmgmt_report_message(report, index);
	const smbmgmt_error *cause = smbmgmt_report_cause(report, index);

	if (message[0] == '\0' && cause != NULL) {
		message = smbmgmt_error_message(cause);
	}
	if (message[0] == '\0') {
		message = smbmgmt_outcome_name(
			smbmgmt_report_outcome(report, index));
	}
	return message;
}

/* Sessions that nobody selected, and how sure it is that they end as well. */
static void out_collateral(const smbmgmt_report *report, uint32_t index,
			   const char *certain, const char *possible)
{
	uint32_t count = smbmgmt_report_collateral_count(report, index);
	uint32_t i;

	for (i = 0; i < count; i++) {
		int32_t grade =
			smbmgmt_report_collateral_grade(report, index, i);
		const smbmgmt_session *session =
			smbmgmt_report_collateral(report, index, i);
		char *text = describe_session(session);

		out("What if: %s with it: session %s",
		    grade == SMBMGMT_GRADE_CERTAIN ? certain : possible, text);
		out_opens(session);
		free(text);
	}
}

/* Ids are a server's own: of several it must be told which one. */
static const char *server_of(const smbmgmt_report *report, uint32_t index,
			     bool several)
{
	const smbmgmt_session *session = smbmgmt_report_session(report, index);

	return several && session != NULL ? smbmgmt_session_server(session)
					  : "";
}

static void what_if(const smbmgmt_report *report, uint32_t index, bool several)
{
	const char *server = server_of(report, index, several);

	out("What if: %s%s%s", server, server[0] != '\0' ? ": " : "",
	    message_of(report, index));
	out_opens(smbmgmt_report_session(report, index));
	out_collateral(report, index, "Ends", "May end");
}

static void what_if_refused(const smbmgmt_report *report, uint32_t index,
			    bool several)
{
	const smbmgmt_session *session = smbmgmt_report_session(report, index);
	const char *server = server_of(report, index, several);
	int32_t code = smbmgmt_report_outcome_code(report, index);
	char *text = session != NULL ? describe_session(session)
				     : must_copy("unknown");

	out("What if: %s%sRefused: session %s: %s (%s)", server,
	    server[0] != '\0' ? ": " : "", text, message_of(report, index),
	    smbmgmt_error_name(code));
	free(text);
	out_collateral(report, index, "Would end", "Might end");
}

/* Sessions that nobody selected: those that are gone, or might have gone. */
static void say_collateral(const smbmgmt_report *report, uint32_t index,
			   bool ended)
{
	uint32_t count = smbmgmt_report_collateral_count(report, index);
	uint32_t i;

	for (i = 0; i < count; i++) {
		const smbmgmt_session *session =
			smbmgmt_report_collateral(report, index, i);
		bool certain =
			smbmgmt_report_collateral_grade(report, index, i) ==
			SMBMGMT_GRADE_CERTAIN;
		char *text = describe_session(session);

		if (!ended) {
			say("%s: session %s %s end with it",
			    smbmgmt_session_server(session), text,
			    certain ? "would" : "might");
		} else if (smbmgmt_report_collateral_ended(report, index, i) ==
			   1) {
			say("%s: note: session %s ended with it",
			    smbmgmt_session_server(session), text);
		}
		free(text);
	}
}

static void say_session(const smbmgmt_report *report, uint32_t index,
			const char *kind)
{
	const smbmgmt_session *session = smbmgmt_report_session(report, index);
	const smbmgmt_handle *handle = smbmgmt_report_handle(report, index);
	int32_t code = smbmgmt_report_outcome_code(report, index);
	char *what = NULL;
	char *text = NULL;

	if (session != NULL) {
		text = describe_session(session);
		what = must_format("%s: %ssession %s: ",
				   smbmgmt_session_server(session), kind, text);
	} else if (handle != NULL) {
		what = must_format("%shandle %u: ", kind,
				   smbmgmt_handle_id(handle));
	} else {
		what = must_copy(kind);
	}
	if (code == SMBMGMT_OK) {
		say_note("%s%s", what, message_of(report, index));
	} else if (smbmgmt_report_outcome(report, index) ==
		   SMBMGMT_OUTCOME_DECLINED) {
		/* Somebody's own answer is nothing to be alarmed by. */
		say("%s%s (%s)", what, message_of(report, index),
		    smbmgmt_error_name(code));
	} else {
		say_bad("%s%s (%s)", what, message_of(report, index),
			smbmgmt_error_name(code));
	}
	free(what);
	free(text);
}

static void say_left_out(const smbmgmt_report *report)
{
	uint32_t i;

	for (i = 0; i < left_out_count(report); i++) {
		const smbmgmt_session *session =
			smbmgmt_report_left_out(report, i);
		char *text = describe_session(session);

		say_note(
			"%s: note: session %s carries this connection and was "
			"left out; --include-own takes it in",
			smbmgmt_session_server(session), text);
		free(text);
	}
}

void close_out_refused(const smbmgmt_report *report, uint32_t index)
{
	say_session(report, index, "");
	say_collateral(report, index, false);
}

void close_out_failed(const smbmgmt_report *report, uint32_t index)
{
	say_session(report, index, "");
	say_collateral(report, index, true);
}

void close_out_errors(const smbmgmt_report *report)
{
	uint32_t i;

	for (i = 0; i < report_error_count(report); i++) {
		say_error(smbmgmt_report_error(report, i));
	}
}

static void explain(const smbmgmt_report *report, uint32_t index, bool several,
		    const struct request *request)
{
	switch (smbmgmt_report_outcome(report, index)) {
	case SMBMGMT_OUTCOME_CLOSED:
	case SMBMGMT_OUTCOME_REMOVED:
		say_collateral(report, index, true);
		break;
	case SMBMGMT_OUTCOME_WOULD_CLOSE:
	case SMBMGMT_OUTCOME_WOULD_REMOVE:
		if (!request->json && !request->csv) {
			what_if(report, index, several);
		}
		break;
	case SMBMGMT_OUTCOME_REFUSED_OWN:
	case SMBMGMT_OUTCOME_REFUSED_COLLATERAL:
	case SMBMGMT_OUTCOME_REFUSED_UNSAFE:
		if (request->what_if && !request->json && !request->csv) {
			what_if_refused(report, index, several);
		} else {
			close_out_refused(report, index);
		}
		break;
	case SMBMGMT_OUTCOME_ALREADY_GONE:
	case SMBMGMT_OUTCOME_RECONNECTED:
		say_session(report, index, "note: ");
		say_collateral(report, index, true);
		break;
	case SMBMGMT_OUTCOME_SENT:
		/* Nobody wanted to look: then that it was sent is no news. */
		if (smbmgmt_report_outcome_code(report, index) != SMBMGMT_OK) {
			say_session(report, index, "");
		}
		break;
	default:
		close_out_failed(report, index);
		break;
	}
}

void close_out_explain(const smbmgmt_report *report,
		       const struct servers *servers,
		       const struct request *request)
{
	uint32_t i;

	say_left_out(report);
	for (i = 0; i < outcome_count(report); i++) {
		if (servers_may_say(servers,
				    smbmgmt_report_outcome_code(report, i))) {
			explain(report, i, servers->several, request);
		}
	}
	close_out_errors(report);
}

void close_out_pass_thru(const smbmgmt_report *report, bool with_computer)
{
	struct choice choice = choice_usual(with_computer);
	struct session_table table;
	uint32_t i;

	session_table_begin(&table, &choice);
	for (i = 0; i < outcome_count(report); i++) {
		int32_t outcome = smbmgmt_report_outcome(report, i);

		if (outcome == SMBMGMT_OUTCOME_CLOSED ||
		    outcome == SMBMGMT_OUTCOME_RECONNECTED ||
		    outcome == SMBMGMT_OUTCOME_SENT) {
			session_table_add(&table,
					  smbmgmt_report_session(report, i));
		}
	}
	session_table_end(&table);
}
