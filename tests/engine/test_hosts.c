/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Hosts that are not as one would wish them. */
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "hosts.h"
#include "suite.h"

#define NOBODY 65534

static void ignores_children(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	struct sigaction old;
	pid_t pid = 0;

	/* Children end without a trace, and wait() sees them all at once. */
	action.sa_flags = SA_NOCLDWAIT | SA_NOCLDSTOP;
	NEED(sigaction(SIGCHLD, &action, NULL) == 0);
	for (int i = 0; i < 10; i++) {
		smbmgmt_context *context = new_context();

		need_service(context);
		smbmgmt_context_unref(context);
	}
	NEED(sigaction(SIGCHLD, NULL, &old) == 0);
	NEED((old.sa_flags & SA_NOCLDWAIT) != 0);
	NEED(wait(NULL) < 0 && errno == ECHILD);
	/* Nor is a child of the host's own met or lost. */
	action.sa_flags = 0;
	sigaction(SIGCHLD, &action, NULL);
	pid = fork();
	if (pid == 0)
		_exit(7);
	need_service(new_context());
	NEED(wait(NULL) == pid);
}

static void is_nowhere(void)
{
	char path[] = "/tmp/smbmgmt-nowhere-XXXXXX";
	smbmgmt_context *context = NULL;

	NEED(mkdtemp(path) != NULL);
	NEED(chdir(path) == 0 && rmdir(path) == 0);
	context = new_context();
	/* What would hang on the directory is refused when it is set. */
	NEED(smbmgmt_context_set_helper_path(context, "smbmgmt-helper", NULL) ==
	     SMBMGMT_E_INVALID);
	NEED(smbmgmt_context_set_helper_path(context, "./smbmgmt-helper",
					     NULL) == SMBMGMT_E_INVALID);
	need_service(context);
	smbmgmt_context_unref(context);
}

/* What a program does that was loaded with LD_LIBRARY_PATH=. */
static int is_loaded_by_relative_name(const char *server)
{
	smbmgmt_context *context = NULL;
	Dl_info info;

	host_said = STDERR_FILENO;
	snprintf(host_refusing, sizeof(host_refusing), "%s", server);
	NEED(dladdr((void *)(uintptr_t)smbmgmt_context_new, &info) != 0);
	NEED(info.dli_fname[0] != '/');
	/* As daemons do.  The name that it was loaded by leads nowhere now. */
	NEED(chdir("/") == 0);
	context = new_context();
	need_service(context);
	smbmgmt_context_unref(context);
	return 0;
}

static void loads_by_relative_name(void)
{
	Dl_info info;
	char *slash = NULL;
	char folder[4096];

	NEED(dladdr((void *)(uintptr_t)smbmgmt_context_new, &info) != 0);
	NEED(realpath(info.dli_fname, folder) != NULL);
	slash = strrchr(folder, '/');
	*slash = '\0';
	NEED(chdir(folder) == 0 && setenv("LD_LIBRARY_PATH", ".", 1) == 0);
	/* Its descriptors are closed by exec; standard error is not. */
	execl("/proc/self/exe", "host", host_refusing, NULL);
	NEED(false);
}

static void drop_privileges(void)
{
	NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (geteuid() != 0)
		return;
	NEED(setgroups(0, NULL) == 0);
	NEED(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
	NEED(setuid(0) < 0);
}

/*
 * The helper may be where only root gets to, as in a build tree; then it is
 * missing for whoever is not root any more, and that is what is said.
 */
static void drops_privileges_first(void)
{
	smbmgmt_context *context = NULL;
	int32_t code = 0;

	drop_privileges();
	context = new_context();
	code = procs_open(context, host_refusing, LIMIT_MS);
	NEED(code == SMBMGMT_E_CONNECTION_REFUSED ||
	     code == SMBMGMT_E_HELPER_MISSING);
	smbmgmt_context_unref(context);
}

static void drops_privileges_later(void)
{
	smbmgmt_context *context = new_context();

	need_service(context);
	drop_privileges();
	need_service(context);
	/* Root's processes cannot be killed now; they end all the same. */
	NEED(procs_open(context, host_silent, 300) == SMBMGMT_E_TIMED_OUT);
	need_service(context);
	smbmgmt_context_unref(context);
}

static void *use_little_stack(void *unused)
{
	smbmgmt_context *context = new_context();
	smbmgmt_handle *handle = NULL;
	smbmgmt_session_list *list = NULL;

	need_service(context);
	NEED(smbmgmt_open_handle(context, "memory:demo", NULL, &handle, NULL) ==
	     0);
	NEED(smbmgmt_list_sessions(context, &handle, 1, NULL, NULL, &list,
				   NULL) == 0);
	smbmgmt_session_list_unref(list);
	smbmgmt_handle_unref(handle);
	smbmgmt_context_unref(context);
	return unused;
}

static void has_small_stacks(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	size_t size = 1024 * 1024; /* their frames are larger */
#else
	size_t size = 64 * 1024;
#endif
	pthread_attr_t attr;
	pthread_t thread;

	NEED(pthread_attr_init(&attr) == 0);
	NEED(pthread_attr_setstacksize(&attr, size) == 0);
	NEED(pthread_create(&thread, &attr, use_little_stack, NULL) == 0);
	NEED(pthread_join(thread, NULL) == 0);
	pthread_attr_destroy(&attr);
}

static const struct host hosts[] = {
	{"ignores children", ignores_children},
	{"is nowhere", is_nowhere},
	{"loads by a relative name", loads_by_relative_name},
	{"drops privileges first", drops_privileges_first},
	{"drops privileges later", drops_privileges_later},
	{"has small stacks", has_small_stacks},
};

int main(int argc, char **argv)
{
	if (argc == 2)
		return is_loaded_by_relative_name(argv[1]);
	return run_suite(
		hosts_suite("hosts", hosts, sizeof(hosts) / sizeof(hosts[0])));
}
