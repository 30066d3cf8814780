/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "options.h"

#include "before.h"
#include "credentials.h"
#include "exitcode.h"
#include "logon.h"
#include "option_apply.h"
#include "option_table.h"
#include "say.h"
#include "servers_file.h"

#include <popt.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_HELP 1000
#define VALUE_VERSION 1001

/* Commands whose operands are session ids. */
#define SESSION_COMMANDS                                                       \
	(COMMAND_LIST | COMMAND_CLOSE | COMMAND_EVICT | LINE_LIST | LINE_CLOSE)

/* An option as it was met; the command may come after it. */
struct met {
	const struct option_spec *spec;
	char *value;
};

struct parse {
	struct request *request;
	bool in_shell;
	struct met *met;
	size_t count;
	unsigned asked; /* COMMAND_HELP or COMMAND_VERSION */
};

struct command_name {
	const char *name;
	unsigned command;
};

static const struct command_name commands[] = {
	{"list", COMMAND_LIST},	  {"close", COMMAND_CLOSE},
	{"evict", COMMAND_EVICT}, {"shell", COMMAND_SHELL},
	{"help", COMMAND_HELP},	  {NULL, 0},
};

static const struct command_name lines[] = {
	{"open", LINE_OPEN}, {"handles", LINE_HANDLES}, {"use", LINE_USE},
	{"list", LINE_LIST}, {"close", LINE_CLOSE},	{"remove", LINE_REMOVE},
	{"help", LINE_HELP}, {"exit", LINE_EXIT},	{"quit", LINE_EXIT},
	{NULL, 0},
};

static struct poptOption *make_popt_table(bool in_shell)
{
	struct poptOption *table =
		must_alloc(option_table_count + 3, sizeof(*table));
	size_t i;

	for (i = 0; i < option_table_count; i++) {
		const struct option_spec *spec = &option_table[i];

		table[i] = (struct poptOption){
			.longName = spec->name,
			.shortName = spec->letter,
			.argInfo = spec->value != NULL ? POPT_ARG_STRING
						       : POPT_ARG_NONE,
			.val = (int)i + 1,
		};
	}
	if (!in_shell) {
		table[i++] = (struct poptOption){.longName = "help",
						 .shortName = '?',
						 .val = VALUE_HELP};
		table[i++] = (struct poptOption){.longName = "version",
						 .shortName = 'V',
						 .val = VALUE_VERSION};
	}
	return table;
}

static unsigned read_words(struct parse *parse, poptContext popt)
{
	const char *operand = NULL;
	int value;

	while ((value = poptGetNextOpt(popt)) > 0) {
		struct met *met;

		if (value == VALUE_HELP || value == VALUE_VERSION) {
			parse->asked |= value == VALUE_HELP ? COMMAND_HELP
							    : COMMAND_VERSION;
			continue;
		}
		parse->met = must_grow(parse->met, parse->count + 1,
				       sizeof(*parse->met));
		met = &parse->met[parse->count++];
		met->spec = &option_table[value - 1];
		met->value = poptGetOptArg(popt);
	}
	if (value < -1) {
		return say_usage("%s: %s; %s lists what there is",
				 poptBadOption(popt, POPT_BADOPTION_NOALIAS),
				 poptStrerror(value),
				 parse->in_shell ? "help" : "smbmgmt --help");
	}
	while ((operand = poptGetArg(popt)) != NULL) {
		words_add(&parse->request->operands, operand);
	}
	return 0;
}

/* The first operand is the command. */
static unsigned find_command(struct parse *parse)
{
	struct request *request = parse->request;
	struct words *operands = &request->operands;
	const struct command_name *known = parse->in_shell ? lines : commands;

	if (parse->asked != 0) {
		request->command = parse->asked & COMMAND_HELP
					   ? COMMAND_HELP
					   : COMMAND_VERSION;
		return 0;
	}
	if (operands->count == 0) {
		return say_usage(
			"no command: give list, close, evict or shell, or "
			"see smbmgmt --help");
	}
	while (known->name != NULL &&
	       strcmp(known->name, operands->word[0]) != 0) {
		known++;
	}
	if (known->name == NULL) {
		return say_usage("%s is no command; %s lists what there is",
				 operands->word[0],
				 parse->in_shell ? "help" : "smbmgmt --help");
	}
	request->command = known->command;
	request->command_name = known->name;
	free(operands->word[0]);
	operands->count--;
	memmove(operands->word, operands->word + 1,
		operands->count * sizeof(*operands->word));
	return 0;
}

/* Something that is read only once was meant only once. */
static unsigned check_repeats(const struct parse *parse, size_t index)
{
	const struct option_spec *spec = parse->met[index].spec;
	size_t i;

	if (spec->repeatable || spec->value == NULL) {
		return 0;
	}
	for (i = 0; i < index; i++) {
		if (parse->met[i].spec == spec) {
			return say_usage("--%s was given twice", spec->name);
		}
	}
	return 0;
}

