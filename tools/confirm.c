/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "confirm.h"

#include "opens.h"
#include "say.h"
#include "screen.h"
#include "suspend.h"
#include "text.h"
#include "tty.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define ANSWER_SIZE 64
#define NO_ANSWER (-1)
#define WANTS_HELP (-2)
#define WANTS_SUSPEND (-3)
/* A close unit may be hundreds of sessions; the question stays readable. */
#define SHOWN_SESSIONS 20
#define SHOWN_FILES 20
#define WHOLE_PLAN UINT32_MAX

/* One line on the terminal, made safe. */
static void line(int tty, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void line(int tty, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	char *safe = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) >= 0) {
		safe = text_safe(text);
		tty_write(tty, safe);
		tty_write(tty, "\n");
	}
	va_end(arguments);
	free(safe);
	free(text);
}

/* A question, as it is written to the terminal. */
struct page {
	int tty;
	uint32_t files; /* that may be shown yet */
};

static void put_line(const char *text, void *userdata)
{
	line(((const struct page *)userdata)->tty, "%s", text);
}

/* What its client may lose. */
static void show_opens(struct page *page, const smbmgmt_session *session)
{
	struct opens_view view = {
		.before = "    ",
		.width = screen_width_of(page->tty),
		.most = page->files,
		.put = put_line,
		.userdata = page,
	};

	opens_show(session, &view);
	page->files = view.most;
}

/* What a question is about. */
struct subject {
	const char *text;
	smbmgmt_plan *plan; /* NULL: a handle */
	uint32_t item;	    /* its close unit's first one, or WHOLE_PLAN */
};

static void show_session(struct page *page, const smbmgmt_session *session,
			 bool with_server)
{
	char *text = describe_session(session);

	line(page->tty, "  %s%s%s%s",
	     with_server ? smbmgmt_session_server(session) : "",
	     with_server ? ": " : "", text,
	     smbmgmt_session_own(session) == SMBMGMT_OWN_YES
		     ? ", which carries this connection"
		     : "");
	show_opens(page, session);
	free(text);
}

static uint32_t unit_size(const smbmgmt_plan *plan, uint32_t first)
{
	uint32_t unit = smbmgmt_plan_unit(plan, first);
	uint32_t count = 0;
	uint32_t i;

	for (i = first; i < smbmgmt_plan_count(plan); i++) {
		count += smbmgmt_plan_session(plan, i) != NULL &&
			 smbmgmt_plan_unit(plan, i) == unit;
	}
	return count;
}

static void show_unit(struct page *page, const smbmgmt_plan *plan,
		      uint32_t first)
{
	uint32_t unit = smbmgmt_plan_unit(plan, first);
	uint32_t count = unit_size(plan, first);
	uint32_t shown = 0;
	uint32_t i;

	line(page->tty, "%" PRIu32 " %s on %s:", count,
	     count == 1 ? "session" : "sessions",
	     smbmgmt_session_server(smbmgmt_plan_session(plan, first)));
	for (i = first; i < smbmgmt_plan_count(plan); i++) {
		const smbmgmt_session *session = smbmgmt_plan_session(plan, i);

		if (session == NULL || smbmgmt_plan_unit(plan, i) != unit) {
			continue;
		}
		if (shown++ == SHOWN_SESSIONS) {
			line(page->tty, "  and more");
			break;
		}
		show_session(page, session, false);
	}
}

static void show_collateral(struct page *page, const smbmgmt_plan *plan,
			    uint32_t item)
{
	uint32_t count = smbmgmt_plan_collateral_count(plan, item);
	uint32_t i;

	for (i = 0; i < count; i++) {
		const smbmgmt_session *session =
			smbmgmt_plan_collateral(plan, item, i);
		char *text = NULL;

		if (i == SHOWN_SESSIONS) {
			line(page->tty, "and %" PRIu32 " sessions more",
			     count - i);
			break;
		}
		text = describe_session(session);
		line(page->tty, "%s with it: session %s",
		     smbmgmt_plan_collateral_grade(plan, item, i) ==
				     SMBMGMT_GRADE_CERTAIN
			     ? "Ends"
			     : "May end",
		     text);
		show_opens(page, session);
		free(text);
	}
}

