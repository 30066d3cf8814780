/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The wsman transport's HTTP against a server that plays a script: what is
 * sent, over which connection, and what is known when there is no answer.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener.h"
#include "suite.h"
#include "transport/wsman/http.h"
#include "util/clock.h"

#define GOT 512
#define EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define HELLO                                                                  \
	"HTTP/1.1 200 OK\r\nContent-Type: text/x\r\n"                          \
	"Content-Length: 5\r\n\r\nhello"

/* A connection: the answers to its requests, and then it is closed. */
struct play {
	const char *answers[3]; /* NULL: no more */
};

static struct sm_http *http;
static struct sm_target target;
static int record; /* what the server has heard, a pipe */
static pid_t server;

/* One request, with a body if it says that there is one. */
static bool hear(int fd, int to)
{
	char text[8192] = "";
	const char *length = NULL;
	size_t want = SIZE_MAX;
	size_t len = 0;

	while (len < want && len < sizeof(text) - 1) {
		const char *end = NULL;
		ssize_t n = read(fd, text + len, sizeof(text) - 1 - len);

		if (n <= 0)
			return false;
		len += (size_t)n;
		text[len] = '\0';
		end = strstr(text, "\r\n\r\n");
		length = strcasestr(text, "\r\nContent-Length:");
		if (end != NULL)
			want = (size_t)(end + 4 - text) +
			       (length != NULL ? strtoul(length + 17, NULL, 10)
					       : 0);
	}
	return write(to, text, len) == (ssize_t)len;
}

static void serve(int listener, int to, const struct play *plays, size_t count)
{
	size_t i = 0;
	size_t k = 0;

	for (i = 0; i < count; i++) {
		int fd = accept(listener, NULL, NULL);

		if (write(to, "\n#connection\n", 13) != 13)
			_exit(1);
		for (k = 0; k < 3 && plays[i].answers[k] != NULL; k++) {
			const char *text = plays[i].answers[k];

			if (!hear(fd, to))
				break;
			if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
				break;
		}
		/* It hears what has no answer, or waits for the other side. */
		if (plays[i].answers[0] == NULL)
			hear(fd, to);
		close(fd);
	}
	_exit(0);
}

static void start(const struct play *plays, size_t count)
{
	struct sm_fail fail = {0};
	uint32_t port = 0;
	int listener = make_listener(&port);
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0) {
		close(fds[0]);
		serve(listener, fds[1], plays, count);
	}
	close(listener);
	close(fds[1]);
	record = fds[0];
	memset(&target, 0, sizeof(target));
	target.host = "server.invalid";
	target.address = "127.0.0.1";
	target.port = port;
	ck_assert_int_eq(sm_http_new(&target, &http, &fail), 0);
	sm_http_set_deadline(http, sm_clock_now() + 60 * SM_SECOND);
}

static void finish(char *heard, size_t size)
{
	size_t len = 0;
	ssize_t n = 0;

	sm_http_free(http);
	/* libcheck would make more of SIGTERM. */
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	while (len < size - 1 &&
	       (n = read(record, heard + len, size - 1 - len)) > 0)
		len += (size_t)n;
	heard[len] = '\0';
	close(record);
}