static void note_kind(struct request *request, const struct option_spec *spec)
{
	bool selects = spec->selector != NULL && request->command != LINE_OPEN;
	bool filters = spec->filter != NULL || spec->apply == apply_min_idle ||
		       spec->apply == apply_min_age ||
		       spec->apply == apply_max_opens ||
		       spec->apply == apply_guest ||
		       spec->apply == apply_unencrypted;

	if (selects && request->selector_option == NULL) {
		request->selector_option = spec->name;
	}
	if (filters && request->filter_option == NULL) {
		request->filter_option = spec->name;
	}
}

static unsigned apply_all(struct parse *parse)
{
	struct request *request = parse->request;
	size_t i;

	for (i = 0; i < parse->count; i++) {
		const struct option_spec *spec = parse->met[i].spec;
		unsigned facts = 0;

		if ((spec->commands & request->command) == 0) {
			return say_usage("--%s does not go with %s", spec->name,
					 request->command_name);
		}
		facts = check_repeats(parse, i);
		if (facts == 0) {
			facts = spec->apply(request, spec, parse->met[i].value);
		}
		if (facts != 0) {
			return facts;
		}
		note_kind(request, spec);
	}
	return 0;
}

static unsigned check_identity(const struct identity *identity)
{
	if (identity->auth_file != NULL && identity->user != NULL) {
		return say_usage("-A and -U both name a user: leave one out");
	}
	if (identity->auth_file != NULL && identity->password_fd >= 0) {
		return say_usage(
			"-A and --password-fd both give a password: "
			"leave one out");
	}
	if (identity->no_password && identity->password_fd >= 0) {
		return say_usage("-N and --password-fd exclude each other");
	}
	return 0;
}

static unsigned check_where(const struct where *where)
{
	unsigned facts = check_identity(&where->identity);

	if (where->address != NULL &&
	    (where->servers.count > 1 || where->servers_file != NULL)) {
		return say_usage(
			"-I is the address of one server: give one -S");
	}
	return facts != 0 ? facts : logon_check(where);
}

static unsigned check_evict(const struct request *request)
{
	if (request->every == 0) {
		return say_usage("--every 0: give it a second or more");
	}
	return request->before == NULL ? 0 : before_check(request->before);
}

/* Standard input is read once, by whoever it is for. */
static unsigned check_input(const struct request *request)
{
	const char *file = request->where.servers_file;

	if (file != NULL && strcmp(file, "-") == 0 && request->from != NULL &&
	    strcmp(request->from, "-") == 0) {
		return say_usage(
			"--servers-file - and --from - both read standard "
			"input: give one of them a file");
	}
	return 0;
}

static unsigned check_output(const struct request *request)
{
	if (request->json && request->csv) {
		return say_usage("--json and --csv exclude each other");
	}
	if (request->json && request->columns.count > 0) {
		return say_usage(
			"--columns chooses for the table and --csv: "
			"--json has every field");
	}
	if (request->csv && request->opens) {
		return say_usage(
			"--opens is for the table: CSV has no lists, and "
			"--json has these always");
	}
	return 0;
}

unsigned options_parse(struct request *request, bool in_shell, int argc,
		       const char **argv)
{
	struct parse parse = {.request = request, .in_shell = in_shell};
	struct poptOption *table = make_popt_table(in_shell);
	poptContext popt = poptGetContext("smbmgmt", argc, argv, table, 0);
	unsigned facts = 0;
	size_t i;

	facts = popt == NULL ? FACT_FAILED : read_words(&parse, popt);
	if (facts == 0) {
		facts = find_command(&parse);
	}
	if (facts == 0 && parse.asked == 0) {
		facts = apply_all(&parse);
	}
	if (!in_shell) {
		say_set_quiet(request->quiet);
	}
	if (facts == 0) {
		facts = check_output(request);
	}
	if (facts == 0 && (request->command & SESSION_COMMANDS) != 0) {
		facts = filter_add_ids(request);
	}
	if (facts == 0) {
		facts = check_where(&request->where);
	}
	if (facts == 0) {
		facts = check_input(request);
	}
	if (facts == 0 && request->command == COMMAND_EVICT) {
		facts = check_evict(request);
	}
	if (facts == 0) {
		facts = credentials_read_fd(&request->where.identity);
	}
	if (facts == 0 && request->where.servers_file != NULL) {
		facts = servers_file_read(&request->where);
	}
	for (i = 0; i < parse.count; i++) {
		free(parse.met[i].value);
	}
	free(parse.met);
	poptFreeContext(popt);
	free(table);
	return facts;
}
