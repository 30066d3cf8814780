/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a fault is about.  It is told three times, and servers tell it in one
 * way or in all: the CIM status (DSP0223), a number of Microsoft's, and the
 * subcode (DSP0226 14.6).  The first of them that says something counts.
 *
 * That a session is gone is believed of one thing only: an answer to Invoke,
 * which names an instance, with CIM status 6, object not found, and nothing
 * beside it that says otherwise.  A namespace (3) and a class (5) have
 * statuses of their own; ERROR_WSMAN_RESOURCE_NOT_FOUND and
 * DestinationUnreachable speak of "the resource", which is the class as well,
 * and WBEM_E_NOT_FOUND is what WMI says of either: they alone never make a
 * session gone.  The answer to an Enumerate cannot be about an instance.
 */
#include <string.h>

#include "wire/wsman/part.h"

#define CIM_NOT_FOUND 6
#define RESOURCE_NOT_FOUND 0x80338000u

static const struct by_number {
	uint32_t number;
	enum sm_wsman_trouble trouble;
} statuses[] = {
	{2, SM_WSMAN_ACCESS_DENIED}, /* CIM_ERR_ACCESS_DENIED */
	{3, SM_WSMAN_NO_CLASS},	     /* INVALID_NAMESPACE */
	{5, SM_WSMAN_NO_CLASS},	     /* INVALID_CLASS */
	{14, SM_WSMAN_NO_WQL},	     /* QUERY_LANGUAGE_NOT_SUPPORTED */
	{15, SM_WSMAN_NO_WQL},	     /* INVALID_QUERY */
	{21, SM_WSMAN_NO_CONTEXT},   /* INVALID_ENUMERATION_CONTEXT */
	{25, SM_WSMAN_NO_WQL},	     /* FILTERED_ENUMERATION_NOT_SUPPORTED */
	{27, SM_WSMAN_QUOTA},	     /* SERVER_LIMITS_EXCEEDED */
	{29, SM_WSMAN_NO_WQL},	     /* QUERY_FEATURE_NOT_SUPPORTED */
};

/*
 * Of winerror.h, wbemcli.h and wsmerror.h.  OTHER is for numbers that narrow
 * their subcode: an EncodingLimit that a larger envelope does not cure.
 */
