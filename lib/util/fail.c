/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sm_trim_tail(char *text)
{
	size_t len = strlen(text);
	size_t back = 0;

	while (back < len && back < 4) {
		unsigned char c = (unsigned char)text[len - 1 - back];
		size_t need = 0;

		if (c < 0x80)
			return;
		back++;
		if ((c & 0xc0) == 0x80)
			continue;
		need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		if (back < need)
			text[len - back] = '\0';
		return;
	}
}

static int fill(struct sm_fail *fail, int32_t code, int32_t kind,
		uint32_t native, int64_t offset, const char *format, va_list ap)
	__attribute__((format(printf, 6, 0)));

static int fill(struct sm_fail *fail, int32_t code, int32_t kind,
		uint32_t native, int64_t offset, const char *format, va_list ap)
{
	int n = 0;

	if (fail == NULL)
		return code;
	fail->code = code;
	fail->kind = kind;
	fail->native = native;
	fail->offset = offset;
	n = vsnprintf(fail->text, sizeof(fail->text), format, ap);
	if (n < 0)
		fail->text[0] = '\0';
	else if ((size_t)n >= sizeof(fail->text))
		sm_trim_tail(fail->text);
	return code;
}

int sm_fail(struct sm_fail *fail, int32_t code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fill(fail, code, SMBMGMT_NATIVE_NONE, 0, -1, format, ap);
	va_end(ap);
	return code;
}

int sm_fail_native(struct sm_fail *fail, int32_t code, int32_t kind,
		   uint32_t native, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fill(fail, code, kind, native, -1, format, ap);
	va_end(ap);
	return code;
}

int sm_fail_at(struct sm_fail *fail, int32_t code, size_t offset,
	       const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fill(fail, code, SMBMGMT_NATIVE_NONE, 0, (int64_t)offset, format, ap);
	va_end(ap);
	return code;
}

int sm_fail_errno(struct sm_fail *fail, int number, const char *format, ...)
{
	char what[SM_FAIL_TEXT / 2];
	char buffer[128];
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(what, sizeof(what), format, ap) < 0)
		what[0] = '\0';
	va_end(ap);
	sm_trim_tail(what);
	/* The GNU strerror_r: thread-safe, and never fails. */
	return sm_fail_native(fail, SMBMGMT_E_SYSTEM, SMBMGMT_NATIVE_ERRNO,
			      (uint32_t)number, "%s: %s.", what,
			      strerror_r(number, buffer, sizeof(buffer)));
}
