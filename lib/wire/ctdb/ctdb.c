/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/ctdb/ctdb.h"

#include <arpa/inet.h>
#include <string.h>

/* A part of the output: a line, or a cell of a table. */
struct piece {
	const char *at;
	size_t len;
};

static int nonsense(struct sm_fail *fail, const char *command)
{
	return sm_fail(fail, SMBMGMT_E_PROTOCOL,
		       "What 'ctdb %s' printed cannot be read; is it another "
		       "version's?",
		       command);
}

static bool is(const struct piece *piece, const char *text)
{
	return piece->len == strlen(text) &&
	       memcmp(piece->at, text, piece->len) == 0;
}

/* Is that how it begins?  Then without it. */
static bool take(struct piece *piece, const char *text)
{
	size_t len = strlen(text);

	if (piece->len < len || memcmp(piece->at, text, len) != 0)
		return false;
	piece->at += len;
	piece->len -= len;
	return true;
}

static bool copy(const struct piece *piece, char *to, size_t size)
{
	if (piece->len == 0 || piece->len >= size ||
	    memchr(piece->at, '\0', piece->len) != NULL)
		return false;
	memcpy(to, piece->at, piece->len);
	to[piece->len] = '\0';
	return true;
}

static bool number(const struct piece *piece, uint32_t *value)
{
	uint64_t n = 0;

	if (piece->len == 0 || piece->len > 10)
		return false;
	for (size_t i = 0; i < piece->len; i++) {
		if (piece->at[i] < '0' || piece->at[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(piece->at[i] - '0');
	}
	*value = (uint32_t)n;
	return n < SM_CTDB_NO_NODE;
}

/* The next line of @rest that is not empty. */
static bool next_line(struct piece *rest, struct piece *line)
{
	while (rest->len > 0) {
		const char *end = memchr(rest->at, '\n', rest->len);

		line->at = rest->at;
		line->len = end == NULL ? rest->len : (size_t)(end - rest->at);
		rest->at += line->len + (end != NULL);
		rest->len -= line->len + (end != NULL);
		if (line->len > 0)
			return true;
	}
	return false;
}

/* A row of a table ends in a bar, and begins with one or not. */
static bool strip(struct piece *row)
{
	take(row, "|");
	if (row->len == 0 || row->at[row->len - 1] != '|')
		return false;
	row->len--;
	return true;
}

/* Cell @index of a stripped row. */
static bool cell(const struct piece *row, size_t index, struct piece *found)
{
	struct piece rest = *row;

	for (;;) {
		const char *bar = memchr(rest.at, '|', rest.len);
		size_t len = bar == NULL ? rest.len : (size_t)(bar - rest.at);

		found->at = rest.at;
		found->len = len;
		if (index-- == 0)
			return true;
		if (bar == NULL)
			return false;
		rest.at += len + 1;
		rest.len -= len + 1;
	}
}

static size_t cell_count(const struct piece *row)
{
	size_t count = 1;

	for (size_t i = 0; i < row->len; i++)
		count += row->at[i] == '|';
	return count;
}

/* The cell of @row below @name in @header. */
static bool below(const struct piece *header, const struct piece *row,
		  const char *name, struct piece *found)
{
	struct piece title;

	for (size_t i = 0; cell(header, i, &title); i++) {
		if (is(&title, name))
			return cell(row, i, found);
	}
	return false;
}

/* A table's header, or a row that fits it. */
static bool next_row(struct piece *rest, const struct piece *header,
		     struct piece *row)
{
	return next_line(rest, row) && strip(row) &&
	       (header == NULL || cell_count(row) == cell_count(header));
}

static bool read_address(const struct piece *found, char address[48])
{
	struct in6_addr in6;
	struct in_addr in;

	return copy(found, address, 48) &&
	       (inet_pton(AF_INET, address, &in) == 1 ||
		inet_pton(AF_INET6, address, &in6) == 1);
}

static bool read_flags(const struct piece *header, const struct piece *row,
		       uint32_t *flags)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} names[] = {
		{"Disconnected", SM_CTDB_DISCONNECTED},
		{"Unknown", SM_CTDB_UNKNOWN},
		{"Banned", SM_CTDB_BANNED},
		{"Stopped", SM_CTDB_STOPPED},
		{"Inactive", SM_CTDB_INACTIVE},
	};
	struct piece found;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!below(header, row, names[i].name, &found))
			return false;
		if (is(&found, "1"))
			*flags |= names[i].flag;
		else if (!is(&found, "0"))
			return false;
	}
	return true;
}