static int post(const char *body, bool may_connect, bool *sent, char *got)
{
	struct sm_http_request request = {
		.authorization = "Secret c2VjcmV0",
		.content_type = "application/soap+xml",
		.body = (const uint8_t *)body,
		.len = strlen(body),
		.may_connect = may_connect,
	};
	struct sm_http_answer answer = {0};
	struct sm_fail fail = {0};
	int ret = sm_http_post(http, &request, &answer, sent, &fail);

	if (ret == 0 && got != NULL)
		snprintf(got, GOT, "%ld %s %.*s", answer.status,
			 answer.content_type, (int)answer.body.len,
			 answer.body.data != NULL
				 ? (const char *)answer.body.data
				 : "");
	if (ret != 0) {
		ck_assert_int_eq(fail.code, ret);
		ck_assert_ptr_null(strstr(fail.text, "c2VjcmV0"));
	}
	sm_http_answer_clear(&answer);
	return ret;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

START_TEST(test_post)
{
	static const struct play plays[] = {{{HELLO, EMPTY, HELLO}}};
	char heard[16384];
	char got[GOT] = "";
	bool sent = false;

	start(plays, 1);
	ck_assert_int_eq(post("one", true, &sent, got), 0);
	ck_assert_str_eq(got, "200 text/x hello");
	ck_assert(sent);
	ck_assert_int_eq(post("", false, &sent, got), 0);
	ck_assert_str_eq(got, "200  ");
	ck_assert_int_eq(post("three", false, &sent, got), 0);
	finish(heard, sizeof(heard));
	ck_assert_uint_eq(count(heard, "#connection"), 1);
	ck_assert_uint_eq(count(heard, "POST /wsman HTTP/1.1\r\n"), 3);
	ck_assert_uint_eq(count(heard, "\r\nHost: server.invalid:"), 3);
	ck_assert_uint_eq(count(heard, "Content-Length: 3\r\n"), 1);
	ck_assert_uint_eq(count(heard, "Content-Length: 0\r\n"), 1);
	ck_assert_uint_eq(count(heard, "Content-Type: application/soap+xml\r"),
			  3);
	ck_assert_uint_eq(count(heard, "Secret c2VjcmV0"), 3);
	ck_assert_ptr_null(strcasestr(heard, "Expect"));
	ck_assert_ptr_null(strcasestr(heard, "chunked"));
	ck_assert_ptr_null(strcasestr(heard, "Accept-Encoding"));
}
END_TEST

/* The connection was closed between two requests: the second is not sent. */
START_TEST(test_closed_between)
{
	static const struct play plays[] = {{{EMPTY}}, {{EMPTY}}};
	char heard[16384];
	bool sent = true;

	start(plays, 2);
	ck_assert_int_eq(post("one", true, &sent, NULL), 0);
	/* Its end of the connection comes with, or after, the answer. */
	usleep(200000);
	ck_assert_int_eq(post("two", false, &sent, NULL),
			 SMBMGMT_E_CONNECTION_LOST);
	ck_assert(!sent);
	ck_assert_int_eq(post("three", true, &sent, NULL), 0);
	finish(heard, sizeof(heard));
	ck_assert_uint_eq(count(heard, "#connection"), 2);
	ck_assert_ptr_null(strstr(heard, "two"));
	ck_assert_ptr_nonnull(strstr(heard, "three"));
}
END_TEST

/* It closes instead of answering: nothing is sent a second time. */
START_TEST(test_closed_after)
{
	static const struct play plays[] = {{{EMPTY, ""}}, {{EMPTY}}};
	char heard[16384];
	bool sent = false;

	start(plays, 2);
	ck_assert_int_eq(post("one", true, &sent, NULL), 0);
	/* Even if it may connect: what was sent is not repeated. */
	ck_assert_int_eq(post("two", true, &sent, NULL),
			 SMBMGMT_E_CONNECTION_LOST);
	ck_assert(sent);
	finish(heard, sizeof(heard));
	ck_assert_uint_eq(count(heard, "#connection"), 1);
	ck_assert_uint_eq(count(heard, "two"), 1);
}
END_TEST

START_TEST(test_no_answer)
{
	static const struct play plays[] = {{{NULL}}};
	char heard[16384];
	bool sent = false;

	start(plays, 1);
	ck_assert_int_eq(post("one", true, &sent, NULL),
			 SMBMGMT_E_CONNECTION_LOST);
	ck_assert(sent);
	finish(heard, sizeof(heard));
	ck_assert_uint_eq(count(heard, "one"), 1);
}
END_TEST

START_TEST(test_deadline)
{
	static const struct play plays[] = {{{""}}};
	char heard[16384];
	bool sent = false;

	start(plays, 1);
	sm_http_set_deadline(http, sm_clock_now());
	ck_assert_int_eq(post("one", true, &sent, NULL), SMBMGMT_E_TIMED_OUT);
	ck_assert(!sent);
	finish(heard, sizeof(heard));
	ck_assert_str_eq(heard, "");
}
END_TEST

/* Answers that are none: the code, and that something was sent. */
static const struct {
	const char *answer;
	int code;
	const char *got;
} answers[] = {
	{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
	 "Content-Length: 0\r\n\r\n",
	 0, "302  "},
	{"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\n"
	 "Set-Cookie: a=b\r\nContent-Length: 2\r\n\r\nno",
	 0, "401  no"},
	{"HTTP/1.1 100 Continue\r\nContent-Type: text/y\r\n\r\n" HELLO, 0,
	 "200 text/x hello"},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	 "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
	 0, "200  abcde"},
	{"hello\r\n\r\n", SMBMGMT_E_PROTOCOL, NULL},
	{"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", SMBMGMT_E_PROTOCOL,
	 NULL},
	{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
	 SMBMGMT_E_CONNECTION_LOST, NULL},
};

