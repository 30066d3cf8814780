/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Tables, filters and verdicts as short texts, so that a case is a line.
 *
 * Rows are separated by `;`.  A row is `CLIENT USER KEY=VALUE...`: `-` is a
 * text that is not known, `''` one that is empty.  Keys: id (native), did
 * (derived), age, idle, opens, uniq, inst, guest, enc, scope, node, dialect,
 * proc, own (yes or possible).
 *
 * A server is `KEY=VALUE...` and words: unit=user|process|session (default),
 * knows=a,b (default: all fields), me=USER@ADDRESS@AGE[@CONNECTING],
 * name=HANDLE, peer=ADDRESS, at=MS (when it ended), began=MS (default: then),
 * possible, domains, instances, incomplete.
 *
 * A filter is `all` or KEY=VALUES: ids, client, user, scope, node, dialect
 * (values apart by `,`), inst, idle, age, opens, guest, unenc.  "" is empty.
 *
 * Rules are words: own, possible, all.
 */
#ifndef TESTS_CORE_FIXTURE_H
#define TESTS_CORE_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "core/filter.h"
#include "core/layout.h"
#include "core/plan.h"
#include "core/report.h"
#include "core/table.h"

#define FIXTURE_TEXT 1000

/* A sealed table; the code of sealing it goes to *@code (NULL: must be 0). */
struct sm_table *fixture_table(const char *server, const char *rows, int *code);
smbmgmt_filter *fixture_filter(const char *text);
struct sm_rules fixture_rules(const char *text);

/* A plan of one server; @filter may name session objects itself. */
smbmgmt_plan *fixture_plan(struct sm_table *table, const smbmgmt_filter *filter,
			   const char *rules);
/* All of it from texts. */
smbmgmt_plan *fixture_plan_text(const char *server, const char *rows,
				const char *filter, const char *rules);

/*
 * A plan as text, an item each: `ROW:VERDICT` with the collateral in brackets
 * (`2c` certain, `3p` possible), where VERDICT is close, yes, no, own,
 * collateral or unsafe; `SERVER/` in front where there are several servers;
 * gone, unsafe or incomplete for an object that is no row; none:VALUE for what
 * was not found; left:ROW; err:CODE.
 */
const char *fixture_plan_say(const smbmgmt_plan *plan);

/* A report as text: `OUTCOME[:CODE]` an entry. */
const char *fixture_report_say(const smbmgmt_report *report);

/* "E_NOT_FOUND" without its prefix: NOT_FOUND. */
const char *fixture_code(int32_t code);

/* Append to a text of FIXTURE_TEXT bytes, a blank between two pieces. */
void fixture_add(char *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* TESTS_CORE_FIXTURE_H */
