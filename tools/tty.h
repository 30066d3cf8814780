/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Questions and answers on the controlling terminal, never on stdin. */
#ifndef TOOLS_TTY_H
#define TOOLS_TTY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

enum tty_answer {
	TTY_LINE,  /* a line, without its line feed */
	TTY_END,   /* end of file, or the terminal is gone */
	TTY_LONG,  /* a line longer than the buffer; it was read away */
	TTY_AGAIN, /* a signal came in before anything did */
};

/* The controlling terminal, or -1 if there is none. */
int tty_open(void);

/* Write text there as it is: make it safe first. */
void tty_write(int fd, const char *text);

/*
 * After a stop: wait for the terminal to be ours again, and forget what was
 * typed meanwhile, which was meant for somebody else.
 */
void tty_return(int fd);

/* Read a line that the terminal shows; this is the signal mask meanwhile. */
enum tty_answer tty_read(int fd, char *line, size_t size,
			 const sigset_t *waiting);

/*
 * Ask for a secret: the terminal shows nothing of it, and shows again what is
 * typed after it, also when a signal stops or ends the program meanwhile.
 */
enum tty_answer tty_read_secret(int fd, const char *prompt, char *line,
				size_t size);

#endif /* TOOLS_TTY_H */
