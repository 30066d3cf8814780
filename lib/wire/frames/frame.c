/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/frames/frame.h"

void sm_frame_put(struct sm_out *out, const struct sm_frame *frame)
{
	sm_out_u32(out, frame->length);
	sm_out_u16(out, frame->type);
	sm_out_u16(out, frame->flags);
	sm_out_u32(out, frame->request);
}

int sm_frame_get(const uint8_t header[SM_FRAME_HEADER], struct sm_frame *frame,
		 struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(header, SM_FRAME_HEADER);

	frame->length = sm_in_u32(&in);
	frame->type = sm_in_u16(&in);
	frame->flags = sm_in_u16(&in);
	frame->request = sm_in_u32(&in);
	if (frame->length > SM_FRAME_PAYLOAD)
		return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, 0,
				  "A helper's frame says it has %u bytes; at "
				  "most %u are allowed.",
				  frame->length, SM_FRAME_PAYLOAD);
	if (frame->flags != 0)
		return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, 6,
				  "A helper's frame has the unknown flags "
				  "0x%04x.",
				  frame->flags);
	return 0;
}

size_t sm_frame_begin(struct sm_out *out, enum sm_frame_type type,
		      uint32_t request)
{
	struct sm_frame frame = {.type = (uint16_t)type, .request = request};
	size_t begin = out->len;

	sm_frame_put(out, &frame);
	return begin;
}

bool sm_frame_end(struct sm_out *out, size_t begin)
{
	size_t length = 0;

	if (out->failed)
		return false;
	length = out->len - begin - SM_FRAME_HEADER;
	if (length > SM_FRAME_PAYLOAD)
		return false;
	for (size_t i = 0; i < 4; i++)
		out->data[begin + i] = (uint8_t)(length >> (8 * i));
	return true;
}