static const struct by_number codes[] = {
	{5, SM_WSMAN_ACCESS_DENIED},	      /* ERROR_ACCESS_DENIED */
	{0x80070005, SM_WSMAN_ACCESS_DENIED}, /* E_ACCESSDENIED */
	{0x80041003, SM_WSMAN_ACCESS_DENIED}, /* WBEM_E_ACCESS_DENIED */
	{0x8004100e, SM_WSMAN_NO_CLASS},      /* WBEM_E_INVALID_NAMESPACE */
	{0x80041010, SM_WSMAN_NO_CLASS},      /* WBEM_E_INVALID_CLASS */
	{0x80041017, SM_WSMAN_NO_WQL},	      /* WBEM_E_INVALID_QUERY */
	{0x80041018, SM_WSMAN_NO_WQL},	      /* WBEM_E_INVALID_QUERY_TYPE */
	/* ERROR_WSMAN_ */
	{RESOURCE_NOT_FOUND, SM_WSMAN_NO_CLASS},
	{0x80338002, SM_WSMAN_NO_CLASS},   /* INVALID_URI */
	{0x80338007, SM_WSMAN_NO_CONTEXT}, /* ENUMERATION_CLOSED */
	{0x80338018, SM_WSMAN_NO_WQL}, /* ENUMERATE_FILTERING_NOT_SUPPORTED */
	{0x80338019, SM_WSMAN_NO_WQL}, /* ..FILTER_DIALECT_..UNAVAILABLE */
	{0x8033801a, SM_WSMAN_NO_WQL}, /* ENUMERATE_CANNOT_PROCESS_FILTER */
	{0x8033801b, SM_WSMAN_NO_CONTEXT}, /* ..INVALID_ENUMERATION_CONTEXT */
	{0x8033801c, SM_WSMAN_SLOW},	   /* ENUMERATE_TIMED_OUT */
	{0x80338026, SM_WSMAN_TOO_SMALL},  /* ENVELOPE_TOO_LARGE */
	{0x80338029, SM_WSMAN_SLOW},	   /* OPERATION_TIMEDOUT */
	{0x8033802d, SM_WSMAN_OTHER},	   /* URI_LIMIT */
	{0x80338036, SM_WSMAN_ACCESS_DENIED}, /* FAILED_AUTHENTICATION */
	{0x80338039, SM_WSMAN_NO_OPTION},     /* INVALID_OPTIONS */
	{0x8033803b, SM_WSMAN_NO_CLASS},      /* INVALID_RESOURCE_URI */
	{0x8033803d, SM_WSMAN_NO_SELECTOR},   /* INVALID_SELECTORS */
	{0x8033803f, SM_WSMAN_QUOTA},	      /* QUOTA_LIMIT */
	{0x80338047, SM_WSMAN_QUOTA},	      /* MAX_ENVELOPE_SIZE: too large */
	{0x80338048, SM_WSMAN_TOO_SMALL},     /* MAX_ENVELOPE_SIZE_EXCEEDED */
	{0x80338049, SM_WSMAN_QUOTA},	      /* SERVER_ENVELOPE_LIMIT */
	{0x8033804a, SM_WSMAN_OTHER},	      /* SELECTOR_LIMIT */
	{0x8033804b, SM_WSMAN_OTHER},	      /* OPTION_LIMIT */
	{0x8033804c, SM_WSMAN_OTHER},	      /* CHARACTER_SET */
	{0x8033804d, SM_WSMAN_UNTOLD},	      /* UNREPORTABLE_SUCCESS */
	{0x8033804e, SM_WSMAN_OTHER},	      /* WHITESPACE */
	{0x8033804f, SM_WSMAN_NO_WQL},	   /* FILTERING_REQUIRED: the dialect */
	{0x80338051, SM_WSMAN_NO_OPTION},  /* OPTIONS_NOT_SUPPORTED */
	{0x80338052, SM_WSMAN_NO_OPTION},  /* OPTIONS_INVALID_NAME */
	{0x80338053, SM_WSMAN_NO_OPTION},  /* OPTIONS_INVALID_VALUE */
	{0x80338079, SM_WSMAN_NO_CLASS},   /* CONNECTOR_GET: no component */
	{0x8033807e, SM_WSMAN_TOO_SMALL},  /* MIN_ENVELOPE_SIZE */
	{0x80338084, SM_WSMAN_NO_CONTEXT}, /* ENUMERATION_INVALID */
	{0x803380a6, SM_WSMAN_NO_OPTION},  /* UNSUPPORTED_FEATURE_OPTIONS */
	{0x803381a5, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_SHELLS */
	{0x803381a6, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_OPERATIONS */
	{0x803381a7, SM_WSMAN_QUOTA},	   /* QUOTA_USER */
	{0x803381a8, SM_WSMAN_QUOTA},	   /* QUOTA_SYSTEM */
	{0x803381ab, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_SHELLUSERS */
	{0x803381e4, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_SHELLS_PPQ */
	{0x803381e5, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_USERS_PPQ */
	{0x803381e6, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_PLUGINSHELLS_PPQ */
	{0x803381e7, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_PLUGINOPERATIONS_PPQ */
	{0x803381e8, SM_WSMAN_QUOTA},	   /* QUOTA_MAX_OPERATIONS_USER_PPQ */
	{0x803381e9, SM_WSMAN_QUOTA}, /* QUOTA_MAX_COMMANDS_PER_SHELL_PPQ */
	{0x803381ea, SM_WSMAN_QUOTA}, /* QUOTA_MIN_REQUIREMENT_.._PPQ */
};

/* Subcodes; with a detail only where it stands beside them. */
static const struct by_name {
	const char *subcode;
	const char *detail; /* NULL: any, or none */
	enum sm_wsman_trouble trouble;
} names[] = {
	{"AccessDenied", NULL, SM_WSMAN_ACCESS_DENIED},
	{"FailedAuthentication", NULL, SM_WSMAN_ACCESS_DENIED},
	{"DestinationUnreachable", NULL, SM_WSMAN_NO_CLASS},
	{"InvalidResourceURI", NULL, SM_WSMAN_NO_CLASS},
	{"InvalidSelectors", NULL, SM_WSMAN_NO_SELECTOR},
	{"TimedOut", NULL, SM_WSMAN_SLOW},
	{"QuotaLimit", NULL, SM_WSMAN_QUOTA},
	{"InvalidEnumerationContext", NULL, SM_WSMAN_NO_CONTEXT},
	{"EncodingLimit", "ServiceEnvelopeLimit", SM_WSMAN_QUOTA},
	{"EncodingLimit", "URILimitExceeded", SM_WSMAN_OTHER},
	{"EncodingLimit", "SelectorLimit", SM_WSMAN_OTHER},
	{"EncodingLimit", "OptionLimit", SM_WSMAN_OTHER},
	{"EncodingLimit", "CharacterSet", SM_WSMAN_OTHER},
	{"EncodingLimit", "EncodingType", SM_WSMAN_OTHER},
	{"EncodingLimit", "UnreportableSuccess", SM_WSMAN_UNTOLD},
	{"EncodingLimit", "Whitespace", SM_WSMAN_OTHER},
	{"EncodingLimit", NULL, SM_WSMAN_TOO_SMALL},
	{"FilteringNotSupported", NULL, SM_WSMAN_NO_WQL},
	{"FilterDialectRequestedUnavailable", NULL, SM_WSMAN_NO_WQL},
	{"CannotProcessFilter", NULL, SM_WSMAN_NO_WQL},
	{"InvalidOptions", NULL, SM_WSMAN_NO_OPTION},
	{"UnsupportedFeature", "OptionSet", SM_WSMAN_NO_OPTION},
};

static const struct by_number *find(const struct by_number *table, size_t count,
				    uint32_t number)
{
	for (size_t i = 0; i < count; i++) {
		if (table[i].number == number)
			return &table[i];
	}
	return NULL;
}

static const struct by_number *code_of(uint32_t code)
{
	return find(codes, sizeof(codes) / sizeof(codes[0]), code);
}

static enum sm_wsman_trouble by_subcode(const struct sm_wsman_signs *signs)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].subcode, signs->subcode) == 0 &&
		    (names[i].detail == NULL ||
		     strcmp(names[i].detail, signs->detail) == 0))
			return names[i].trouble;
	}
	return SM_WSMAN_OTHER;
}

int sm_wsman_code_rank(uint32_t code)
{
	if (code == RESOURCE_NOT_FOUND)
		return 1;
	return code_of(code) != NULL ? 2 : 0;
}

/* Without the CIM status. */
static enum sm_wsman_trouble by_others(const struct sm_wsman_signs *signs)
{
	const struct by_number *code =
		signs->has_code ? code_of(signs->code) : NULL;

	return code != NULL ? code->trouble : by_subcode(signs);
}

/* Does nothing else say that it is something else? */
static bool is_undisputed(const struct sm_wsman_signs *signs)
{
	enum sm_wsman_trouble subcode = by_subcode(signs);

	if (signs->cims_differ)
		return false;
	if (signs->has_code && sm_wsman_code_rank(signs->code) == 2)
		return false;
	if (strcmp(signs->detail, "InvalidResourceURI") == 0)
		return false;
	return subcode == SM_WSMAN_OTHER ||
	       strcmp(signs->subcode, "DestinationUnreachable") == 0;
}

enum sm_wsman_trouble sm_wsman_judge(const struct sm_wsman_signs *signs,
				     enum sm_wsman_kind expect)
{
	const struct by_number *status = find(
		statuses, sizeof(statuses) / sizeof(statuses[0]), signs->cim);

	if (!signs->has_cim)
		return by_others(signs);
	if (signs->cim == CIM_NOT_FOUND) {
		if (expect == SM_WSMAN_CLOSED && is_undisputed(signs))
			return SM_WSMAN_NO_INSTANCE;
		if (by_others(signs) != SM_WSMAN_OTHER)
			return by_others(signs);
		return expect == SM_WSMAN_CLOSED ? SM_WSMAN_OTHER
						 : SM_WSMAN_NO_CLASS;
	}
	return status != NULL ? status->trouble : by_others(signs);
}
