/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* smbmgmt: Get-, Close-SmbSession and the CimSession cmdlets, at a terminal. */
#include "exitcode.h"
#include "options.h"
#include "say.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void log_line(int32_t level, const char *line, void *userdata)
{
	static const char *const levels[] = {
		[SMBMGMT_LOG_ERROR] = "error",
		[SMBMGMT_LOG_WARNING] = "warning",
		[SMBMGMT_LOG_INFO] = "info",
		[SMBMGMT_LOG_DEBUG] = "debug",
	};

	(void)userdata;
	say("%s: %s",
	    level >= SMBMGMT_LOG_ERROR && level <= SMBMGMT_LOG_DEBUG
		    ? levels[level]
		    : "log",
	    line);
}

static int32_t make_context(const struct request *request,
			    smbmgmt_context **context, smbmgmt_error **error)
{
	int32_t level = request->where.debug;
	int32_t code = smbmgmt_context_new(context, error);

	if (code == SMBMGMT_OK && level >= 0) {
		code = smbmgmt_context_set_log(
			*context,
			level < SMBMGMT_LOG_DEBUG ? level : SMBMGMT_LOG_DEBUG,
			log_line, NULL, NULL, error);
	}
	return code;
}

/*
 * The audit, before anything is done.  What has a name and goes away, as a
 * device or a socket does, is no place for it.
 */
static unsigned open_audit(const struct request *request,
			   smbmgmt_context *context)
{
	const char *path = request->audit;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	struct stat file;
	int fd;

	if (path == NULL) {
		return 0;
	}
	/* Without a reader a FIFO would keep us here. */
	fd = open(path,
		  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK |
			  O_NOCTTY,
		  0600);
	if (fd < 0) {
		say("--audit '%s': %s", path,
		    errno == ENXIO ? "nobody reads it" : strerror(errno));
		return FACT_FAILED;
	}
	if (fstat(fd, &file) != 0 ||
	    (!S_ISREG(file.st_mode) && !S_ISFIFO(file.st_mode))) {
		facts = say_usage("--audit '%s': give it a file or a FIFO",
				  path);
	} else if (smbmgmt_context_set_audit_fd(context, fd, &error) !=
		   SMBMGMT_OK) {
		say_error(error);
		smbmgmt_error_unref(error);
		facts = FACT_FAILED;
	}
	close(fd);
	return facts;
}

static unsigned run_command(const struct request *request)
{
	struct tool tool = {0};
	smbmgmt_error *error = NULL;
	unsigned facts = FACT_FAILED;

	if (make_context(request, &tool.context, &error) != SMBMGMT_OK) {
		say_error(error);
		smbmgmt_error_unref(error);
		return facts;
	}
	facts = open_audit(request, tool.context);
	if (facts != 0) {
		smbmgmt_context_unref(tool.context);
		return facts;
	}
	if (request->command == COMMAND_LIST) {
		facts = command_list(&tool, request);
	} else if (request->command == COMMAND_CLOSE) {
		facts = command_close(&tool, request);
	} else if (request->command == COMMAND_EVICT) {
		facts = command_evict(&tool, request);
	} else {
		facts = command_shell(&tool, request);
	}
	smbmgmt_context_unref(tool.context);
	return facts;
}

static unsigned run(int argc, const char **argv)
{
	struct request request;
	unsigned facts = FACT_FAILED;

	if (request_init(&request)) {
		facts = options_parse(&request, false, argc, argv);
	}
	if (facts != 0) {
		request_clear(&request);
		return facts;
	}
	switch (request.command) {
	case COMMAND_VERSION:
		printf("smbmgmt %s\n", smbmgmt_version_text());
		break;
	case COMMAND_HELP:
		help_print(false);
		break;
	default:
		facts = run_command(&request);
		break;
	}
	request_clear(&request);
	return facts;
}

/*
 * A closed standard descriptor would be taken by the next file or socket,
 * which output would then be written into.
 */
static void hold_standard_descriptors(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null",
			 fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
			_exit(1);
		}
	}
}

int main(int argc, const char **argv)
{
	unsigned facts;

	hold_standard_descriptors();
	facts = run(argc, argv);
	if (ferror(stdout) || fflush(stdout) != 0) {
		say("cannot write to standard output: %s", strerror(errno));
		facts |= FACT_FAILED;
	}
	return exit_status(facts);
}
