/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "shell.h"

#include "exitcode.h"
#include "options.h"
#include "say.h"
#include "shell_words.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROMPT "smbmgmt> "

/* list and close work on the handle in use. */
static unsigned on_current(struct shell *shell, const struct request *request)
{
	struct servers servers = {.borrowed = true};
	unsigned facts = 0;

	if (shell->current == NULL) {
		return say_usage(
			"no handle is in use: open a server, or name "
			"a handle with use");
	}
	servers.handle = must_alloc(1, sizeof(smbmgmt_handle *));
	servers.handle[0] = smbmgmt_handle_ref(shell->current);
	servers.count = 1;
	facts = request->command == LINE_LIST
			? list_servers(shell->tool, request, &servers)
			: close_servers(shell->tool, request, &servers);
	servers_clear(&servers);
	return facts;
}

static unsigned dispatch(struct shell *shell, const struct request *request)
{
	switch (request->command) {
	case LINE_OPEN:
		return shell_open(shell, request);
	case LINE_HANDLES:
		return shell_handles(shell, request);
	case LINE_USE:
		return shell_use(shell, request);
	case LINE_REMOVE:
		return shell_remove(shell, request);
	case LINE_LIST:
	case LINE_CLOSE:
		return on_current(shell, request);
	case LINE_EXIT:
		shell->done = true;
		return 0;
	default:
		help_print(true);
		return 0;
	}
}

/*
 * Somebody at a terminal who breaks off a command wants the next prompt; a list
 * of commands ends there.
 */
static bool is_told_to_end(const struct shell *shell)
{
	int number = shell->tool->interrupted;

	return number != 0 && (number != SIGINT || !shell->at_terminal);
}

static unsigned run_words(struct shell *shell, const struct words *words)
{
	const char **argv = must_alloc(words->count + 2, sizeof(*argv));
	struct request request;
	unsigned facts = FACT_FAILED;
	size_t i;

	argv[0] = "smbmgmt";
	for (i = 0; i < words->count; i++) {
		argv[i + 1] = words->word[i];
	}
	if (request_init(&request)) {
		facts = options_parse(&request, true, (int)words->count + 1,
				      argv);
	}
	if (facts == 0) {
		facts = dispatch(shell, &request);
	}
	request_clear(&request);
	free(argv);
	fflush(stdout);
	shell->done = shell->done || is_told_to_end(shell);
	shell->tool->interrupted = 0;
	return facts;
}

/* A command that fails is reported, and the rest goes on. */
static unsigned run_text(struct shell *shell, const char *text)
{
	struct words words = {0};
	unsigned facts = 0;

	while (!shell->done) {
		enum shell_cut cut = shell_cut(&text, &words);

		if (cut == CUT_END) {
			break;
		}
		facts |= cut == CUT_COMMAND
				 ? run_words(shell, &words)
				 : say_usage(
					   "a quote is not closed: the line "
					   "is not carried out");
	}
	words_clear(&words);
	return facts;
}

static unsigned run_input(struct shell *shell)
{
	char *line = NULL;
	size_t size = 0;
	unsigned facts = 0;

	shell->tool->stdin_taken = true;
	while (!shell->done) {
		ssize_t length;

		if (shell->at_terminal) {
			fputs(PROMPT, stderr);
		}
		length = getline(&line, &size, stdin);
		if (length < 0) {
			break;
		}
		if (strlen(line) != (size_t)length) {
			facts |= say_usage(
				"a line holds a NUL: it is not "
				"carried out");
			continue;
		}
		facts |= run_text(shell, line);
	}
	if (ferror(stdin)) {
		say("cannot read standard input");
		facts |= FACT_FAILED;
	}
	if (shell->at_terminal && !shell->done) {
		fputc('\n', stderr);
	}
	free(line);
	return facts;
}

/* -S with the shell: opened in order, the last one is in use. */
static unsigned open_first(struct shell *shell)
{
	const struct words *names = &shell->start->where.servers;
	unsigned facts = 0;
	size_t i;

	for (i = 0; i < names->count && !shell->done; i++) {
		struct request request;

		if (!request_init(&request)) {
			return facts | FACT_FAILED;
		}
		request.command = LINE_OPEN;
		words_add(&request.operands, names->word[i]);
		if (shell->start->where.address != NULL) {
			request.where.address =
				must_copy(shell->start->where.address);
		}
		facts |= shell_open(shell, &request);
		request_clear(&request);
		shell->done = is_told_to_end(shell);
		shell->tool->interrupted = 0;
	}
	return facts;
}

unsigned command_shell(struct tool *tool, const struct request *request)
{
	struct shell shell = {
		.tool = tool,
		.start = request,
		.at_terminal =
			request->commands == NULL && isatty(STDIN_FILENO) == 1,
	};
	unsigned facts = 0;

	if (request->operands.count > 0) {
		return say_usage(
			"shell takes its commands from -c, or from "
			"standard input, not as '%s'",
			request->operands.word[0]);
	}
	facts = open_first(&shell);
	facts |= request->commands != NULL ? run_text(&shell, request->commands)
					   : run_input(&shell);
	smbmgmt_handle_unref(shell.current);
	smbmgmt_credentials_unref(shell.credentials);
	return facts;
}
