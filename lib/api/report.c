/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "api/api.h"

smbmgmt_report *smbmgmt_report_ref(smbmgmt_report *report)
{
	if (report != NULL)
		sm_ref_get(&report->ref);
	return report;
}

void smbmgmt_report_unref(smbmgmt_report *report)
{
	sm_report_unref(report);
}

int32_t smbmgmt_report_code(const smbmgmt_report *report)
{
	return report == NULL ? SMBMGMT_E_INVALID : report->code;
}

uint32_t smbmgmt_report_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : (uint32_t)report->count;
}

static const struct sm_outcome *outcome_at(const smbmgmt_report *report,
					   uint32_t index)
{
	if (report == NULL || index >= report->count)
		return NULL;
	return &report->outcomes[index];
}

int32_t smbmgmt_report_outcome(const smbmgmt_report *report, uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? SMBMGMT_E_INVALID : o->outcome;
}

int32_t smbmgmt_report_outcome_code(const smbmgmt_report *report,
				    uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? SMBMGMT_E_INVALID : o->code;
}

smbmgmt_session *smbmgmt_report_session(const smbmgmt_report *report,
					uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? NULL : o->session;
}

smbmgmt_session *smbmgmt_report_new_session(const smbmgmt_report *report,
					    uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? NULL : o->new_session;
}

smbmgmt_handle *smbmgmt_report_handle(const smbmgmt_report *report,
				      uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? NULL : o->handle;
}

const char *smbmgmt_report_message(const smbmgmt_report *report, uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? "" : o->message;
}

smbmgmt_error *smbmgmt_report_cause(const smbmgmt_report *report,
				    uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o == NULL ? NULL : o->cause;
}

int32_t smbmgmt_report_was_sent(const smbmgmt_report *report, uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	return o != NULL && o->sent;
}

uint32_t smbmgmt_report_collateral_count(const smbmgmt_report *report,
					 uint32_t index)
{
	const struct sm_outcome *o = outcome_at(report, index);

	if (o == NULL || o->layout == NULL)
		return 0;
	return (uint32_t)sm_layout_collateral_count(o->layout, o->unit);
}

/* The layout that one collateral session is in; NULL for a bad index. */
static const struct sm_layout *collateral_at(const smbmgmt_report *report,
					     uint32_t index,
					     uint32_t collateral, size_t *row,
					     int32_t *grade)
{
	const struct sm_outcome *o = outcome_at(report, index);

	if (o == NULL ||
	    collateral >= smbmgmt_report_collateral_count(report, index))
		return NULL;
	*row = sm_layout_collateral(o->layout, o->unit, collateral, grade);
	return o->layout;
}

smbmgmt_session *smbmgmt_report_collateral(const smbmgmt_report *report,
					   uint32_t index, uint32_t collateral)
{
	size_t row = 0;
	int32_t grade = 0;
	const struct sm_layout *layout =
		collateral_at(report, index, collateral, &row, &grade);

	return layout == NULL ? NULL : &layout->table->sessions[row];
}

int32_t smbmgmt_report_collateral_grade(const smbmgmt_report *report,
					uint32_t index, uint32_t collateral)
{
	size_t row = 0;
	int32_t grade = 0;

	if (collateral_at(report, index, collateral, &row, &grade) == NULL)
		return SMBMGMT_E_INVALID;
	return grade;
}

int32_t smbmgmt_report_collateral_ended(const smbmgmt_report *report,
					uint32_t index, uint32_t collateral)
{
	size_t row = 0;
	int32_t grade = 0;
	const struct sm_layout *layout =
		collateral_at(report, index, collateral, &row, &grade);

	return layout == NULL ? -1 : layout->ended[row];
}

uint32_t smbmgmt_report_error_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : (uint32_t)report->errors.count;
}

smbmgmt_error *smbmgmt_report_error(const smbmgmt_report *report,
				    uint32_t index)
{
	return report == NULL ? NULL : sm_errors_at(&report->errors, index);
}

uint32_t smbmgmt_report_left_out_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : (uint32_t)report->left_out_count;
}

smbmgmt_session *smbmgmt_report_left_out(const smbmgmt_report *report,
					 uint32_t index)
{
	if (report == NULL || index >= report->left_out_count)
		return NULL;
	return report->left_out[index];
}

uint32_t smbmgmt_report_listings(const smbmgmt_report *report)
{
	return report == NULL ? 0 : (uint32_t)report->listings;
}

static const struct sm_evicted *server_at(const smbmgmt_report *report,
					  uint32_t index)
{
	if (report == NULL || index >= report->server_count)
		return NULL;
	return &report->servers[index];
}

static uint32_t count_of(uint64_t count)
{
	return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

uint32_t smbmgmt_report_server_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : (uint32_t)report->server_count;
}

const char *smbmgmt_report_server(const smbmgmt_report *report, uint32_t index)
{
	const struct sm_evicted *server = server_at(report, index);

	return server == NULL ? NULL : server->server;
}

uint32_t smbmgmt_report_server_closed(const smbmgmt_report *report,
				      uint32_t index)
{
	const struct sm_evicted *server = server_at(report, index);

	return server == NULL ? 0 : count_of(server->closed);
}

uint32_t smbmgmt_report_server_came_back(const smbmgmt_report *report,
					 uint32_t index)
{
	const struct sm_evicted *server = server_at(report, index);

	return server == NULL ? 0 : count_of(server->came_back);
}

uint32_t smbmgmt_report_server_still_there(const smbmgmt_report *report,
					   uint32_t index)
{
	const struct sm_evicted *server = server_at(report, index);

	return server == NULL ? 0 : count_of(server->still_there);
}

uint32_t smbmgmt_report_server_rounds(const smbmgmt_report *report,
				      uint32_t index)
{
	const struct sm_evicted *server = server_at(report, index);

	return server == NULL ? 0 : server->rounds;
}

smbmgmt_error *smbmgmt_report_server_error(const smbmgmt_report *report,
					   uint32_t index)
{
	const struct sm_evicted *server = server_at(report, index);

	return server == NULL ? NULL : server->error;
}
