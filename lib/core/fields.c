/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/fields.h"

#include <smbmgmt/session.h>

const char *sm_field_transports(uint64_t field)
{
	switch (field) {
	case SMBMGMT_FIELD_ID:
	case SMBMGMT_FIELD_CLIENT:
	case SMBMGMT_FIELD_USER:
	case SMBMGMT_FIELD_NUM_OPENS:
		return "memory, samba, wsman, srvsvc (where the server answers "
		       "level 1 or above and the user may ask for it)";
	case SMBMGMT_FIELD_GUEST:
		return "memory, samba, srvsvc (where the server answers level "
		       "1 or above and the user may ask for it)";
	case SMBMGMT_FIELD_SECONDS_EXISTS:
		return "memory, wsman, samba (4.20 or later), srvsvc (where "
		       "the server answers level 1 or above and the user may "
		       "ask for it)";
	case SMBMGMT_FIELD_SECONDS_IDLE:
	case SMBMGMT_FIELD_TRANSPORT_NAME:
		return "memory, wsman, srvsvc (where the server answers level "
		       "2 or 502, as Windows does)";
	case SMBMGMT_FIELD_SCOPE:
	case SMBMGMT_FIELD_INSTANCE:
		return "memory, wsman";
	case SMBMGMT_FIELD_CLIENT_TYPE:
		return "memory, srvsvc (where the server answers level 2 or "
		       "502, as Windows does)";
	case SMBMGMT_FIELD_NODE:
		return "memory, wsman, samba (in a cluster)";
	case SMBMGMT_FIELD_DIALECT:
		return "memory, samba, wsman";
	case SMBMGMT_FIELD_ENCRYPTED:
		return "memory, samba";
	default:
		return "memory";
	}
}