static int32_t understand(const char *answer)
{
	static const struct {
		const char *letter, *word;
		int32_t means;
	} answers[] = {
		{"", "", SMBMGMT_ANSWER_YES},
		{"y", "yes", SMBMGMT_ANSWER_YES},
		{"a", "yes to all", SMBMGMT_ANSWER_YES_TO_ALL},
		{"n", "no", SMBMGMT_ANSWER_NO},
		{"l", "no to all", SMBMGMT_ANSWER_NO_TO_ALL},
		{"s", "suspend", WANTS_SUSPEND},
		{"?", "help", WANTS_HELP},
	};
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (strcasecmp(answer, answers[i].letter) == 0 ||
		    strcasecmp(answer, answers[i].word) == 0) {
			return answers[i].means;
		}
	}
	return NO_ANSWER;
}

static const char help[] =
	"Y: yes, this one.\n"
	"A: yes, this one and all that follow, without asking again.\n"
	"N: no, not this one; go on with the next.\n"
	"L: no, neither this one nor any that follow.\n"
	"S: stop the program and go back to the shell; fg asks this again.\n"
	"End of file (Ctrl-D): stop here.  An empty line is yes.\n";

static const char alone[] =
	"There is no shell here that could let this go on: it was not "
	"suspended.\n";

/* All that would be closed now, whatever else comes. */
static void show_plan(struct page *page, const smbmgmt_plan *plan)
{
	uint32_t failed = smbmgmt_plan_error_count(plan);
	uint32_t count = 0;
	uint32_t refused = 0;
	uint32_t i;

	for (i = 0; i < smbmgmt_plan_count(plan); i++) {
		int32_t decision = smbmgmt_plan_decision(plan, i);

		count += decision == SMBMGMT_DECISION_OPEN;
		refused += decision == SMBMGMT_DECISION_REFUSED;
	}
	line(page->tty, "%" PRIu32 " %s there now%s", count,
	     count == 1 ? "session is" : "sessions are", count > 0 ? ":" : ".");
	for (count = 0, i = 0; i < smbmgmt_plan_count(plan); i++) {
		if (smbmgmt_plan_decision(plan, i) != SMBMGMT_DECISION_OPEN) {
			continue;
		}
		if (count++ == SHOWN_SESSIONS) {
			line(page->tty, "  and more");
			break;
		}
		show_session(page, smbmgmt_plan_session(plan, i), true);
		show_collateral(page, plan, i);
	}
	if (refused > 0) {
		line(page->tty, "%" PRIu32 " more would be refused.", refused);
	}
	if (failed > 0) {
		line(page->tty, "%" PRIu32 " %s not tell.", failed,
		     failed == 1 ? "server does" : "servers do");
	}
}

static void show_question(int tty, const struct subject *subject)
{
	struct page page = {.tty = tty, .files = SHOWN_FILES};

	line(tty, "Confirm");
	line(tty, "Are you sure you want to perform this action?");
	line(tty, "%s", subject->text);
	if (subject->plan == NULL) {
		return;
	}
	if (subject->item == WHOLE_PLAN) {
		show_plan(&page, subject->plan);
	} else {
		show_unit(&page, subject->plan, subject->item);
		show_collateral(&page, subject->plan, subject->item);
	}
}

/* One answer, or what else there is to do about the question. */
static int32_t read_answer(int tty, const struct suspend_watch *watch)
{
	char answer[ANSWER_SIZE] = "";

	tty_write(tty,
		  "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  "
		  "[S] Suspend  [?] Help (default is \"Y\"): ");
	switch (tty_read(tty, answer, sizeof(answer), &watch->mask)) {
	case TTY_END:
		tty_write(tty, "\n");
		return SMBMGMT_ANSWER_ABORT;
	case TTY_LINE:
		/* A line from around a stop may be meant for the shell. */
		return suspend_is_over() ? NO_ANSWER : understand(answer);
	default:
		return NO_ANSWER;
	}
}

