/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/row.h"

#include <stddef.h>

const char **sm_row_text(struct sm_row *row, uint64_t field)
{
	switch (field) {
	case SMBMGMT_FIELD_CLIENT:
		return &row->client;
	case SMBMGMT_FIELD_USER:
		return &row->user;
	case SMBMGMT_FIELD_SCOPE:
		return &row->scope;
	case SMBMGMT_FIELD_NODE:
		return &row->node;
	case SMBMGMT_FIELD_DIALECT:
		return &row->dialect;
	case SMBMGMT_FIELD_TRANSPORT_NAME:
		return &row->transport_name;
	case SMBMGMT_FIELD_CLIENT_TYPE:
		return &row->client_type;
	case SMBMGMT_FIELD_GROUP:
		return &row->group;
	case SMBMGMT_FIELD_ADDRESS:
		return &row->address;
	case SMBMGMT_FIELD_CIPHER:
		return &row->cipher;
	case SMBMGMT_FIELD_SIGNING:
		return &row->signing;
	case SM_FIELD_PROCESS:
		return &row->process;
	case SM_FIELD_NODE_ADDRESS:
		return &row->node_address;
	default:
		return NULL;
	}
}
