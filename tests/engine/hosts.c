/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "hosts.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

char host_refusing[32];
char host_silent[32];
int host_ports[2];
int host_said;

static const struct host *hosts;

static void up(void)
{
	host_ports[0] = procs_port(false, host_refusing);
	host_ports[1] = procs_port(true, host_silent);
	host_said = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
}

static void down(void)
{
	close(host_ports[0]);
	close(host_ports[1]);
	close(host_said);
}

smbmgmt_context *new_context(void)
{
	smbmgmt_context *context = NULL;

	NEED(smbmgmt_context_new(&context, NULL) == 0);
	return context;
}

void need_service(smbmgmt_context *context)
{
	int32_t code = procs_open(context, host_refusing, LIMIT_MS);

	if (code != SMBMGMT_E_CONNECTION_REFUSED)
		dprintf(host_said, "%s\n", smbmgmt_error_name(code));
	NEED(code == SMBMGMT_E_CONNECTION_REFUSED);
}

static void *hang_in(void *userdata)
{
	struct hang *hang = userdata;

	NEED(procs_open(hang->context, host_silent, LIMIT_MS) ==
	     SMBMGMT_E_CHILD_DIED);
	return NULL;
}

void begin_hang(struct hang *hang, smbmgmt_context *context)
{
	hang->context = context;
	NEED(pthread_create(&hang->thread, NULL, hang_in, hang) == 0);
	hang->child = procs_wait_for_hanging(getpid());
}

void end_hang(struct hang *hang)
{
	NEED(procs_alive(hang->child));
	NEED(kill(hang->child, SIGKILL) == 0);
	NEED(pthread_join(hang->thread, NULL) == 0);
}

START_TEST(odd)
{
	int status = 0;
	pid_t host = fork();

	ck_assert_int_ge(host, 0);
	if (host == 0) {
		hosts[_i].live();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(host, &status, 0), host);
	ck_assert_msg(status == 0, "the host that %s: status 0x%x",
		      hosts[_i].name, status);
	procs_expect_none(host, "smbmgmt-conn");
	procs_expect_none(host, "smbmgmt-helper");
}
END_TEST

Suite *hosts_suite(const char *name, const struct host *list, int n)
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);

	hosts = list;
	tcase_add_checked_fixture(t, up, down);
	tcase_add_loop_test(t, odd, 0, n);
	suite_add_tcase(s, t);
	return s;
}
