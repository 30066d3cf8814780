/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Read by its lengths, not by looking for the boundary: that may stand in the
 * ciphertext, too.  The one thing that has no length is how much the cipher
 * adds; the boundary is looked for in that little alone.
 */
#include "wire/wsman/sealed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BOUNDARY "Encrypted Boundary"
#define LINE_MOST 512
#define LINES_MOST 16

static const char *const protocols[] = {
	[SM_SEALED_SPNEGO] = "application/HTTP-SPNEGO-session-encrypted",
	[SM_SEALED_KERBEROS] = "application/HTTP-Kerberos-session-encrypted",
};

const char *sm_sealed_content_type(enum sm_sealed_protocol protocol)
{
	if (protocol == SM_SEALED_KERBEROS)
		return "multipart/encrypted;protocol=\"application/"
		       "HTTP-Kerberos-session-encrypted\";boundary=\"" BOUNDARY
		       "\"";
	return "multipart/encrypted;protocol=\"application/"
	       "HTTP-SPNEGO-session-encrypted\";boundary=\"" BOUNDARY "\"";
}

void sm_sealed_put(struct sm_out *out, const struct sm_sealed *sealed)
{
	static const char end[] = "--" BOUNDARY "--\r\n";
	char head[400];
	int len = snprintf(head, sizeof(head),
			   "--" BOUNDARY
			   "\r\n"
			   "\tContent-Type: %s\r\n"
			   "\tOriginalContent: type=application/soap+xml;"
			   "charset=UTF-8;Length=%" PRIu32
			   "\r\n"
			   "--" BOUNDARY
			   "\r\n"
			   "\tContent-Type: application/octet-stream\r\n",
			   protocols[sealed->protocol], sealed->plain);

	if (sealed->signature_len > SM_SEALED_SIGNATURE_MOST)
		out->failed = true;
	sm_out_bytes(out, head, (size_t)len);
	sm_out_u32(out, (uint32_t)sealed->signature_len);
	sm_out_bytes(out, sealed->signature, sealed->signature_len);
	sm_out_bytes(out, sealed->data, sealed->data_len);
	sm_out_bytes(out, end, sizeof(end) - 1);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/*
 * The next `name=value` behind a semicolon, its value in quotes or not; NULL
 * at the end, and at what is no parameter.  @name and @value have LINE_MOST
 * bytes.
 */
static const char *parameter(const char *p, char *name, char *value)
{
	size_t len = 0;

	p = skip_blanks(p);
	if (*p == ';')
		p = skip_blanks(p + 1);
	len = strcspn(p, "=; \t\"");
	if (len == 0 || len >= LINE_MOST)
		return NULL;
	memcpy(name, p, len);
	name[len] = '\0';
	p = skip_blanks(p + len);
	if (*p != '=')
		return NULL;
	p = skip_blanks(p + 1);
	if (*p == '"') {
		p++;
		/* No escapes: neither protocols nor boundaries need any. */
		len = strcspn(p, "\"\\");
		if (p[len] != '"')
			return NULL;
	} else {
		len = strcspn(p, "; \t\"");
	}
	if (len >= LINE_MOST)
		return NULL;
	memcpy(value, p, len);
	value[len] = '\0';
	p += len;
	return skip_blanks(*p == '"' ? p + 1 : p);
}

static bool find_protocol(const char *name, enum sm_sealed_protocol *protocol)
{
	for (int i = SM_SEALED_SPNEGO; i <= SM_SEALED_KERBEROS; i++) {
		if (strcasecmp(name, protocols[i]) == 0) {
			*protocol = (enum sm_sealed_protocol)i;
			return true;
		}
	}
	return false;
}

static bool take_boundary(const char *value, char *boundary)
{
	size_t len = strlen(value);

	if (boundary[0] != '\0' || len == 0 || len >= SM_SEALED_BOUNDARY)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (value[i] < 0x20 || value[i] > 0x7e)
			return false;
	}
	memcpy(boundary, value, len + 1);
	return true;
}

