/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a stream is shown on: how wide it is, and whether it has colours. */
#ifndef TOOLS_SCREEN_H
#define TOOLS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum colour {
	COLOUR_PLAIN,
	COLOUR_DIM, /* a session that is not for closing: the own one */
	COLOUR_RED, /* something was refused, or failed */
};

/* The columns of the terminal, or 0 where there is none and no limit. */
size_t screen_width(FILE *stream);
size_t screen_width_of(int fd);

/* Whether it is a terminal on which what was written can be taken away. */
bool screen_can_erase(FILE *stream);

/*
 * What begins and ends a coloured text; empty strings where colours are not
 * wanted: not on a terminal, on one that is dumb, or with NO_COLOR set.
 */
const char *colour_on(FILE *stream, enum colour colour);
const char *colour_off(FILE *stream, enum colour colour);

#endif /* TOOLS_SCREEN_H */
