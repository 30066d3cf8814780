/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "credentials.h"

#include "exitcode.h"
#include "say.h"
#include "tty.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PASSWORD_SIZE 1024

/*
 * The name that Samba's tools would take.  Those also take a password after
 * a `%` in USER; this one does not, and does not show it either.
 */
static char *default_user(void)
{
	const char *name = getenv("USER");
	const struct passwd *entry = NULL;
	char *user = NULL;

	if (name == NULL || name[0] == '\0') {
		name = getenv("LOGNAME");
	}
	if (name == NULL || name[0] == '\0') {
		entry = getpwuid(getuid());
		name = entry != NULL ? entry->pw_name : "";
	}
	user = must_copy(name);
	user[strcspn(user, "%")] = '\0';
	return user;
}

static unsigned library_said(smbmgmt_error *error)
{
	unsigned facts = exit_facts_code(smbmgmt_error_code(error));

	say_error(error);
	smbmgmt_error_unref(error);
	return facts;
}

/* A line, or all there is, a byte at a time: the rest is not ours. */
static unsigned read_line(int fd, char *password, size_t size)
{
	size_t length = 0;
	char c = 0;

	for (;;) {
		ssize_t n = read(fd, &c, 1);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return say_usage("--password-fd %d: %s", fd,
					 strerror(errno));
		}
		if (n == 0 || c == '\n' || c == '\0') {
			break;
		}
		if (length + 1 >= size) {
			return say_usage(
				"--password-fd %d: a password has at "
				"most %zu bytes",
				fd, size - 1);
		}
		password[length++] = c;
	}
	password[length] = '\0';
	explicit_bzero(&c, sizeof(c));
	if (fd > STDERR_FILENO) {
		close(fd);
	}
	return 0;
}

unsigned credentials_read_fd(struct identity *identity)
{
	char password[PASSWORD_SIZE] = "";
	unsigned facts = 0;

	if (identity->password_fd < 0) {
		return 0;
	}
	facts = read_line(identity->password_fd, password, sizeof(password));
	if (facts == 0) {
		identity->password = must_copy(password);
	}
	explicit_bzero(password, sizeof(password));
	return facts;
}

static unsigned ask_password(const smbmgmt_credentials *credentials,
			     char *password, size_t size)
{
	char *prompt = must_format("Password for [%s]: ",
				   smbmgmt_credentials_user(credentials));
	char *safe = text_safe(prompt);
	int fd = tty_open();
	enum tty_answer answer = TTY_END;
	unsigned facts = 0;

	if (fd < 0) {
		facts = say_usage(
			"a password is needed and there is no "
			"terminal to ask for it: give it with -A "
			"FILE or --password-fd N, or go without "
			"one with -N");
	} else {
		answer = tty_read_secret(fd, safe, password, size);
		close(fd);
	}
	if (fd >= 0 && answer != TTY_LINE) {
		say(answer == TTY_END ? "no password was given: nothing was "
					"done"
				      : "that password is too long: nothing "
					"was done");
		facts = FACT_FAILED;
	}
	free(safe);
	free(prompt);
	return facts;
}

static unsigned set_user(smbmgmt_credentials *credentials,
			 const struct identity *identity, bool may_ask)
{
	smbmgmt_error *error = NULL;
	char *user = NULL;
	int32_t code = SMBMGMT_OK;

	if (identity->auth_file != NULL) {
		code = smbmgmt_credentials_load_file(
			credentials, identity->auth_file, &error);
		return code == SMBMGMT_OK ? 0
					  : library_said(error) | FACT_USAGE;
	}
	user = identity->user != NULL ? must_copy(identity->user)
				      : default_user();
	if (user[0] == '\0' && may_ask) {
		free(user);
		return say_usage(
			"the user who runs this has no name: give "
			"one with -U, or ask without one with -N");
	}
	if (user[0] != '\0') {
		code = smbmgmt_credentials_set_user(credentials, user, &error);
	}
	free(user);
	return code == SMBMGMT_OK ? 0 : library_said(error);
}

static unsigned set_password(smbmgmt_credentials *credentials,
			     const struct identity *identity, bool may_ask)
{
	char password[PASSWORD_SIZE] = "";
	smbmgmt_error *error = NULL;
	unsigned facts = 0;

	if (smbmgmt_credentials_has_password(credentials) ||
	    smbmgmt_credentials_user(credentials)[0] == '\0') {
		return 0;
	}
	if (identity->password != NULL) {
		snprintf(password, sizeof(password), "%s", identity->password);
	} else if (!may_ask) {
		return 0; /* nobody wants it, or a ticket it must be */
	} else if (!identity->no_password) {
		facts = ask_password(credentials, password, sizeof(password));
	}
	if (facts == 0 &&
	    smbmgmt_credentials_set_password(credentials, password, &error) !=
		    SMBMGMT_OK) {
		facts = library_said(error);
	}
	explicit_bzero(password, sizeof(password));
	return facts;
}

unsigned credentials_make(const struct identity *identity, bool may_ask,
			  smbmgmt_credentials **credentials)
{
	smbmgmt_credentials *made = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;

	if (smbmgmt_credentials_new(&made, &error) != SMBMGMT_OK) {
		return library_said(error);
	}
	facts = set_user(made, identity, may_ask);
	if (facts == 0) {
		facts = set_password(made, identity, may_ask);
	}
	if (facts != 0) {
		smbmgmt_credentials_unref(made);
		return facts;
	}
	*credentials = made;
	return 0;
}
