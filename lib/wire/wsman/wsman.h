/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * WS-Management (DMTF DSP0226 and DSP0227, MS-WSMV), as much of it as
 * MSFT_SmbSession needs: SOAP 1.2 messages to bytes, and bytes to what they
 * say.  Pure: no I/O.  Elements are known by local name and namespace, never
 * by prefix, and namespaces without case, as servers vary it.
 */
#ifndef SM_WIRE_WSMAN_H
#define SM_WIRE_WSMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/request.h"
#include "core/row.h"
#include "util/buf.h"
#include "util/fail.h"

/* What a client may ask for without asking whether it may: DSP0226 13.1. */
#define SM_WSMAN_ENVELOPE_LEAST 8192
/* What is asked for: servers of today allow 500 kB as they come. */
#define SM_WSMAN_ENVELOPE 512000
#define SM_WSMAN_ITEMS 1000 /* MaxElements */

/* How a class is named in a URI. */
enum sm_wsman_form {
	SM_WSMAN_DMTF, /* .../wscim/1/cim-schema/2/CLASS, __cimnamespace */
	SM_WSMAN_WMI,  /* .../wsman/1/wmi/NAMESPACE/CLASS */
	/* The same, and __cimnamespace: seen where it is not Windows. */
	SM_WSMAN_WMI_SELECTED,
	SM_WSMAN_FORMS,
};

/* "uuid:" and a GUID. */
#define SM_WSMAN_ID 48

/* What every request says of itself.  Texts are borrowed. */
struct sm_wsman_request {
	const char *to;		 /* the URL */
	char id[SM_WSMAN_ID];	 /* wsa:MessageID, new for each */
	uint32_t max_envelope;	 /* bytes */
	uint32_t timeout;	 /* OperationTimeout in ms; 0: none */
	enum sm_wsman_form form; /* of the class's URI */
	bool ask_instance;	 /* false: the server's default */
	uint32_t instance;	 /* SmbInstance, an operation option */
};

/* wsa:MessageID from 16 random bytes. */
void sm_wsman_make_id(const uint8_t random[16], char id[SM_WSMAN_ID]);

/*
 * Append a message.  @out is failed if memory ran out, or a text is not
 * UTF-8 that XML can carry.
 */
void sm_wsman_put_identify(struct sm_out *out);
/*
 * All sessions, or those that @select selects, as far as WQL can; MaxElements
 * @items of them may come with the answer.
 */
void sm_wsman_put_enumerate(struct sm_out *out,
			    const struct sm_wsman_request *request,
			    const struct sm_select *select, uint32_t items);
void sm_wsman_put_pull(struct sm_out *out,
		       const struct sm_wsman_request *request,
		       const struct sm_select *select, const char *context,
		       uint32_t items);
void sm_wsman_put_release(struct sm_out *out,
			  const struct sm_wsman_request *request,
			  const struct sm_select *select, const char *context);
/* Invoke ForceClose on the session @id. */
void sm_wsman_put_close(struct sm_out *out,
			const struct sm_wsman_request *request, uint64_t id);

/*
 * The query for @select, which has something selected: `SELECT * FROM
 * MSFT_SmbSession WHERE ...`, not escaped for XML.  It selects no less than
 * @select says: a client may be listed as `NAME` or `\\NAME`.
 */
void sm_wsman_put_wql(struct sm_out *out, const struct sm_select *select);

enum sm_wsman_kind {
	SM_WSMAN_IDENTIFIED,
	SM_WSMAN_ENUMERATED,
	SM_WSMAN_PULLED,
	SM_WSMAN_RELEASED,
	SM_WSMAN_CLOSED, /* ForceClose has answered */
};

/* What a fault is about, as far as anybody has to act on it. */
enum sm_wsman_trouble {
	SM_WSMAN_OTHER,
	SM_WSMAN_ACCESS_DENIED,
	SM_WSMAN_NO_INSTANCE, /* the session is gone; to a CLOSED alone */
	SM_WSMAN_NO_CLASS,    /* nor the class, the namespace, the resource */
	SM_WSMAN_NO_SELECTOR, /* ours name nothing there, or one is missing */
	SM_WSMAN_SLOW,	      /* the operation's time was up, there */
	SM_WSMAN_QUOTA,	      /* a quota or limit of the server's */
	SM_WSMAN_NO_CONTEXT,  /* the enumeration is not known any more */
	SM_WSMAN_TOO_SMALL,   /* MaxEnvelopeSize is too small for an answer */
	SM_WSMAN_NO_WQL,      /* the filter's dialect, or the query, is not */
	SM_WSMAN_UNTOLD, /* it was done, and what came of it cannot be told */
	SM_WSMAN_NO_OPTION, /* nor the operation option (SmbInstance) */
};

#define SM_WSMAN_TEXT 240

struct sm_wsman_fault {
	enum sm_wsman_trouble trouble;
	bool has_code;
	uint32_t code; /* WSManFault Code, or a Win32 or HRESULT one */
	bool has_cim;
	uint32_t cim;		  /* CIMStatusCode (DSP0223) */
	char subcode[64];	  /* local name of the innermost one, or "" */
	char text[SM_WSMAN_TEXT]; /* the server's own words, one line, or "" */
};

struct sm_wsman_answer {
	bool faulted; /* @fault, in place of what was expected */
	struct sm_wsman_fault fault;
	/* ENUMERATED and PULLED */
	/*
	 * From malloc: for the next Pull.  NULL: none; if it is not the end,
	 * which only PULLED may be, the one that was sent stays.
	 */
	char *context;
	bool end;     /* EndOfSequence; there is no context then */
	size_t items; /* how many sessions were handed out */
	/* CLOSED */
	bool has_return;
	uint32_t return_value; /* of the method */
	/* IDENTIFIED */
	char product[128]; /* vendor and version, or "" */
};

void sm_wsman_answer_clear(struct sm_wsman_answer *answer);

/*
 * Takes a session; nonzero stops the reading with that code.  Borrowed.  What
 * was handed out before an error or a fault is not to be used.
 */
typedef int sm_wsman_session_fn(void *userdata, const struct sm_row *row,
				struct sm_fail *fail);

/*
 * An answer must not be longer, whatever was asked for.  libxml2's time grows
 * with the square of the names in it: the caller's deadline bounds that.
 */
#define SM_WSMAN_ANSWER_MOST (5u << 20)

/*
 * Read the answer to a request of the kind @expect.  With @id (NULL: any) an
 * answer that says it is for another message is refused.  @session (may be
 * NULL) is called for each session as it is read.  0: the answer is @answer,
 * which may be a fault; to be cleared in any case.  PROTOCOL: it is no such
 * answer, has a DTD, is too deep or too large (with the offset where that is
 * known); what @session returned; NOMEM.  One thread at a time: libxml2's
 * allocator and error functions are replaced meanwhile.
 */
int sm_wsman_read(const uint8_t *data, size_t len, enum sm_wsman_kind expect,
		  const char *id, sm_wsman_session_fn *session, void *userdata,
		  struct sm_wsman_answer *answer, struct sm_fail *fail);

#endif /* SM_WIRE_WSMAN_H */
