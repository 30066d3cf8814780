/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "screen.h"

#include "number.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What terminals have been wide, if one does not tell. */
#define USUAL_WIDTH 80
#define GREATEST_WIDTH 65535

size_t screen_width(FILE *stream)
{
	return screen_width_of(fileno(stream));
}

size_t screen_width_of(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = {0};
	uint64_t width = 0;

	if (isatty(fd) != 1) {
		return 0;
	}
	/* The terminal itself knows when its window was resized. */
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
		return size.ws_col;
	}
	if (columns != NULL && number_parse(columns, GREATEST_WIDTH, &width) &&
	    width > 0) {
		return (size_t)width;
	}
	return USUAL_WIDTH;
}

bool screen_can_erase(FILE *stream)
{
	const char *terminal = getenv("TERM");

	return terminal != NULL && terminal[0] != '\0' &&
	       strcmp(terminal, "dumb") != 0 && isatty(fileno(stream)) == 1;
}

static bool has_colours(FILE *stream)
{
	const char *unwanted = getenv("NO_COLOR");

	return (unwanted == NULL || unwanted[0] == '\0') &&
	       screen_can_erase(stream);
}

const char *colour_on(FILE *stream, enum colour colour)
{
	static const char *const on[] = {
		[COLOUR_PLAIN] = "",
		[COLOUR_DIM] = "\033[2m",
		[COLOUR_RED] = "\033[31m",
	};

	return has_colours(stream) ? on[colour] : "";
}

const char *colour_off(FILE *stream, enum colour colour)
{
	return colour != COLOUR_PLAIN && has_colours(stream) ? "\033[0m" : "";
}