bool sm_sealed_boundary(const char *content_type,
			char boundary[SM_SEALED_BOUNDARY])
{
	static const char type[] = "multipart/encrypted";
	const char *p = skip_blanks(content_type);
	enum sm_sealed_protocol protocol = SM_SEALED_SPNEGO;
	bool known = false;
	char name[LINE_MOST];
	char value[LINE_MOST];

	boundary[0] = '\0';
	if (strncasecmp(p, type, strlen(type)) != 0)
		return false;
	p = skip_blanks(p + strlen(type));
	while (*p == ';') {
		p = parameter(p, name, value);
		if (p == NULL)
			return false;
		if (strcasecmp(name, "protocol") == 0) {
			known = find_protocol(value, &protocol);
			if (!known)
				return false;
		} else if (strcasecmp(name, "boundary") == 0 &&
			   !take_boundary(value, boundary)) {
			return false;
		}
	}
	return *p == '\0' && known && boundary[0] != '\0';
}

struct reader {
	const uint8_t *body;
	size_t len;
	size_t pos;
	const char *boundary;
	struct sm_fail *fail;
};

static int refuse(const struct reader *r, const char *what)
{
	sm_fail_at(r->fail, SMBMGMT_E_PROTOCOL, r->pos,
		   "The server's answer is not encrypted as it should be: %s.",
		   what);
	return SMBMGMT_E_PROTOCOL;
}

/* The next line, without what ends it and the white space around it. */
static int read_line(struct reader *r, char line[LINE_MOST])
{
	size_t left = r->len - r->pos;
	const uint8_t *begin = NULL;
	const uint8_t *end = NULL;
	size_t len = 0;

	/* An empty body may be NULL. */
	if (left > 0) {
		begin = r->body + r->pos;
		end = memchr(begin, '\n', left < LINE_MOST ? left : LINE_MOST);
	}
	if (end == NULL)
		return refuse(r, "a line of it has no end");
	len = (size_t)(end - begin);
	if (memchr(begin, '\0', len) != NULL)
		return refuse(r, "a line of it is no text");
	r->pos += len + 1;
	while (len > 0 && is_blank((char)*begin)) {
		begin++;
		len--;
	}
	while (len > 0 &&
	       (is_blank((char)begin[len - 1]) || begin[len - 1] == '\r'))
		len--;
	memcpy(line, begin, len);
	line[len] = '\0';
	return 0;
}

static bool is_delimiter(const struct reader *r, const char *line)
{
	return strncmp(line, "--", 2) == 0 &&
	       strcmp(line + 2, r->boundary) == 0;
}

/* The value of the header @name, if @line is that. */
static const char *value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0)
		return NULL;
	line = skip_blanks(line + len);
	return *line == ':' ? skip_blanks(line + 1) : NULL;
}

static int take_length(struct reader *r, const char *value,
		       struct sm_sealed *sealed)
{
	uint32_t plain = 0;

	if (*value == '\0')
		return refuse(r, "a length of it is none");
	for (; *value != '\0'; value++) {
		if (*value < '0' || *value > '9')
			return refuse(r, "a length of it is none");
		plain = plain * 10 + (uint32_t)(*value - '0');
		if (plain > SM_SEALED_PLAIN_MOST)
			return refuse(r, "a length of it is too large");
	}
	sealed->plain = plain;
	return 0;
}

/* type=...;charset=...;Length=... */
static int take_original(struct reader *r, const char *line,
			 struct sm_sealed *sealed)
{
	char name[LINE_MOST];
	char value[LINE_MOST];
	bool known = false;

	while (*line != '\0') {
		line = parameter(line, name, value);
		if (line == NULL || (*line != ';' && *line != '\0'))
			return refuse(r, "its OriginalContent is no list");
		if (strcasecmp(name, "Length") != 0)
			continue;
		if (known)
			return refuse(r, "it has two lengths");
		known = true;
		if (take_length(r, value, sealed) != 0)
			return SMBMGMT_E_PROTOCOL;
	}
	return known ? 0 : refuse(r, "it does not say how long it is");
}

/* The first part, with the line that ends it. */
static int read_head(struct reader *r, struct sm_sealed *sealed)
{
	bool has_type = false;
	bool has_length = false;
	char line[LINE_MOST] = "";

	for (int i = 0; i < LINES_MOST; i++) {
		const char *value = NULL;

		if (read_line(r, line) != 0)
			return SMBMGMT_E_PROTOCOL;
		if (is_delimiter(r, line)) {
			if (has_type && has_length)
				return 0;
			break;
		}
		value = value_of(line, "Content-Type");
		if (value != NULL) {
			if (has_type ||
			    !find_protocol(value, &sealed->protocol))
				return refuse(r, "its protocol is not known");
			has_type = true;
		}
		value = value_of(line, "OriginalContent");
		if (value != NULL) {
			if (has_length)
				return refuse(r, "it has two lengths");
			if (take_original(r, value, sealed) != 0)
				return SMBMGMT_E_PROTOCOL;
			has_length = true;
		}
	}
	return refuse(r, "its first part says too little");
}

