/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What stands in the frames.  Writers append to a frame that was begun.
 * Readers answer SMBMGMT_E_PROTOCOL with the offset for anything that is
 * short, long, out of range or not UTF-8; texts that they hand out point into
 * the payload (which they cut with NULs for it) and live as long as it does.
 */
#ifndef SM_WIRE_MESSAGE_H
#define SM_WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/listing.h"
#include "core/request.h"
#include "core/row.h"
#include "util/buf.h"
#include "util/fail.h"

int sm_msg_get_u32s(const uint8_t *payload, size_t len, uint32_t *values,
		    size_t count, struct sm_fail *fail);

/* One text, for SPAWN. */
void sm_msg_put_text(struct sm_out *out, const char *text);
int sm_msg_get_text(uint8_t *payload, size_t len, const char **text,
		    struct sm_fail *fail);

void sm_msg_put_fail(struct sm_out *out, const struct sm_fail *value);
int sm_msg_get_fail(uint8_t *payload, size_t len, struct sm_fail *value,
		    struct sm_fail *fail);

void sm_msg_put_target(struct sm_out *out, const struct sm_target *target);
int sm_msg_get_target(uint8_t *payload, size_t len, struct sm_target *target,
		      struct sm_fail *fail);

void sm_msg_put_query(struct sm_out *out, const struct sm_query *query);
int sm_msg_get_query(uint8_t *payload, size_t len, struct sm_query *query,
		     struct sm_fail *fail);

void sm_msg_put_listing(struct sm_out *out, const struct sm_listing *listing);
int sm_msg_get_listing(uint8_t *payload, size_t len, struct sm_listing *listing,
		       struct sm_fail *fail);

void sm_msg_put_close(struct sm_out *out, const struct sm_close *close);
int sm_msg_get_close(uint8_t *payload, size_t len, struct sm_close *close,
		     struct sm_fail *fail);

/*
 * A record at a time; a ROWS frame holds one or more.  Shares and files are
 * those of the row before them, be it in an earlier frame.
 */
enum sm_record_kind {
	SM_RECORD_ROW = 0,
	SM_RECORD_SHARE = 1,
	SM_RECORD_FILE = 2,
};

struct sm_record {
	enum sm_record_kind kind;
	struct sm_row row;
	const char *share;
	struct sm_file file;
};

void sm_msg_put_row(struct sm_out *out, const struct sm_row *row);
void sm_msg_put_share(struct sm_out *out, const char *share);
void sm_msg_put_file(struct sm_out *out, const struct sm_file *file);
/* Read the record at *@pos and step over it. */
int sm_msg_get_record(uint8_t *payload, size_t len, size_t *pos,
		      struct sm_record *record, struct sm_fail *fail);
/* The same, where only a row will do. */
int sm_msg_get_row(uint8_t *payload, size_t len, size_t *pos,
		   struct sm_row *row, struct sm_fail *fail);

#endif /* SM_WIRE_MESSAGE_H */
