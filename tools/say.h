/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Lines for people, on standard error; whatever they hold is made safe. */
#ifndef TOOLS_SAY_H
#define TOOLS_SAY_H

#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>

/* "smbmgmt: " and the line. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same of a note, which not everybody wants. */
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From now on neither notes nor progress. */
void say_set_quiet(bool wanted);
bool say_is_quiet(void);

/* The same as say() of something that was refused or failed: red where colours
 * are. */
void say_bad(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, as the usage error that it is: returns FACT_USAGE. */
unsigned say_usage(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* An error of the library, after the server it concerns. */
void say_error(const smbmgmt_error *error);

/* "5 (\\10.0.0.5, ALPHA\alice)", a new string. */
char *describe_session(const smbmgmt_session *session);

#endif /* TOOLS_SAY_H */
