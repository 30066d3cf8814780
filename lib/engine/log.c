/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/callback.h"

#define LINES_MAX 1000
#define LINE_MAX_BYTES 1024

struct line {
	struct line *next;
	int32_t level;
	char text[];
};

struct sm_log {
	pthread_mutex_t lock;
	int32_t level;
	smbmgmt_log_fn fn;
	void *userdata;
	smbmgmt_free_fn free_fn;
	struct line *first;
	struct line **last;
	size_t count;
	size_t dropped;
	bool delivering;
	pthread_cond_t delivered;
};

struct sm_log *sm_log_new(void)
{
	struct sm_log *log = calloc(1, sizeof(*log));

	if (log == NULL)
		return NULL;
	pthread_mutex_init(&log->lock, NULL);
	pthread_cond_init(&log->delivered, NULL);
	log->last = &log->first;
	return log;
}

static void free_lines(struct line *line)
{
	while (line != NULL) {
		struct line *next = line->next;

		free(line);
		line = next;
	}
}

static struct line *take_all(struct sm_log *log)
{
	struct line *first = log->first;

	log->first = NULL;
	log->last = &log->first;
	log->count = 0;
	return first;
}

void sm_log_free(struct sm_log *log)
{
	if (log == NULL)
		return;
	free_lines(take_all(log));
	if (log->free_fn != NULL)
		log->free_fn(log->userdata);
	pthread_cond_destroy(&log->delivered);
	pthread_mutex_destroy(&log->lock);
	free(log);
}

void sm_log_set(struct sm_log *log, int32_t level, smbmgmt_log_fn fn,
		void *userdata, smbmgmt_free_fn free_fn)
{
	smbmgmt_free_fn old_free = NULL;
	void *old = NULL;

	pthread_mutex_lock(&log->lock);
	/* Another thread may be inside the callback that goes. */
	while (log->delivering)
		pthread_cond_wait(&log->delivered, &log->lock);
	old_free = log->free_fn;
	old = log->userdata;
	log->level = level;
	log->fn = fn;
	log->userdata = userdata;
	log->free_fn = free_fn;
	pthread_mutex_unlock(&log->lock);
	if (old_free != NULL)
		old_free(old);
}

static void push(struct sm_log *log, int32_t level, const char *text)
{
	size_t len = strlen(text);
	struct line *line = malloc(sizeof(*line) + len + 1);

	if (line == NULL || log->count >= LINES_MAX) {
		free(line);
		log->dropped++;
		return;
	}
	line->next = NULL;
	line->level = level;
	memcpy(line->text, text, len + 1);
	*log->last = line;
	log->last = &line->next;
	log->count++;
}

void sm_log(struct sm_log *log, int32_t level, const char *format, ...)
{
	char text[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(text, sizeof(text), format, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	pthread_mutex_lock(&log->lock);
	if (log->fn != NULL && level <= log->level)
		push(log, level, text);
	pthread_mutex_unlock(&log->lock);
}

/* One thread delivers at a time, so that lines keep their order. */
void sm_log_deliver(struct sm_log *log)
{
	struct line *lines = NULL;
	smbmgmt_log_fn fn = NULL;
	void *userdata = NULL;
	char note[80] = "";

	pthread_mutex_lock(&log->lock);
	if (log->delivering || log->first == NULL || log->fn == NULL) {
		pthread_mutex_unlock(&log->lock);
		return;
	}
	log->delivering = true;
	lines = take_all(log);
	fn = log->fn;
	userdata = log->userdata;
	if (log->dropped > 0)
		snprintf(note, sizeof(note), "%zu log lines were dropped.",
			 log->dropped);
	log->dropped = 0;
	pthread_mutex_unlock(&log->lock);

	sm_callback_enter();
	for (struct line *line = lines; line != NULL; line = line->next)
		fn(line->level, line->text, userdata);
	if (note[0] != '\0')
		fn(SMBMGMT_LOG_WARNING, note, userdata);
	sm_callback_leave();
	free_lines(lines);

	pthread_mutex_lock(&log->lock);
	log->delivering = false;
	pthread_cond_broadcast(&log->delivered);
	pthread_mutex_unlock(&log->lock);
}
