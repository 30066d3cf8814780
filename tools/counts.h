/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How many entries there are; none where a call did not come to a result. */
#ifndef TOOLS_COUNTS_H
#define TOOLS_COUNTS_H

#include <smbmgmt/smbmgmt.h>
#include <stddef.h>

static inline uint32_t outcome_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : smbmgmt_report_count(report);
}

static inline uint32_t report_error_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : smbmgmt_report_error_count(report);
}

static inline uint32_t left_out_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : smbmgmt_report_left_out_count(report);
}

static inline uint32_t server_count(const smbmgmt_report *report)
{
	return report == NULL ? 0 : smbmgmt_report_server_count(report);
}

static inline uint32_t list_error_count(const smbmgmt_session_list *list)
{
	return list == NULL ? 0 : smbmgmt_session_list_error_count(list);
}

static inline uint32_t handle_error_count(const smbmgmt_handle_list *list)
{
	return list == NULL ? 0 : smbmgmt_handle_list_error_count(list);
}

#endif /* TOOLS_COUNTS_H */
