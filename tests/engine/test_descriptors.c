/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Hosts whose descriptors are not as one would wish them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "hosts.h"
#include "suite.h"

static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	NEED(dir != NULL);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

/* Nothing that can be written to or read from is there. */
static bool are_closed(void)
{
	/* As many bytes as an eventfd would take. */
	static const char text[8] = "printed";
	char byte;

	for (int fd = 0; fd < 3; fd++) {
		if (write(fd, text, sizeof(text)) >= 0 || errno != EBADF ||
		    read(fd, &byte, 1) >= 0 || errno != EBADF)
			return false;
	}
	return true;
}

static void prints_to_closed_descriptors(void)
{
	smbmgmt_context *context = NULL;
	struct hang hang;

	for (int fd = 0; fd < 3; fd++)
		close(fd);
	context = new_context();
	begin_hang(&hang, context);
	/* The engine makes some there, and moves them at once. */
	for (int tries = 0; tries < 200 && !are_closed(); tries++)
		usleep(10000);
	NEED(are_closed());
	need_service(context);
	end_hang(&hang);
	/* As a daemon that comes to it late. */
	for (int fd = 0; fd < 3; fd++)
		NEED(dup2(host_ports[0], fd) == fd);
	need_service(context);
	smbmgmt_context_unref(context);
	for (int fd = 0; fd < 3; fd++)
		NEED(fcntl(fd, F_GETFD) >= 0);
}

/* Opens and closes what is lowest, as another part of the host may. */
static void *come_and_go(void *userdata)
{
	atomic_bool *enough = userdata;

	while (!atomic_load(enough)) {
		int fds[3];

		for (int i = 0; i < 3; i++)
			fds[i] = dup(host_ports[0]);
		for (int i = 0; i < 3; i++)
			close(fds[i]);
	}
	return NULL;
}

static void reuses_closed_descriptors(void)
{
	enum { CONTEXTS = 300 };
	smbmgmt_context *contexts[CONTEXTS];
	smbmgmt_handle *handle = NULL;
	atomic_bool enough = false;
	pthread_t thread;

	for (int fd = 0; fd < 3; fd++)
		close(fd);
	NEED(pthread_create(&thread, NULL, come_and_go, &enough) == 0);
	for (int i = 0; i < CONTEXTS; i++) {
		contexts[i] = new_context();
		NEED(smbmgmt_open_handle(contexts[i], "memory:demo", NULL,
					 &handle, NULL) == 0);
		smbmgmt_handle_unref(handle);
	}
	atomic_store(&enough, true);
	NEED(pthread_join(thread, NULL) == 0);
	/* Each has its engine by now, and nothing of one is there. */
	NEED(are_closed());
	for (int i = 0; i < CONTEXTS; i++)
		smbmgmt_context_unref(contexts[i]);
}

/* As valgrind has it, or a filter; the helper's own pidfds are needed. */
static void forbid_own_pidfd(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]),
				     .filter = filter};

	NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	NEED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	NEED(syscall(SYS_pidfd_open, getpid(), 0) < 0 && errno == ENOSYS);
}

static void has_no_pidfd(void)
{
	smbmgmt_context *context = new_context();

	forbid_own_pidfd();
	for (int i = 0; i < 10; i++)
		need_service(context);
	smbmgmt_context_unref(context);
}

static void has_4000_descriptors(void)
{
	struct rlimit limit;
	smbmgmt_context *context = NULL;
	struct hang hang;
	char path[64];
	struct dirent *entry = NULL;
	DIR *dir = NULL;
	int null = open("/dev/null", O_RDONLY);

	NEED(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = 5000;
	if (limit.rlim_max < limit.rlim_cur)
		limit.rlim_max = limit.rlim_cur;
	NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (int i = 0; i < 4000; i++)
		NEED(dup(null) >= 0);
	context = new_context();
	begin_hang(&hang, context);
	need_service(context);
	/* None of them went along. */
	snprintf(path, sizeof(path), "/proc/%d/fd",
		 procs_wait_for(getpid(), "smbmgmt-helper"));
	dir = opendir(path);
	NEED(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		NEED(atoi(entry->d_name) < 10);
	closedir(dir);
	end_hang(&hang);
	smbmgmt_context_unref(context);
}

/* Take all descriptors but @left; none of a host's own is spared. */
static void take_all_but(int left, int taken[64])
{
	int count = 0;

	while (count < 64 && (taken[count] = dup(host_ports[0])) >= 0)
		count++;
	NEED(count < 64 && count >= left && errno == EMFILE);
	taken[count] = -1;
	for (int i = 0; i < left; i++)
		close(taken[--count]);
	taken[count] = -1;
}

static void give_back(const int taken[64])
{
	for (int i = 0; taken[i] >= 0; i++)
		close(taken[i]);
}

/* Clear words for any number of descriptors that there are, and no leak. */
static void has_few_descriptors(void)
{
	struct rlimit limit = {64, 64};
	smbmgmt_context *kept = new_context();
	unsigned int served = 0;
	unsigned int before = 0;

	/* Standard error's copy would be over the limit. */
	NEED((host_said = dup(host_said)) < 64);
	NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	before = count_fds();
	for (int left = 0; left < 40; left++) {
		smbmgmt_context *context = new_context();
		int taken[64];
		int32_t code = 0;

		take_all_but(left, taken);
		code = procs_open(context, host_refusing, LIMIT_MS);
		if (code != SMBMGMT_E_SYSTEM &&
		    code != SMBMGMT_E_CONNECTION_REFUSED)
			dprintf(host_said, "%d left: %s\n", left,
				smbmgmt_error_name(code));
		NEED(code == SMBMGMT_E_SYSTEM ||
		     code == SMBMGMT_E_CONNECTION_REFUSED);
		/* What was enough once is enough with more, too. */
		NEED(served == 0 || code == SMBMGMT_E_CONNECTION_REFUSED);
		served += code == SMBMGMT_E_CONNECTION_REFUSED;
		if (left == 0)
			procs_open(kept, host_refusing, LIMIT_MS);
		give_back(taken);
		/* The same context, now that there is room. */
		need_service(context);
		smbmgmt_context_unref(context);
		if (left == 0)
			before = count_fds();
		NEED(count_fds() == before);
	}
	NEED(served > 0);
	need_service(kept);
	smbmgmt_context_unref(kept);
}

static const struct host hosts[] = {
	{"prints to closed descriptors", prints_to_closed_descriptors},
	{"reuses closed descriptors", reuses_closed_descriptors},
	{"has no pidfd of itself", has_no_pidfd},
	{"has 4000 descriptors", has_4000_descriptors},
	{"has few descriptors", has_few_descriptors},
};

int main(void)
{
	return run_suite(hosts_suite("descriptors", hosts,
				     sizeof(hosts) / sizeof(hosts[0])));
}