static bool read_node(const struct piece *header, const struct piece *row,
		      struct sm_ctdb_view *view)
{
	struct sm_ctdb_node node = {.flags = 0};
	struct piece found;

	if (!below(header, row, "Node", &found) ||
	    !number(&found, &node.number) ||
	    sm_ctdb_node(view, node.number) != NULL ||
	    !below(header, row, "IP", &found) ||
	    !read_address(&found, node.address) ||
	    !read_flags(header, row, &node.flags) ||
	    !below(header, row, "ThisNode", &found))
		return false;
	if (is(&found, "Y"))
		view->self = node.number;
	view->nodes[view->count++] = node;
	return true;
}

int sm_ctdb_read_nodes(const char *text, size_t len, struct sm_ctdb_view *view,
		       struct sm_fail *fail)
{
	struct piece rest = {text, len};
	struct piece header;
	struct piece row;

	view->self = SM_CTDB_NO_NODE;
	if (!next_row(&rest, NULL, &header))
		return nonsense(fail, "nodestatus");
	while (rest.len > 0) {
		if (view->count == SM_CTDB_NODES)
			return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
				       "The cluster has over %d nodes; that is "
				       "beyond the library's bound.",
				       SM_CTDB_NODES);
		if (!next_row(&rest, &header, &row) ||
		    !read_node(&header, &row, view))
			return nonsense(fail, "nodestatus");
	}
	if (view->self == SM_CTDB_NO_NODE)
		return nonsense(fail, "nodestatus");
	return 0;
}

int sm_ctdb_read_statistics(const char *text, size_t len,
			    struct sm_ctdb_view *view, struct sm_fail *fail)
{
	struct piece rest = {text, len};
	struct piece header;
	struct piece row;
	struct piece recovering;
	struct piece frozen;

	if (!next_row(&rest, NULL, &header) ||
	    !next_row(&rest, &header, &row) ||
	    !below(&header, &row, "recovering", &recovering) ||
	    !below(&header, &row, "frozen", &frozen))
		return nonsense(fail, "statistics");
	view->busy = !is(&recovering, "0") || !is(&frozen, "0");
	return 0;
}

/* Behind the colon, without blanks and the age in brackets. */
static bool take_value(const struct piece *line, char *to, size_t size)
{
	const char *colon = memchr(line->at, ':', line->len);
	struct piece value;

	if (colon == NULL)
		return false;
	value.at = colon + 1;
	value.len = line->len - (size_t)(colon + 1 - line->at);
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == ')') {
			value.at += i + 1;
			value.len -= i + 1;
			break;
		}
	}
	while (take(&value, " "))
		;
	return copy(&value, to, size);
}

int sm_ctdb_read_uptime(const char *text, size_t len, struct sm_ctdb_view *view,
			struct sm_fail *fail)
{
	struct piece rest = {text, len};
	struct piece line;
	bool ended = false;
	bool took = false;

	while (next_line(&rest, &line)) {
		struct piece what = line;

		if (take(&what, "Time of last recovery"))
			ended = take_value(&line, view->ended,
					   sizeof(view->ended));
		else if (take(&what, "Duration of last recovery"))
			took = take_value(&line, view->took,
					  sizeof(view->took));
	}
	return ended && took ? 0 : nonsense(fail, "uptime");
}

/* "hash:1 lmaster:2" */
static bool read_master(const struct piece *line, struct sm_ctdb_view *view)
{
	const char *colon = memchr(line->at, ':', line->len);
	struct piece value;

	if (colon == NULL || view->master_count == SM_CTDB_NODES)
		return false;
	value.at = colon + 1;
	value.len = line->len - (size_t)(colon + 1 - line->at);
	return number(&value, &view->masters[view->master_count++]);
}

int sm_ctdb_read_status(const char *text, size_t len, struct sm_ctdb_view *view,
			struct sm_fail *fail)
{
	struct piece rest = {text, len};
	struct piece line;
	bool mode = false;
	bool good = true;

	while (good && next_line(&rest, &line)) {
		if (take(&line, "Generation:")) {
			good = copy(&line, view->generation,
				    sizeof(view->generation));
		} else if (take(&line, "hash:")) {
			good = read_master(&line, view);
		} else if (take(&line, "Recovery mode:")) {
			mode = true;
			view->normal = is(&line, "NORMAL (0)");
		}
	}
	if (!good || !mode || view->generation[0] == '\0' ||
	    view->master_count == 0)
		return nonsense(fail, "status");
	return 0;
}
