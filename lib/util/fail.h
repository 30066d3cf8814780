/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What went wrong, by value: filled in where it happens, carried through the
 * transports, the helper's frames and the engine without an allocation, and
 * made into a smbmgmt_error at the edge of the library.
 */
#ifndef SM_UTIL_FAIL_H
#define SM_UTIL_FAIL_H

#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/error.h>

#define SM_FAIL_TEXT 400

struct sm_fail {
	int32_t code;		 /* SMBMGMT_E_ */
	int32_t kind;		 /* SMBMGMT_NATIVE_ */
	uint32_t native;	 /* number of that kind */
	int64_t offset;		 /* byte offset in the input, -1: none */
	char text[SM_FAIL_TEXT]; /* a sentence: what was wrong, what to do */
};

/*
 * Fill in @fail (may be NULL) and return @code, so that a caller can write
 * `return sm_fail(...)`.  Text that does not fit is cut at a character.
 */
int sm_fail(struct sm_fail *fail, int32_t code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with the system's or server's own number. */
int sm_fail_native(struct sm_fail *fail, int32_t code, int32_t kind,
		   uint32_t native, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* SMBMGMT_E_PROTOCOL (or @code) at a byte offset. */
int sm_fail_at(struct sm_fail *fail, int32_t code, size_t offset,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* SMBMGMT_E_NOMEM.  Inline, so that every caller's compiler sees the code. */
static inline int sm_fail_nomem(struct sm_fail *fail)
{
	sm_fail(fail, SMBMGMT_E_NOMEM, "Out of memory.");
	return SMBMGMT_E_NOMEM;
}

/* SMBMGMT_E_SYSTEM with errno @number; the text ends with its description. */
int sm_fail_errno(struct sm_fail *fail, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A cut may have fallen inside a UTF-8 sequence: take the broken tail away. */
void sm_trim_tail(char *text);

#endif /* SM_UTIL_FAIL_H */
