/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper/modules.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "transport/samba/samba.h"
#include "transport/srvsvc/srvsvc.h"
#include "wire/frames/frame.h"

static bool good_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 32 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

static bool module_path(const char *kind, const char *name, char *path,
			size_t size)
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
	n = snprintf(path, size, "%s/%s-%s.so", self, kind, name);
	return n > 0 && (size_t)n < size;
}

static int other_version(const char *name, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
		       "The module %s is of another version; install the one "
		       "that belongs to this library.",
		       name);
}

/* What @symbol is in the module KIND-NAME.so; NULL: see @fail. */
static const void *load(const char *kind, const char *name, const char *symbol,
			struct sm_fail *fail)
{
	char path[PATH_MAX];
	const void *found = NULL;
	void *module = NULL;

	if (!good_name(name) || !module_path(kind, name, path, sizeof(path))) {
		sm_fail(fail, SMBMGMT_E_INVALID, "'%s' is no name of a module.",
			name);
		return NULL;
	}
	/* A second dlopen of one path only counts a reference. */
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL) {
		sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			"The module %s cannot be loaded; install it, or build "
			"with -D%s=enabled (%s).",
			name, name, dlerror());
		return NULL;
	}
	found = dlsym(module, symbol);
	if (found == NULL)
		other_version(name, fail);
	return found;
}

static int load_carrier(const char *name, const struct sm_carrier **carrier,
			struct sm_fail *fail)
{
	*carrier = load("carrier", name, SM_CARRIER_SYMBOL, fail);
	if (*carrier == NULL)
		return fail->code;
	return (*carrier)->size < sizeof(**carrier) ? other_version(name, fail)
						    : 0;
}

static int load_transport(const char *name, struct sm_module *module,
			  struct sm_fail *fail)
{
	module->carrier = NULL;
	module->transport = load("transport", name, SM_TRANSPORT_SYMBOL, fail);
	if (module->transport == NULL)
		return fail->code;
	return module->transport->size < sizeof(*module->transport)
		       ? other_version(name, fail)
		       : 0;
}

static int any_carrier(const struct sm_carrier **carrier, struct sm_fail *fail)
{
	static const char *const order[] = {"dcerpc", "smbclient"};
	struct sm_fail first = {.offset = -1};

	if (load_carrier(order[0], carrier, &first) == 0)
		return 0;
	if (load_carrier(order[1], carrier, fail) != 0)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "No module that carries srvsvc can be loaded, "
			       "neither dcerpc nor smbclient; install one. %s",
			       first.text);
	/* The log has it: the other carrier can promise less. */
	fprintf(stderr, "carrier smbclient is used. %s\n", first.text);
	return 0;
}

int sm_module_load(const char *name, struct sm_module *module,
		   struct sm_fail *fail)
{
	/* This machine's Samba needs nothing that is not in here already. */
	if (strcmp(name, SM_HELPER_SAMBA) == 0) {
		*module = (struct sm_module){.transport = &sm_samba};
		return 0;
	}
	if (strcmp(name, SM_HELPER_WSMAN) == 0)
		return load_transport(name, module, fail);
	module->transport = &sm_srvsvc;
	if (strcmp(name, "auto") == 0)
		return any_carrier(&module->carrier, fail);
	return load_carrier(name, &module->carrier, fail);
}
