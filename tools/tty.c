/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Signals that end or stop the program while a secret is typed. */
static const int watched[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGTSTP,
};
#define WATCHED (sizeof(watched) / sizeof(watched[0]))

static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught = number;
}

int tty_open(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

void tty_write(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return;
		}
		text += n;
		length -= (size_t)n;
	}
}

enum read_step { STEP_MORE, STEP_LINE, STEP_END, STEP_AGAIN };

struct line {
	char *text;
	size_t size;
	size_t length;
	bool overflow;
};

/* One character: the rest of the input is for who reads next. */
static enum read_step read_step(int fd, struct line *line)
{
	char c = 0;
	ssize_t n = read(fd, &c, 1);

	if (n < 0) {
		return errno == EINTR ? STEP_AGAIN : STEP_END;
	}
	if (n == 0) {
		return STEP_END;
	}
	if (c == '\n') {
		return STEP_LINE;
	}
	if (line->length + 1 < line->size) {
		line->text[line->length++] = c;
	} else {
		line->overflow = true;
	}
	return STEP_MORE;
}

static enum tty_answer finish(struct line *line, enum read_step last)
{
	line->text[line->length] = '\0';
	if (last == STEP_END) {
		explicit_bzero(line->text, line->size);
		return TTY_END;
	}
	if (line->overflow) {
		explicit_bzero(line->text, line->size);
		return TTY_LONG;
	}
	return TTY_LINE;
}

/* A signal that is let in ends the waiting, and not before. */
static enum read_step wait_step(int fd, struct line *line,
				const sigset_t *waiting)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	if (ppoll(&poll_fd, 1, NULL, waiting) < 0) {
		return errno == EINTR ? STEP_AGAIN : STEP_END;
	}
	return read_step(fd, line);
}

/*
 * Reading stops a process in the background until it is in the foreground, and
 * fails if nothing could bring it there; polling does neither.
 */
static bool stop_in_background(int fd)
{
	char none;

	return read(fd, &none, 0) == 0 || errno == EINTR;
}

void tty_return(int fd)
{
	if (stop_in_background(fd)) {
		tcflush(fd, TCIFLUSH);
	}
}

enum tty_answer tty_read(int fd, char *text, size_t size,
			 const sigset_t *waiting)
{
	struct line line = {.text = text, .size = size};
	enum read_step step;

	if (!stop_in_background(fd)) {
		return finish(&line, STEP_END);
	}
	do {
		step = wait_step(fd, &line, waiting);
		if (step == STEP_AGAIN && line.length == 0 && !line.overflow) {
			return TTY_AGAIN;
		}
	} while (step == STEP_MORE || step == STEP_AGAIN);
	return finish(&line, step);
}

/*
 * The watched signals stay blocked but while ppoll() waits, so that none can
 * slip in between looking at `caught` and sleeping.
 */
static enum read_step wait_and_read(int fd, struct line *line,
				    const sigset_t *waiting)
{
	enum read_step step;

	do {
		step = wait_step(fd, line, waiting);
	} while (caught == 0 && (step == STEP_MORE || step == STEP_AGAIN));
	return step;
}

static enum read_step read_hidden(int fd, const char *prompt, struct line *line,
				  const sigset_t *waiting)
{
	struct termios shown;
	struct termios hidden;
	enum read_step step = STEP_END;

	line->length = 0;
	line->overflow = false;
	if (tcgetattr(fd, &shown) < 0) {
		return STEP_END;
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	/* What was typed before the prompt was not meant as a secret. */
	if (tcsetattr(fd, TCSAFLUSH, &hidden) < 0) {
		return STEP_END;
	}
	tty_write(fd, prompt);
	step = wait_and_read(fd, line, waiting);
	tcsetattr(fd, TCSAFLUSH, &shown);
	tty_write(fd, "\n");
	return step;
}

enum tty_answer tty_read_secret(int fd, const char *prompt, char *text,
				size_t size)
{
	struct line line = {.text = text, .size = size};
	struct sigaction action = {.sa_handler = catch};
	struct sigaction before[WATCHED];
	sigset_t blocked;
	sigset_t waiting;
	enum read_step step;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < WATCHED; i++) {
		sigaddset(&blocked, watched[i]);
	}
	do {
		pthread_sigmask(SIG_BLOCK, &blocked, &waiting);
		caught = 0;
		for (i = 0; i < WATCHED; i++) {
			sigaction(watched[i], &action, &before[i]);
			if (before[i].sa_handler == SIG_IGN) {
				sigaction(watched[i], &before[i], NULL);
			}
		}
		step = read_hidden(fd, prompt, &line, &waiting);
		for (i = 0; i < WATCHED; i++) {
			sigaction(watched[i], &before[i], NULL);
		}
		if (caught != 0) {
			explicit_bzero(text, size);
			kill(getpid(), caught);
		}
		/* It takes effect here; after a stop the question comes again.
		 */
		pthread_sigmask(SIG_SETMASK, &waiting, NULL);
	} while (caught != 0);
	return finish(&line, step);
}
