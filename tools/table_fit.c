/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "table_fit.h"

static size_t total(const struct fit *fit, size_t columns)
{
	size_t sum = 0;
	size_t i;

	for (i = 0; i < columns; i++) {
		sum += fit[i].width + (i == 0 ? 0 : TABLE_GAP);
	}
	return sum;
}

static size_t total_least(const struct fit *fit, size_t columns)
{
	size_t sum = 0;
	size_t i;

	for (i = 0; i < columns; i++) {
		sum += fit[i].least + (i == 0 ? 0 : TABLE_GAP);
	}
	return sum;
}

/* The widest one that may become narrower, or NULL if none may. */
static struct fit *find_widest(struct fit *fit, size_t columns, bool values)
{
	struct fit *widest = NULL;
	size_t i;

	for (i = 0; i < columns; i++) {
		size_t bound = values ? fit[i].least : fit[i].whole;

		if (fit[i].width > bound &&
		    (widest == NULL || fit[i].width >= widest->width)) {
			widest = &fit[i];
		}
	}
	return widest;
}

static void narrow(struct fit *fit, size_t columns, size_t limit, bool values)
{
	struct fit *widest = NULL;

	while (total(fit, columns) > limit &&
	       (widest = find_widest(fit, columns, values)) != NULL) {
		widest->width--;
	}
}

size_t table_fit(struct fit *fit, size_t columns, size_t limit)
{
	while (columns > 1 && total_least(fit, columns) > limit) {
		columns--;
	}
	narrow(fit, columns, limit, false);
	narrow(fit, columns, limit, true);
	/* A first column that is too wide by itself. */
	if (total(fit, columns) > limit) {
		fit[0].width = limit;
	}
	return columns;
}
