/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/faults.h"

/* By enum sm_wsman_trouble; codes by enum sm_doing. */
static const struct {
	int32_t codes[3];
	const char *text;
} meanings[] = {
	[SM_WSMAN_OTHER] = {{SMBMGMT_E_SERVER, SMBMGMT_E_SERVER,
			     SMBMGMT_E_SERVER},
			    "The server fails."},
	[SM_WSMAN_ACCESS_DENIED] =
		{{SMBMGMT_E_ACCESS_DENIED, SMBMGMT_E_LIST_DENIED,
		  SMBMGMT_E_CLOSE_DENIED},
		 "The server denies this user that: see docs/wsman.md for the "
		 "rights that it takes."},
	[SM_WSMAN_NO_INSTANCE] = {{SMBMGMT_E_SERVER, SMBMGMT_E_SERVER,
				   SMBMGMT_E_GONE},
				  "The server has no such session."},
	[SM_WSMAN_NO_CLASS] = {{SMBMGMT_E_NO_SERVICE, SMBMGMT_E_NO_SERVICE,
				SMBMGMT_E_NO_SERVICE},
			       "The server has no class MSFT_SmbSession: it is "
			       "no Windows file server, or one older than "
			       "2012."},
	[SM_WSMAN_NO_SELECTOR] = {{SMBMGMT_E_SERVER, SMBMGMT_E_SERVER,
				   SMBMGMT_E_SERVER},
				  "The server does not take what names a "
				  "session for it."},
	[SM_WSMAN_SLOW] = {{SMBMGMT_E_TIMED_OUT, SMBMGMT_E_TIMED_OUT,
			    SMBMGMT_E_TIMED_OUT},
			   "The server says that the operation took too long; "
			   "try again, or allow more time."},
	[SM_WSMAN_QUOTA] = {{SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA, SMBMGMT_E_QUOTA},
			    "A quota of the server's is used up; wait, or have "
			    "it raised."},
	[SM_WSMAN_NO_CONTEXT] = {{SMBMGMT_E_SERVER, SMBMGMT_E_SERVER,
				  SMBMGMT_E_SERVER},
				 "The server has forgotten this listing before "
				 "its end; list again."},
	[SM_WSMAN_TOO_SMALL] = {{SMBMGMT_E_TOO_LARGE, SMBMGMT_E_TOO_LARGE,
				 SMBMGMT_E_TOO_LARGE},
				"The server's answer is larger than what we "
				"take."},
	[SM_WSMAN_NO_WQL] = {{SMBMGMT_E_NOT_SUPPORTED, SMBMGMT_E_NOT_SUPPORTED,
			      SMBMGMT_E_NOT_SUPPORTED},
			     "The server takes no query in WQL."},
	/* PROTOCOL: a look has to tell what came of a close. */
	[SM_WSMAN_UNTOLD] = {{SMBMGMT_E_SERVER, SMBMGMT_E_SERVER,
			      SMBMGMT_E_PROTOCOL},
			     "The server did it, and cannot say what came of "
			     "it."},
	[SM_WSMAN_NO_OPTION] = {{SMBMGMT_E_NOT_SUPPORTED,
				 SMBMGMT_E_NOT_SUPPORTED,
				 SMBMGMT_E_NOT_SUPPORTED},
				"The server knows no SMB instances "
				"(SmbInstance)."},
};

int sm_fault_fail(const struct sm_wsman_fault *fault, enum sm_doing doing,
		  struct sm_fail *fail)
{
	size_t i = (size_t)fault->trouble;
	const char *said =
		fault->text[0] != '\0' ? fault->text : fault->subcode;
	int32_t kind = SMBMGMT_NATIVE_NONE;
	uint32_t native = 0;

	if (i >= sizeof(meanings) / sizeof(meanings[0]))
		i = SM_WSMAN_OTHER;
	if (fault->has_code) {
		kind = SMBMGMT_NATIVE_WSMAN;
		native = fault->code;
	} else if (fault->has_cim) {
		kind = SMBMGMT_NATIVE_CIM;
		native = fault->cim;
	}
	if (said[0] == '\0')
		return sm_fail_native(fail, meanings[i].codes[doing], kind,
				      native, "%s It does not say more.",
				      meanings[i].text);
	return sm_fail_native(fail, meanings[i].codes[doing], kind, native,
			      "%s It says: %s", meanings[i].text, said);
}

int sm_fault_returned(uint32_t value, struct sm_fail *fail)
{
	/* MS-ERREF 2.2: ERROR_ACCESS_DENIED */
	if (value == 5)
		return sm_fail_native(fail, SMBMGMT_E_CLOSE_DENIED,
				      SMBMGMT_NATIVE_WERROR, value,
				      "The server denied the close (ForceClose "
				      "returned %u).",
				      value);
	return sm_fail_native(fail, SMBMGMT_E_SERVER, SMBMGMT_NATIVE_WERROR,
			      value,
			      "The server failed to close the session: "
			      "ForceClose returned %u.",
			      value);
}
