/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "number.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* The digits at *text, which moves past them. */
static bool digits(const char **text, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;
	const char *start = *text;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		unsigned digit = (unsigned)(**text - '0');

		if (digit > max || sum > (max - digit) / 10) {
			return false;
		}
		sum = sum * 10 + digit;
	}
	*value = sum;
	return *text != start;
}

bool number_parse(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;

	if (!digits(&text, max, &sum) || *text != '\0') {
		return false;
	}
	*value = sum;
	return true;
}

bool duration_parse(const char *text, uint32_t *seconds)
{
	static const struct {
		const char *unit;
		uint32_t factor;
	} units[] = {
		{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400},
	};
	uint64_t count = 0;
	size_t i;

	if (!digits(&text, UINT32_MAX, &count)) {
		return false;
	}
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text, units[i].unit) != 0) {
			continue;
		}
		if (count > UINT32_MAX / units[i].factor) {
			return false;
		}
		*seconds = (uint32_t)count * units[i].factor;
		return true;
	}
	return false;
}

void utc_format(int64_t milliseconds, char text[UTC_SIZE])
{
	int64_t rest = milliseconds % 1000;
	time_t seconds = milliseconds / 1000;
	struct tm tm = {0};
	size_t length;

	if (rest < 0) {
		rest += 1000;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	length = strftime(text, UTC_SIZE - 8, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + length, UTC_SIZE - length, ".%03dZ", (int)rest);
}

/* Two or more digits that end at a given character. */
static bool part(const char **text, size_t width, char end, int *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < width; i++, (*text)++) {
		if (**text < '0' || **text > '9') {
			return false;
		}
		*value = *value * 10 + (**text - '0');
	}
	if (**text != end) {
		return false;
	}
	(*text)++;
	return true;
}

bool utc_parse(const char *text, int64_t *milliseconds)
{
	struct tm tm = {0};
	struct tm back = {0};
	int fraction = 0;
	time_t seconds;

	if (!part(&text, 4, '-', &tm.tm_year) ||
	    !part(&text, 2, '-', &tm.tm_mon) ||
	    !part(&text, 2, 'T', &tm.tm_mday) ||
	    !part(&text, 2, ':', &tm.tm_hour) ||
	    !part(&text, 2, ':', &tm.tm_min) ||
	    !part(&text, 2, '.', &tm.tm_sec) ||
	    !part(&text, 3, 'Z', &fraction) || *text != '\0') {
		return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	seconds = timegm(&back);
	/* timegm() makes 2 March of 30 February; such a day is a mistake. */
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday ||
	    back.tm_hour != tm.tm_hour || back.tm_min != tm.tm_min ||
	    back.tm_sec != tm.tm_sec) {
		return false;
	}
	*milliseconds = (int64_t)seconds * 1000 + fraction;
	return true;
}