static int32_t ask(int tty, const struct subject *subject,
		   const struct suspend_watch *watch)
{
	for (;;) {
		int32_t means = read_answer(tty, watch);

		if (means >= 0) {
			return means;
		}
		if (means == WANTS_HELP) {
			tty_write(tty, help);
		}
		if (means == WANTS_SUSPEND && !suspend()) {
			tty_write(tty, alone);
		} else if (means == WANTS_SUSPEND || suspend_is_over()) {
			/* Who comes back has seen other things meanwhile. */
			tty_return(tty);
			suspend_forget();
			show_question(tty, subject);
		}
	}
}

static int32_t put_question(int tty, const struct subject *subject)
{
	struct suspend_watch watch;
	int32_t answer;

	/* What standard output holds so far belongs before the question. */
	fflush(stdout);
	suspend_watch(&watch);
	show_question(tty, subject);
	answer = ask(tty, subject, &watch);
	suspend_unwatch(&watch);
	return answer;
}

int32_t confirm_ask(const smbmgmt_question *question, void *userdata)
{
	struct subject subject = {.text = smbmgmt_question_text(question)};

	return put_question(*(const int *)userdata, &subject);
}

int32_t confirm_all(smbmgmt_plan *plan, const char *text, int tty)
{
	struct subject subject = {
		.text = text, .plan = plan, .item = WHOLE_PLAN};

	return put_question(tty, &subject);
}

/* The words that the library has for it. */
static char *unit_text(const smbmgmt_session *session)
{
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_ID)) {
		return must_format(
			"Performing operation 'Close-Session' on "
			"Target '%" PRIu64 "'.",
			smbmgmt_session_id(session));
	}
	return must_format(
		"Performing operation 'Close-Session' on Target '%s %s'.",
		smbmgmt_session_client(session), smbmgmt_session_user(session));
}

static int32_t ask_about(smbmgmt_plan *plan, uint32_t item, int tty)
{
	char *text = unit_text(smbmgmt_plan_session(plan, item));
	struct subject subject = {.text = text, .plan = plan, .item = item};
	int32_t answer = put_question(tty, &subject);

	free(text);
	return answer;
}

/* The answer is for all of the unit that this item is the first of. */
static int32_t decide(smbmgmt_plan *plan, uint32_t first, uint32_t last,
		      int32_t decision, smbmgmt_error **error)
{
	uint32_t unit = smbmgmt_plan_unit(plan, first);
	int32_t code = SMBMGMT_OK;
	uint32_t i;

	for (i = first; code == SMBMGMT_OK && i < last; i++) {
		if (smbmgmt_plan_unit(plan, i) == unit &&
		    smbmgmt_plan_decision(plan, i) == SMBMGMT_DECISION_OPEN) {
			code = smbmgmt_plan_set_decision(plan, i, decision,
							 error);
		}
	}
	return code;
}

int32_t confirm_plan(smbmgmt_plan *plan, int tty, bool *aborted,
		     smbmgmt_error **error)
{
	uint32_t count = smbmgmt_plan_count(plan);
	int32_t answer = SMBMGMT_ANSWER_YES;
	int32_t code = SMBMGMT_OK;
	uint32_t i;

	for (i = 0; code == SMBMGMT_OK && i < count; i++) {
		bool all = answer == SMBMGMT_ANSWER_YES_TO_ALL ||
			   answer == SMBMGMT_ANSWER_NO_TO_ALL;

		if (smbmgmt_plan_decision(plan, i) != SMBMGMT_DECISION_OPEN) {
			continue;
		}
		if (!all) {
			answer = ask_about(plan, i, tty);
		}
		if (answer == SMBMGMT_ANSWER_ABORT) {
			*aborted = true;
			return SMBMGMT_OK;
		}
		/* Once it is for all, each item is met here. */
		all = answer == SMBMGMT_ANSWER_YES_TO_ALL ||
		      answer == SMBMGMT_ANSWER_NO_TO_ALL;
		code = decide(plan, i, all ? i + 1 : count,
			      answer == SMBMGMT_ANSWER_YES ||
					      answer ==
						      SMBMGMT_ANSWER_YES_TO_ALL
				      ? SMBMGMT_DECISION_YES
				      : SMBMGMT_DECISION_NO,
			      error);
	}
	return code;
}
