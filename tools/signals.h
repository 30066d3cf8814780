/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Signals that end the program, while there is a better way to end it. */
#ifndef TOOLS_SIGNALS_H
#define TOOLS_SIGNALS_H

/*
 * Take SIGINT, SIGTERM and SIGHUP until signals_unwatch(), but those that
 * whoever started the program has it ignore.  The second of them ends it at
 * once, after `leaving`, which must be async-signal-safe.  SIGWINCH is noticed
 * as well.
 */
void signals_watch(void (*leaving)(void));
void signals_unwatch(void);

/* For poll(): readable when there is something new; -1 if that cannot be. */
int signals_fd(void);
/* Make it wait for the next one. */
void signals_seen(void);

/* The first that was taken since signals_watch(), else 0. */
int signals_taken(void);

#endif /* TOOLS_SIGNALS_H */