START_TEST(test_answer)
{
	struct play play = {{answers[_i].answer}};
	char heard[16384];
	char got[GOT] = "";
	bool sent = false;

	start(&play, 1);
	ck_assert_int_eq(post("one", true, &sent, got), answers[_i].code);
	ck_assert(sent);
	if (answers[_i].got != NULL)
		ck_assert_str_eq(got, answers[_i].got);
	finish(heard, sizeof(heard));
	ck_assert_uint_eq(count(heard, "#connection"), 1);
}
END_TEST

/* What becomes of host, port and path. */
static const struct {
	const char *host;
	uint32_t port;
	bool tls;
	const char *path;
	const char *url; /* NULL: refused */
} urls[] = {
	{"server", 0, false, NULL, "http://server:5985/wsman"},
	{"server", 0, true, NULL, "https://server:5986/wsman"},
	{"server", 80, false, "/a/b", "http://server:80/a/b"},
	{"10.0.0.5", 443, true, NULL, "https://10.0.0.5:443/wsman"},
	{"fe80::1", 0, false, NULL, "http://[fe80::1]:5985/wsman"},
	{"fe80::1%eth0", 0, false, NULL, "http://[fe80::1%25eth0]:5985/wsman"},
	{"user@server", 0, false, NULL, NULL},
	{"server/path", 0, false, NULL, NULL},
	{"server?x", 0, false, NULL, NULL},
	{"a b", 0, false, NULL, NULL},
	{"::1]/x#:", 0, false, NULL, NULL},
};

START_TEST(test_url)
{
	struct sm_target t = {
		.host = urls[_i].host,
		.port = urls[_i].port,
		.tls = urls[_i].tls,
		.wsman_path = urls[_i].path,
	};
	struct sm_http *made = NULL;
	struct sm_fail fail = {0};
	int ret = sm_http_new(&t, &made, &fail);

	if (urls[_i].url == NULL) {
		ck_assert_int_eq(ret, SMBMGMT_E_INVALID);
		return;
	}
	ck_assert_int_eq(ret, 0);
	ck_assert_str_eq(sm_http_url(made), urls[_i].url);
	sm_http_free(made);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman_http");
	TCase *tcase = tcase_create("wsman_http");

	/* A proxy that would be asked, if anybody looked for one. */
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_post);
	tcase_add_test(tcase, test_closed_between);
	tcase_add_test(tcase, test_closed_after);
	tcase_add_test(tcase, test_no_answer);
	tcase_add_test(tcase, test_deadline);
	tcase_add_loop_test(tcase, test_answer, 0,
			    sizeof(answers) / sizeof(answers[0]));
	tcase_add_loop_test(tcase, test_url, 0, sizeof(urls) / sizeof(urls[0]));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
