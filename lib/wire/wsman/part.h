/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The parts of an answer.  Within lib/wire/wsman only. */
#ifndef SM_WIRE_WSMAN_PART_H
#define SM_WIRE_WSMAN_PART_H

#include "wire/wsman/wsman.h"
#include "wire/wsman/xml.h"

/* Is the reader at a MSFT_SmbSession, in either form of its namespace? */
bool sm_wsman_at_session(struct sm_xml *xml);
/* Read it and hand it out. */
int sm_wsman_read_session(struct sm_xml *xml, sm_wsman_session_fn *session,
			  void *userdata);

/* Read the s:Fault that the reader is at, in an answer to @expect. */
int sm_wsman_read_fault(struct sm_xml *xml, enum sm_wsman_kind expect,
			struct sm_wsman_fault *fault);

/* What a fault is told by. */
struct sm_wsman_signs {
	const char *subcode; /* local names; "": none */
	const char *detail;  /* the end of w:FaultDetail */
	bool has_code;
	uint32_t code;
	bool has_cim;
	uint32_t cim;
	bool cims_differ; /* several statuses, not all the same */
};

enum sm_wsman_trouble sm_wsman_judge(const struct sm_wsman_signs *signs,
				     enum sm_wsman_kind expect);
/* Of several codes the one of the highest rank tells most. */
int sm_wsman_code_rank(uint32_t code);

/* @text in one line of at most SM_WSMAN_TEXT bytes. */
void sm_wsman_one_line(const char *text, char *line, size_t size);

#endif /* SM_WIRE_WSMAN_PART_H */
