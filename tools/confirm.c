/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "confirm.h"

#include "say.h"
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

static void show_sessions(int tty, const smbmgmt_question *question)
{
	smbmgmt_plan *plan = smbmgmt_question_plan(question);
	uint32_t first = smbmgmt_question_item(question);
	uint32_t unit = smbmgmt_plan_unit(plan, first);
	uint32_t count = smbmgmt_question_session_count(question);
	uint32_t shown = 0;
	uint32_t i;

	line(tty, "%" PRIu32 " %s on %s:", count,
	     count == 1 ? "session" : "sessions",
	     smbmgmt_session_server(smbmgmt_plan_session(plan, first)));
	for (i = first; i < smbmgmt_plan_count(plan); i++) {
		const smbmgmt_session *session = smbmgmt_plan_session(plan, i);
		char *text = NULL;

		if (session == NULL || smbmgmt_plan_unit(plan, i) != unit) {
			continue;
		}
		if (shown++ == SHOWN_SESSIONS) {
			line(tty, "  and more");
			break;
		}
		text = describe_session(session);
		line(tty, "  %s%s", text,
		     smbmgmt_session_own(session) == SMBMGMT_OWN_YES
			     ? ", which carries this connection"
			     : "");
		free(text);
	}
}

static void show_collateral(int tty, const smbmgmt_question *question)
{
	smbmgmt_plan *plan = smbmgmt_question_plan(question);
	uint32_t item = smbmgmt_question_item(question);
	uint32_t count = smbmgmt_plan_collateral_count(plan, item);
	uint32_t i;

	for (i = 0; i < count; i++) {
		char *text = NULL;

		if (i == SHOWN_SESSIONS) {
			line(tty, "and %" PRIu32 " sessions more", count - i);
			break;
		}
		text = describe_session(smbmgmt_plan_collateral(plan, item, i));
		line(tty, "%s with it: session %s",
		     smbmgmt_plan_collateral_grade(plan, item, i) ==
				     SMBMGMT_GRADE_CERTAIN
			     ? "Ends"
			     : "May end",
		     text);
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

static void show_question(int tty, const smbmgmt_question *question)
{
	line(tty, "Confirm");
	line(tty, "Are you sure you want to perform this action?");
	line(tty, "%s", smbmgmt_question_text(question));
	if (smbmgmt_question_plan(question) != NULL) {
		show_sessions(tty, question);
		show_collateral(tty, question);
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

static int32_t ask(int tty, const smbmgmt_question *question,
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
			show_question(tty, question);
		}
	}
}

int32_t confirm_ask(const smbmgmt_question *question, void *userdata)
{
	int tty = *(const int *)userdata;
	struct suspend_watch watch;
	int32_t answer;

	/* What standard output holds so far belongs before the question. */
	fflush(stdout);
	suspend_watch(&watch);
	show_question(tty, question);
	answer = ask(tty, question, &watch);
	suspend_unwatch(&watch);
	return answer;
}
