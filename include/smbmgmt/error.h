/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file error.h
 * @brief Error codes and the error object.
 *
 * Codes are append-only and never reused; docs/errors.md explains each one.
 * An error is immutable and may be shared between threads.  The error that
 * reports out-of-memory is static: dropping it is a no-op.
 */
#ifndef SMBMGMT_ERROR_H
#define SMBMGMT_ERROR_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

#define SMBMGMT_OK 0
/* The call itself. */
#define SMBMGMT_E_NOMEM (-1)	     /* out of memory */
#define SMBMGMT_E_INVALID (-2)	     /* an argument makes no sense */
#define SMBMGMT_E_NOT_SUPPORTED (-3) /* the transport cannot do that */
#define SMBMGMT_E_EMPTY_FILTER (-4)  /* nothing selected, nothing touched */
#define SMBMGMT_E_CONFIRM_REQUIRED                                             \
	(-5)			  /* neither force, what-if nor confirm        \
				   */
#define SMBMGMT_E_REMOVED (-6)	  /* the handle was removed */
#define SMBMGMT_E_FORKED (-7)	  /* the context is another process's */
#define SMBMGMT_E_REENTRANT (-8)  /* called from inside a callback */
#define SMBMGMT_E_SYSTEM (-9)	  /* the operating system said no */
#define SMBMGMT_E_AMBIGUOUS (-10) /* a name fits several things */
#define SMBMGMT_E_TOO_LARGE (-11) /* an answer over the library's bound */
/* The way to the server. */
#define SMBMGMT_E_PROTOCOL (-20)     /* an answer that breaks the protocol */
#define SMBMGMT_E_TIMED_OUT (-21)    /* the deadline passed */
#define SMBMGMT_E_CANCELLED (-22)    /* cancelled by the caller */
#define SMBMGMT_E_HOST_UNKNOWN (-23) /* the name has no address */
#define SMBMGMT_E_CONNECTION_REFUSED (-24) /* nothing listens there */
#define SMBMGMT_E_UNREACHABLE (-25)	   /* no way to that network or host */
#define SMBMGMT_E_CONNECTION_LOST (-26)	   /* the connection broke */
#define SMBMGMT_E_LOGON_FAILED (-27)	   /* wrong user or password */
#define SMBMGMT_E_ACCOUNT_LOCKED (-28)	   /* locked out */
#define SMBMGMT_E_ACCOUNT_DISABLED (-29)   /* disabled or expired account */
#define SMBMGMT_E_ACCOUNT_RESTRICTED                                           \
	(-30)			      /* hours, workstation, password age */
#define SMBMGMT_E_ACCESS_DENIED (-31) /* logged on, not let in */
#define SMBMGMT_E_LIST_DENIED (-32)   /* no right to list sessions */
#define SMBMGMT_E_CLOSE_DENIED (-33)  /* no right to close sessions */
#define SMBMGMT_E_NO_SERVICE (-34)    /* the server has no srvsvc pipe */
#define SMBMGMT_E_ENCRYPTION_REFUSED (-35) /* the server cannot encrypt */
#define SMBMGMT_E_NEGOTIATION (-36)	   /* no common dialect or protection */
#define SMBMGMT_E_SERVER (-37)		   /* any other error of the server */
#define SMBMGMT_E_HELPER_MISSING (-38)	/* smbmgmt-helper cannot be started */
#define SMBMGMT_E_HELPER_DIED (-39)	/* the fork server ended */
#define SMBMGMT_E_CHILD_DIED (-40)	/* a connection's process ended */
#define SMBMGMT_E_NO_TICKET (-41)	/* no Kerberos ticket to log on with */
#define SMBMGMT_E_TICKET_EXPIRED (-42)	/* the Kerberos ticket has expired */
#define SMBMGMT_E_TICKET_REFUSED (-43)	/* unknown there, or another realm's */
#define SMBMGMT_E_KDC_UNREACHABLE (-44) /* no KDC of the realm answers */
/* What came out. */
#define SMBMGMT_E_PARTIAL (-60)	      /* some servers failed, some did not */
#define SMBMGMT_E_INCOMPLETE (-61)    /* a listing may lack live sessions */
#define SMBMGMT_E_NOT_FOUND (-62)     /* a value matched nothing */
#define SMBMGMT_E_STILL_PRESENT (-63) /* asked for, and still listed */
#define SMBMGMT_E_DECLINED (-64)      /* the answer was no */
#define SMBMGMT_E_REFUSED_OWN (-65)   /* would end the own connection */
#define SMBMGMT_E_REFUSED_COLLATERAL (-66) /* would end other sessions */
#define SMBMGMT_E_REFUSED_UNSAFE (-67)	   /* cannot be told apart for sure */
#define SMBMGMT_E_UNVERIFIED (-68) /* sent, and then the connection broke */
#define SMBMGMT_E_GONE (-69)	   /* it was gone before we asked */

/* What kind of number smbmgmt_error_native_code() is. */
#define SMBMGMT_NATIVE_NONE 0
#define SMBMGMT_NATIVE_ERRNO 1
#define SMBMGMT_NATIVE_NTSTATUS 2
#define SMBMGMT_NATIVE_WERROR 3
#define SMBMGMT_NATIVE_HTTP 4
#define SMBMGMT_NATIVE_SIGNAL 5

/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_error_ref(smbmgmt_error *error);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_error_unref(smbmgmt_error *error);
/** The SMBMGMT_E_ code; 0 for NULL.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_error_code(const smbmgmt_error *error);
/** The server's or system's own number, see the kind; else 0.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_error_native_code(const smbmgmt_error *error);
/** An SMBMGMT_NATIVE_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_error_native_kind(const smbmgmt_error *error);
/** Byte offset of what was wrong in an input or answer, or -1.  Since 0.1. */
SMBMGMT_API int64_t smbmgmt_error_offset(const smbmgmt_error *error);
/** The server as it was given, or "" where none is concerned.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_error_computer(const smbmgmt_error *error);
/** A sentence that says what was wrong and what to do; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_error_message(const smbmgmt_error *error);
/** "SMBMGMT_E_INVALID" for -2, and so on; static.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_error_name(int32_t code);

SMBMGMT_END

#endif /* SMBMGMT_ERROR_H */
