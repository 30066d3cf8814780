/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "procs.h"

#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <smbmgmt/smbmgmt.h>

int64_t procs_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

void procs_sleep(long ms)
{
	struct timespec ts = {.tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&ts, NULL);
}

/* A port of loopback: with a backlog that takes connections, or closed. */
int procs_port(bool silent, char server[32])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	if (silent)
		ck_assert_int_eq(listen(fd, 64), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(server, 32, "127.0.0.1:%u", ntohs(address.sin_port));
	return fd;
}

int32_t procs_open(smbmgmt_context *context, const char *server,
		   uint32_t deadline)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_handle *handle = NULL;
	int32_t code;

	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_credentials_new(&credentials, NULL);
	smbmgmt_credentials_set_user(credentials, "nobody", NULL);
	smbmgmt_credentials_set_password(credentials, "secret", NULL);
	smbmgmt_open_options_set_credentials(options, credentials, NULL);
	smbmgmt_open_options_set_deadline(options, deadline, NULL);
	code = smbmgmt_open_handle(context, server, options, &handle, NULL);
	smbmgmt_handle_unref(handle);
	smbmgmt_credentials_unref(credentials);
	smbmgmt_open_options_unref(options);
	return code;
}

/* Whose helper is this process?  Descriptor 4 is a pidfd of its host. */
static pid_t host_of(const char *pid)
{
	char path[300];
	char line[128];
	pid_t host = 0;
	FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo/4", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "Pid:", 4) == 0)
			host = (pid_t)atoi(line + 4);
	}
	fclose(f);
	return host;
}

static bool has_name(const char *pid, const char *name)
{
	char path[300];
	char line[64] = "";
	FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, name) == 0;
}

/* A process of that name and host, or 0. */
pid_t procs_find(pid_t host, const char *name)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry = NULL;
	pid_t found = 0;

	ck_assert_ptr_nonnull(dir);
	while (found == 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    has_name(entry->d_name, name) &&
		    host_of(entry->d_name) == host)
			found = (pid_t)atoi(entry->d_name);
	}
	closedir(dir);
	return found;
}

pid_t procs_wait_for(pid_t host, const char *name)
{
	int64_t limit = procs_now() + LIMIT_MS;
	pid_t pid = 0;

	while ((pid = procs_find(host, name)) == 0) {
		ck_assert_msg(procs_now() < limit, "%s never came", name);
		procs_sleep(5);
	}
	return pid;
}

/* A zombie that an init has not reaped yet has ended. */
bool procs_alive(pid_t pid)
{
	char path[64];
	char line[512] = "";
	const char *name_end = NULL;
	FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	if (fgets(line, sizeof(line), f) != NULL)
		name_end = strrchr(line, ')');
	fclose(f);
	return name_end != NULL && strncmp(name_end, ") Z", 3) != 0;
}

/* A child of that host that is well inside its connect. */
pid_t procs_wait_for_hanging(pid_t host)
{
	for (;;) {
		pid_t child = procs_wait_for(host, "smbmgmt-conn");

		procs_sleep(100);
		if (procs_find(host, "smbmgmt-conn") == child)
			return child;
	}
}

void procs_expect_gone(pid_t pid, const char *what)
{
	int64_t limit = procs_now() + GONE_MS;

	while (procs_alive(pid)) {
		ck_assert_msg(procs_now() < limit, "%s %d is left after %d ms",
			      what, pid, GONE_MS);
		procs_sleep(10);
	}
}

void procs_expect_none(pid_t host, const char *name)
{
	int64_t limit = procs_now() + GONE_MS;

	while (procs_find(host, name) != 0) {
		ck_assert_msg(procs_now() < limit, "a %s is left", name);
		procs_sleep(10);
	}
}
