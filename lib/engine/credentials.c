/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"

#define FILE_MAX_BYTES 16384

static void wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

int sm_credentials_new(smbmgmt_credentials **credentials, struct sm_fail *fail)
{
	smbmgmt_credentials *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&c->ref);
	*credentials = c;
	return 0;
}

smbmgmt_credentials *sm_credentials_ref(smbmgmt_credentials *credentials)
{
	sm_ref_get(&credentials->ref);
	return credentials;
}

void sm_credentials_unref(smbmgmt_credentials *credentials)
{
	if (credentials == NULL || !sm_ref_put(&credentials->ref))
		return;
	free(credentials->user);
	free(credentials->domain);
	wipe(credentials->password);
	free(credentials->ccache);
	free(credentials);
}

/* The value may be a secret: it is never quoted in an error. */
static int set(char **to, const char *value, size_t len, const char *what,
	       struct sm_fail *fail)
{
	size_t offset = 0;
	char *copy = NULL;

	if (!sm_text_valid(value, len, &offset))
		return sm_fail_at(fail, SMBMGMT_E_INVALID, offset,
				  "The %s is not UTF-8 at byte %zu.", what,
				  offset);
	copy = strndup(value, len);
	if (copy == NULL)
		return sm_fail_nomem(fail);
	wipe(*to);
	*to = copy;
	return 0;
}

int sm_credentials_set_domain(smbmgmt_credentials *credentials,
			      const char *domain, struct sm_fail *fail)
{
	return set(&credentials->domain, domain, strlen(domain), "domain",
		   fail);
}

int sm_credentials_set_password(smbmgmt_credentials *credentials,
				const char *password, struct sm_fail *fail)
{
	return set(&credentials->password, password, strlen(password),
		   "password", fail);
}

int sm_credentials_set_user(smbmgmt_credentials *credentials, const char *user,
			    struct sm_fail *fail)
{
	const char *slash = strchr(user, '\\');
	int ret = 0;

	if (slash != NULL) {
		ret = set(&credentials->domain, user, (size_t)(slash - user),
			  "domain", fail);
		user = slash + 1;
	}
	if (ret == 0)
		ret = set(&credentials->user, user, strlen(user), "user", fail);
	return ret;
}

/* TYPE:NAME, where a path in NAME and a bare path are absolute. */
int sm_credentials_set_ccache(smbmgmt_credentials *credentials,
			      const char *ccache, struct sm_fail *fail)
{
	size_t type = strspn(ccache, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *name = ccache;

	if (type > 0 && ccache[type] == ':')
		name = ccache + type + 1;
	if (name != ccache && strncmp(ccache, "MEMORY:", 7) == 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The ticket cache '%s' is in this process' "
			       "memory, and another process logs on; use a "
			       "FILE: or another kind.",
			       ccache);
	if (name[0] != '/' && (name == ccache || name[0] == '\0' ||
			       strncmp(ccache, "FILE:", 5) == 0 ||
			       strncmp(ccache, "DIR:", 4) == 0))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The ticket cache '%s' is neither an absolute "
			       "path nor TYPE:NAME.",
			       ccache);
	return set(&credentials->ccache, ccache, strlen(ccache),
		   "name of the ticket cache", fail);
}

static int copy_one(char **to, const char *from, const char *what,
		    struct sm_fail *fail)
{
	return from == NULL ? 0 : set(to, from, strlen(from), what, fail);
}

int sm_credentials_copy(const smbmgmt_credentials *from,
			smbmgmt_credentials **to, struct sm_fail *fail)
{
	int ret = sm_credentials_new(to, fail);

	if (ret == 0)
		ret = copy_one(&(*to)->user, from->user, "user", fail);
	if (ret == 0)
		ret = copy_one(&(*to)->domain, from->domain, "domain", fail);
	if (ret == 0)
		ret = copy_one(&(*to)->password, from->password, "password",
			       fail);
	if (ret == 0)
		ret = copy_one(&(*to)->ccache, from->ccache, "ticket cache",
			       fail);
	if (ret == 0)
		(*to)->kerberos = from->kerberos;
	if (ret != 0) {
		sm_credentials_unref(*to);
		*to = NULL;
	}
	return ret;
}

