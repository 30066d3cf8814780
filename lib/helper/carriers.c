/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper/carriers.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static bool good_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 32 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

static bool module_path(const char *name, char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *given = NULL;
	char *slash = NULL;
	int n = 0;

	/* Without /proc: the path that the library gave to execve(). */
	if (len <= 0) {
		given = (const char *)getauxval(AT_EXECFN);
		if (given == NULL || strlen(given) >= sizeof(self))
			return false;
		len = (ssize_t)strlen(given);
		memcpy(self, given, (size_t)len);
	}
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	n = snprintf(path, size, "%s/carrier-%s.so", self, name);
	return n > 0 && (size_t)n < size;
}

static int load(const char *name, const struct sm_carrier **carrier,
		struct sm_fail *fail)
{
	char path[PATH_MAX];
	void *module = NULL;

	if (!good_name(name) || !module_path(name, path, sizeof(path)))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "'%s' is no name of a carrier module.", name);
	/* A second dlopen of one path only counts a reference. */
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "The module %s cannot be loaded; install it, or "
			       "build with -D%s=enabled (%s).",
			       name, name, dlerror());
	*carrier = dlsym(module, SM_CARRIER_SYMBOL);
	if (*carrier == NULL || (*carrier)->size < sizeof(**carrier))
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "The module %s is of another version; install "
			       "the one that belongs to this library.",
			       path);
	return 0;
}

int sm_carrier_load(const char *name, const struct sm_carrier **carrier,
		    struct sm_fail *fail)
{
	static const char *const order[] = {"dcerpc", "smbclient"};
	struct sm_fail first = {.offset = -1};
	int ret = 0;

	if (strcmp(name, "auto") != 0)
		return load(name, carrier, fail);
	if (load(order[0], carrier, &first) == 0)
		return 0;
	ret = load(order[1], carrier, fail);
	if (ret != 0)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "No module that carries srvsvc can be loaded, "
			       "neither dcerpc nor smbclient; install one. %s",
			       first.text);
	/* The log has it: the other carrier can promise less. */
	fprintf(stderr, "carrier smbclient is used. %s\n", first.text);
	return 0;
}