static uint32_t peek_u32(const struct reader *r)
{
	struct sm_in in = sm_in_make(r->body + r->pos, r->len - r->pos);

	return sm_in_u32(&in);
}

/*
 * The second part's one header, and the signature.  A line that is empty is
 * not to be there; with it the length would be over any that is allowed.
 */
static int read_signature(struct reader *r, struct sm_sealed *sealed)
{
	const char *value = NULL;
	char line[LINE_MOST] = "";

	if (read_line(r, line) != 0)
		return SMBMGMT_E_PROTOCOL;
	value = value_of(line, "Content-Type");
	if (value == NULL || strcasecmp(value, "application/octet-stream") != 0)
		return refuse(r, "its second part is not of bytes");
	if (r->len - r->pos >= 6 && memcmp(r->body + r->pos, "\r\n", 2) == 0 &&
	    peek_u32(r) > SM_SEALED_SIGNATURE_MOST)
		r->pos += 2;
	if (r->len - r->pos < 4)
		return refuse(r, "it is cut off");
	sealed->signature_len = peek_u32(r);
	if (sealed->signature_len > SM_SEALED_SIGNATURE_MOST)
		return refuse(r, "its signature is too long");
	r->pos += 4;
	if (sealed->signature_len > r->len - r->pos)
		return refuse(r, "it is cut off");
	sealed->signature = r->body + r->pos;
	r->pos += sealed->signature_len;
	return 0;
}

/* No cipher makes the text shorter, and none adds much to it. */
static int read_data(struct reader *r, struct sm_sealed *sealed)
{
	size_t room = SM_SEALED_SIGNATURE_MOST + 2 + SM_SEALED_BOUNDARY;
	char delimiter[SM_SEALED_BOUNDARY + 2];
	const uint8_t *at = NULL;
	size_t len = 0;

	snprintf(delimiter, sizeof(delimiter), "--%s", r->boundary);
	if (sealed->plain > r->len - r->pos)
		return refuse(r, "it is cut off");
	r->pos += sealed->plain;
	if (room > r->len - r->pos)
		room = r->len - r->pos;
	len = strlen(delimiter);
	at = memmem(r->body + r->pos, room, delimiter, len);
	if (at == NULL)
		return refuse(r,
			      "its second part does not end where it "
			      "should");
	sealed->data = sealed->signature + sealed->signature_len;
	sealed->data_len = (size_t)(at - sealed->data);
	r->pos = (size_t)(at - r->body);
	return 0;
}

/* At the delimiter behind the data: the last, or that of another message. */
static int read_end(struct reader *r, bool *more)
{
	size_t next = r->pos + 2 + strlen(r->boundary);

	*more = false;
	if (r->len - next < 2 || memcmp(r->body + next, "--", 2) != 0) {
		*more = true;
		return 0;
	}
	r->pos = next + 2;
	for (; r->pos < r->len; r->pos++) {
		uint8_t c = r->body[r->pos];

		if (c != '\r' && c != '\n')
			return refuse(r, "something follows its end");
	}
	return 0;
}

int sm_sealed_get(const uint8_t *body, size_t len, const char *boundary,
		  size_t *pos, struct sm_sealed *sealed, bool *more,
		  struct sm_fail *fail)
{
	struct reader r = {
		.body = body,
		.len = len,
		.pos = *pos,
		.boundary = boundary,
		.fail = fail,
	};
	char line[LINE_MOST] = "";

	memset(sealed, 0, sizeof(*sealed));
	*more = false;
	if (read_line(&r, line) != 0)
		return SMBMGMT_E_PROTOCOL;
	if (!is_delimiter(&r, line))
		return refuse(&r, "it does not begin with its boundary");
	if (read_head(&r, sealed) != 0 || read_signature(&r, sealed) != 0 ||
	    read_data(&r, sealed) != 0 || read_end(&r, more) != 0)
		return SMBMGMT_E_PROTOCOL;
	*pos = r.pos;
	return 0;
}