/* All of a small file that others cannot read. */
static int read_file(const char *path, char *text, size_t size, size_t *len,
		     struct sm_fail *fail)
{
	struct stat st;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret = 0;

	if (fd < 0)
		return sm_fail_errno(fail, errno,
				     "The credentials file %s cannot be read",
				     path);
	if (fstat(fd, &st) != 0)
		ret = sm_fail_errno(fail, errno,
				    "The credentials file %s cannot be read",
				    path);
	else if ((st.st_mode & S_IFMT) == S_IFREG && (st.st_mode & 077) != 0)
		ret = sm_fail(fail, SMBMGMT_E_INVALID,
			      "The credentials file %s may be read by others; "
			      "make it private with chmod 600.",
			      path);
	*len = 0;
	while (ret == 0 && *len < size) {
		n = read(fd, text + *len, size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			ret = sm_fail_errno(fail, errno,
					    "The credentials file %s cannot "
					    "be read",
					    path);
		if (n <= 0)
			break;
		*len += (size_t)n;
	}
	if (ret == 0 && *len == size)
		ret = sm_fail(fail, SMBMGMT_E_INVALID,
			      "The credentials file %s is over %d bytes; it is "
			      "no credentials file.",
			      path, FILE_MAX_BYTES);
	close(fd);
	return ret;
}

static char *trim(char *text)
{
	size_t len = 0;

	while (*text == ' ' || *text == '\t')
		text++;
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* `key = value`; keys without case, as smbclient reads them. */
static int take_line(smbmgmt_credentials *c, char *line, struct sm_fail *fail)
{
	char *equals = strchr(line, '=');
	const char *key = NULL;
	const char *value = NULL;

	if (equals == NULL)
		return 0;
	*equals = '\0';
	key = trim(line);
	value = trim(equals + 1);
	if (sm_text_cmp(key, "password") == 0)
		return sm_credentials_set_password(c, value, fail);
	if (sm_text_cmp(key, "username") == 0)
		return sm_credentials_set_user(c, value, fail);
	if (sm_text_cmp(key, "domain") == 0)
		return sm_credentials_set_domain(c, value, fail);
	return 0;
}

int sm_credentials_load(smbmgmt_credentials *credentials, const char *path,
			struct sm_fail *fail)
{
	smbmgmt_credentials *read = NULL;
	char text[FILE_MAX_BYTES + 1];
	char *rest = text;
	size_t len = 0;
	int ret = read_file(path, text, FILE_MAX_BYTES, &len, fail);

	if (ret == 0)
		ret = sm_credentials_new(&read, fail);
	if (ret == 0) {
		text[len] = '\0';
		/* A NUL would hide what is behind it. */
		if (strlen(text) != len)
			ret = sm_fail_at(fail, SMBMGMT_E_INVALID, strlen(text),
					 "The credentials file %s is not text "
					 "at byte %zu.",
					 path, strlen(text));
	}
	while (ret == 0 && rest != NULL) {
		char *line = strsep(&rest, "\n");

		ret = take_line(read, line, fail);
	}
	if (ret == 0 && (read->user == NULL || read->user[0] == '\0'))
		ret = sm_fail(fail, SMBMGMT_E_INVALID,
			      "The credentials file %s has no line 'username "
			      "= NAME'.",
			      path);
	if (ret == 0)
		ret = copy_one(&credentials->user, read->user, "user", fail);
	if (ret == 0)
		ret = copy_one(&credentials->domain, read->domain, "domain",
			       fail);
	if (ret == 0)
		ret = copy_one(&credentials->password, read->password,
			       "password", fail);
	explicit_bzero(text, sizeof(text));
	sm_credentials_unref(read);
	return ret;
}
