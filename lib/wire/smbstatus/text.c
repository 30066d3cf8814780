/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Times and versions, as smbstatus writes them. */
#include <stdio.h>
#include <string.h>

#include "wire/smbstatus/smbstatus.h"

/* @count digits, or none of them. */
static const char *digits(const char *text, int count, int64_t *value)
{
	*value = 0;
	for (int i = 0; text != NULL && i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return NULL;
		*value = *value * 10 + (text[i] - '0');
	}
	return text == NULL ? NULL : text + count;
}

static const char *mark(const char *text, char wanted)
{
	return text != NULL && *text == wanted ? text + 1 : NULL;
}

/* Days since 1970-01-01 in the Gregorian calendar, by years from March. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;
	int64_t leaps = y / 4 - y / 100 + y / 400;

	return 365 * y + leaps + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* Z, +00:00 or +0000, in minutes. */
static const char *offset(const char *text, int64_t *minutes)
{
	int64_t hours = 0;
	int64_t rest = 0;
	bool west = *text == '-';

	*minutes = 0;
	if (*text == 'Z')
		return text + 1;
	if (*text != '+' && *text != '-')
		return NULL;
	text = digits(text + 1, 2, &hours);
	if (text != NULL && *text == ':')
		text++;
	text = digits(text, 2, &rest);
	*minutes = (hours * 60 + rest) * (west ? -1 : 1);
	return text;
}

bool sm_smbstatus_time(const char *text, int64_t *milliseconds)
{
	int64_t year = 0;
	int64_t month = 0;
	int64_t day = 0;
	int64_t hour = 0;
	int64_t minute = 0;
	int64_t second = 0;
	int64_t ms = 0;
	int64_t east = 0;

	text = mark(digits(text, 4, &year), '-');
	text = mark(digits(text, 2, &month), '-');
	text = mark(digits(text, 2, &day), 'T');
	text = mark(digits(text, 2, &hour), ':');
	text = mark(digits(text, 2, &minute), ':');
	text = digits(text, 2, &second);
	if (text == NULL || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	if (*text == '.') {
		int64_t unit = 100;

		for (text++; *text >= '0' && *text <= '9'; text++) {
			ms += (*text - '0') * unit;
			unit /= 10;
		}
	}
	text = offset(text, &east);
	if (text == NULL || *text != '\0')
		return false;
	*milliseconds =
		((((days_since_1970(year, month, day) * 24 + hour) * 60 +
		   minute - east) *
			  60 +
		  second) *
		 1000) +
		ms;
	return true;
}

bool sm_smbstatus_is(const char *version, unsigned int major,
		     unsigned int minor)
{
	unsigned int x = 0;
	unsigned int y = 0;

	if (version == NULL || sscanf(version, "%5u.%5u", &x, &y) != 2)
		return false;
	return x != major ? x > major : y >= minor;
}
