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

/**
 * @name Codes of the call itself
 * docs/errors.md says of each what to do.  Since 0.1.
 * @{
 */
/** Success. */
#define SMBMGMT_OK 0
/** Out of memory. */
#define SMBMGMT_E_NOMEM (-1)
/** An argument makes no sense. */
#define SMBMGMT_E_INVALID (-2)
/** The transport cannot do that. */
#define SMBMGMT_E_NOT_SUPPORTED (-3)
/** Nothing selected, nothing touched. */
#define SMBMGMT_E_EMPTY_FILTER (-4)
/** Neither force, what-if nor confirm. */
#define SMBMGMT_E_CONFIRM_REQUIRED (-5)
/** The handle was removed. */
#define SMBMGMT_E_REMOVED (-6)
/** The context is another process's. */
#define SMBMGMT_E_FORKED (-7)
/** Called from inside a callback. */
#define SMBMGMT_E_REENTRANT (-8)
/** The operating system said no. */
#define SMBMGMT_E_SYSTEM (-9)
/** A name fits several things. */
#define SMBMGMT_E_AMBIGUOUS (-10)
/** An answer over the library's bound. */
#define SMBMGMT_E_TOO_LARGE (-11)
/** @} */
/**
 * @name Codes of the way to the server
 * docs/errors.md says of each what to do.  Since 0.1.
 * @{
 */
/** An answer that breaks the protocol. */
#define SMBMGMT_E_PROTOCOL (-20)
/** The deadline passed. */
#define SMBMGMT_E_TIMED_OUT (-21)
/** Cancelled by the caller. */
#define SMBMGMT_E_CANCELLED (-22)
/** The name has no address. */
#define SMBMGMT_E_HOST_UNKNOWN (-23)
/** Nothing listens there. */
#define SMBMGMT_E_CONNECTION_REFUSED (-24)
/** No way to that network or host. */
#define SMBMGMT_E_UNREACHABLE (-25)
/** The connection broke. */
#define SMBMGMT_E_CONNECTION_LOST (-26)
/** Wrong user or password. */
#define SMBMGMT_E_LOGON_FAILED (-27)
/** Locked out. */
#define SMBMGMT_E_ACCOUNT_LOCKED (-28)
/** Disabled or expired account. */
#define SMBMGMT_E_ACCOUNT_DISABLED (-29)
/** Hours, workstation, password age. */
#define SMBMGMT_E_ACCOUNT_RESTRICTED (-30)
/** Logged on, not let in. */
#define SMBMGMT_E_ACCESS_DENIED (-31)
/** No right to list sessions. */
#define SMBMGMT_E_LIST_DENIED (-32)
/** No right to close sessions. */
#define SMBMGMT_E_CLOSE_DENIED (-33)
/** The server has no such service. */
#define SMBMGMT_E_NO_SERVICE (-34)
/** The server cannot encrypt. */
#define SMBMGMT_E_ENCRYPTION_REFUSED (-35)
/** No common dialect or protection. */
#define SMBMGMT_E_NEGOTIATION (-36)
/** Any other error of the server. */
#define SMBMGMT_E_SERVER (-37)
/** Smbmgmt-helper cannot be started. */
#define SMBMGMT_E_HELPER_MISSING (-38)
/** The fork server ended. */
#define SMBMGMT_E_HELPER_DIED (-39)
/** A connection's process ended. */
#define SMBMGMT_E_CHILD_DIED (-40)
/** No Kerberos ticket to log on with. */
#define SMBMGMT_E_NO_TICKET (-41)
/** The Kerberos ticket has expired. */
#define SMBMGMT_E_TICKET_EXPIRED (-42)
/** Unknown there, or another realm's. */
#define SMBMGMT_E_TICKET_REFUSED (-43)
/** No KDC of the realm answers. */
#define SMBMGMT_E_KDC_UNREACHABLE (-44)
/** A quota or limit of the server's. */
#define SMBMGMT_E_QUOTA (-45)
/** The server's certificate was not accepted. */
#define SMBMGMT_E_CERTIFICATE (-46)
/** @} */
/**
 * @name Codes of what came out
 * docs/errors.md says of each what to do.  Since 0.1.
 * @{
 */
/** Some servers failed, some did not. */
#define SMBMGMT_E_PARTIAL (-60)
/** A listing may lack live sessions. */
#define SMBMGMT_E_INCOMPLETE (-61)
/** A value matched nothing. */
#define SMBMGMT_E_NOT_FOUND (-62)
/** Asked for, and still listed. */
#define SMBMGMT_E_STILL_PRESENT (-63)
/** The answer was no. */
#define SMBMGMT_E_DECLINED (-64)
/** Would end the own connection. */
#define SMBMGMT_E_REFUSED_OWN (-65)
/** Would end other sessions. */
#define SMBMGMT_E_REFUSED_COLLATERAL (-66)
/** Cannot be told apart for sure. */
#define SMBMGMT_E_REFUSED_UNSAFE (-67)
/** Sent, and then the connection broke. */
#define SMBMGMT_E_UNVERIFIED (-68)
/** It was gone before we asked. */
#define SMBMGMT_E_GONE (-69)
/** The hook before the first close said no. */
#define SMBMGMT_E_HOOK_FAILED (-70)
/** @} */

/**
 * @name Kinds of native codes
 * What kind of number smbmgmt_error_native_code() is.  Since 0.1.
 * @{
 */
/** There is none. */
#define SMBMGMT_NATIVE_NONE 0
/** An errno. */
#define SMBMGMT_NATIVE_ERRNO 1
/** An NTSTATUS (MS-ERREF 2.3). */
#define SMBMGMT_NATIVE_NTSTATUS 2
/** A Win32 error (MS-ERREF 2.2). */
#define SMBMGMT_NATIVE_WERROR 3
/** An HTTP status. */
#define SMBMGMT_NATIVE_HTTP 4
/** The signal that ended a process. */
#define SMBMGMT_NATIVE_SIGNAL 5
/** The code of a WSManFault (MS-WSMV). */
#define SMBMGMT_NATIVE_WSMAN 6
/** A CIM status (DSP0223). */
#define SMBMGMT_NATIVE_CIM 7
/** @} */

/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_error_ref(smbmgmt_error *error);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_error_unref(smbmgmt_error *error);
/** The SMBMGMT_E_ code; 0 for NULL.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_error_code(const smbmgmt_error *error);
/**
 * The server's or system's own number, of the kind that
 * smbmgmt_error_native_kind() tells; else 0.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_error_native_code(const smbmgmt_error *error);
/**
 * What kind of number the native code is, an SMBMGMT_NATIVE_ value.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_error_native_kind(const smbmgmt_error *error);
/**
 * Byte offset from 0 of what was wrong in an input or answer, or -1.
 * Since 0.1.
 */
SMBMGMT_API int64_t smbmgmt_error_offset(const smbmgmt_error *error);
/**
 * The server as it was given to open, or "" where none is concerned; borrowed.
 * Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_error_computer(const smbmgmt_error *error);
/**
 * A sentence that says what was wrong and what to do, never with a password; ""
 * for NULL; borrowed.  Sentences may change between versions.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_error_message(const smbmgmt_error *error);
/**
 * The name of @p code, "SMBMGMT_E_INVALID" for -2; "SMBMGMT_E_UNKNOWN" for what
 * is none.  Static.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_error_name(int32_t code);

SMBMGMT_END

#endif /* SMBMGMT_ERROR_H */
