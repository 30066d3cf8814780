/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "srvsvc_gen.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const uint32_t gen_levels[GEN_LEVELS] = {0, 1, 2, 10, 502};

uint64_t gen_seed(void)
{
	const char *text = getenv("SMBMGMT_TEST_SEED");

	if (text != NULL)
		return strtoull(text, NULL, 0);
	return (uint64_t)time(NULL) << 20 ^ (uint64_t)getpid();
}

/* splitmix64: any seed is a good one. */
uint32_t gen_u32(struct gen *gen)
{
	uint64_t z = gen->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

uint32_t gen_below(struct gen *gen, uint32_t bound)
{
	return gen_u32(gen) % bound;
}

static size_t gen_char(struct gen *gen, char *to)
{
	static const char *const odd[] = {
		"\x01",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xc3\x9f",
		"\xf0\x9f\x98\x80",
		"\xf4\x8f\xbf\xbf",
	};
	const char *text = NULL;

	if (gen_below(gen, 3) != 0) {
		*to = (char)(' ' + gen_below(gen, 95));
		return 1;
	}
	text = odd[gen_below(gen, sizeof(odd) / sizeof(odd[0]))];
	memcpy(to, text, strlen(text));
	return strlen(text);
}

static const char *gen_name(struct gen *gen, uint32_t least)
{
	char text[25 * 4];
	size_t len = 0;

	for (uint32_t n = least + gen_below(gen, 24); n > 0; n--)
		len += gen_char(gen, text + len);
	return sm_arena_strndup(&gen->arena, text, len);
}

const char *gen_text(struct gen *gen)
{
	if (gen_below(gen, 8) == 0)
		return NULL;
	return gen_name(gen, 0);
}

void gen_enum_request(struct gen *gen, uint32_t level,
		      struct sm_srvsvc_enum_request *request)
{
	memset(request, 0, sizeof(*request));
	request->server = gen_text(gen);
	request->client = gen_text(gen);
	request->user = gen_text(gen);
	request->level = level;
	request->max_length = gen_u32(gen);
	request->has_resume = gen_below(gen, 2) != 0;
	if (request->has_resume)
		request->resume = gen_u32(gen);
}

static void gen_session(struct gen *gen, uint32_t level,
			struct sm_srvsvc_session *session)
{
	session->client = gen_text(gen);
	if (level == 0)
		return;
	session->user = gen_text(gen);
	session->time = gen_u32(gen);
	session->idle = gen_u32(gen);
	if (level == 10)
		return;
	session->num_opens = gen_u32(gen);
	session->flags = gen_u32(gen);
	if (level == 1)
		return;
	session->type = gen_text(gen);
	if (level == 502)
		session->transport = gen_text(gen);
}

void gen_enum_answer(struct gen *gen, uint32_t level,
		     struct sm_srvsvc_enum_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	answer->level = level;
	answer->has_container = gen_below(gen, 8) != 0;
	answer->has_array = answer->has_container && gen_below(gen, 8) != 0;
	if (answer->has_array)
		answer->count = gen_below(gen, 6);
	if (answer->count > 0)
		answer->sessions = sm_arena_alloc(
			&gen->arena, answer->count * sizeof(*answer->sessions));
	for (uint32_t i = 0; i < answer->count; i++)
		gen_session(gen, level, &answer->sessions[i]);
	answer->total = gen_u32(gen);
	answer->has_resume = gen_below(gen, 2) != 0;
	if (answer->has_resume)
		answer->resume = gen_u32(gen);
	answer->status = gen_u32(gen);
}

void gen_del_request(struct gen *gen, struct sm_srvsvc_del_request *request)
{
	request->server = gen_text(gen);
	do {
		request->client = gen_name(gen, 1);
	} while (request->client[strspn(request->client, "\\")] == '\0');
	request->user = gen_name(gen, 1);
}
