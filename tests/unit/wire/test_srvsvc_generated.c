/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Random messages of every level: they come back as they went, no cut and no
 * flipped bit does harm, and memory stays within what the bytes can hold.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "srvsvc_gen.h"
#include "suite.h"

#define ROUNDS 300
#define SWEEP_ROUNDS 20

/* libcheck writes a file at each of its own assertions: a million is slow. */
#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			ck_abort_msg("%s", #condition);                        \
	} while (0)

static uint64_t seed;

/* The four decoders behind one face. */
enum kind { ENUM_REQUEST, ENUM_ANSWER, DEL_REQUEST, DEL_ANSWER, KINDS };

struct message {
	enum kind kind;
	uint32_t level;
	struct sm_srvsvc_enum_request enum_request;
	struct sm_srvsvc_enum_answer enum_answer;
	struct sm_srvsvc_del_request del_request;
	uint32_t del_status;
};

static void make(struct gen *gen, enum kind kind, uint32_t level,
		 struct message *m)
{
	memset(m, 0, sizeof(*m));
	m->kind = kind;
	m->level = level;
	if (kind == ENUM_REQUEST)
		gen_enum_request(gen, level, &m->enum_request);
	else if (kind == ENUM_ANSWER)
		gen_enum_answer(gen, level, &m->enum_answer);
	else if (kind == DEL_REQUEST)
		gen_del_request(gen, &m->del_request);
	else
		m->del_status = gen_u32(gen);
}

static int put(const struct message *m, struct sm_out *out)
{
	switch (m->kind) {
	case ENUM_REQUEST:
		return sm_srvsvc_put_enum_request(&m->enum_request, out, NULL);
	case ENUM_ANSWER:
		return sm_srvsvc_put_enum_answer(&m->enum_answer, out, NULL);
	case DEL_REQUEST:
		return sm_srvsvc_put_del_request(&m->del_request, out, NULL);
	default:
		return sm_srvsvc_put_del_answer(m->del_status, out, NULL);
	}
}

/*
 * From a copy that ends with the last byte, so that the sanitizer sees a read
 * past it; and with the bound on what may be allocated.  A row of level 0 is
 * 12 times its 4 bytes, and the arena's next block twice its last.
 */
static int get(const uint8_t *stub, size_t len, struct sm_arena *arena,
	       struct message *m, struct sm_fail *fail)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	int error = 0;

	CHECK(copy != NULL);
	memcpy(copy, stub, len);
	if (m->kind == ENUM_REQUEST)
		error = sm_srvsvc_get_enum_request(copy, len, arena,
						   &m->enum_request, fail);
	else if (m->kind == ENUM_ANSWER)
		error = sm_srvsvc_get_enum_answer(copy, len, m->level, arena,
						  &m->enum_answer, fail);
	else if (m->kind == DEL_REQUEST)
		error = sm_srvsvc_get_del_request(copy, len, arena,
						  &m->del_request, fail);
	else
		error = sm_srvsvc_get_del_answer(copy, len, &m->del_status,
						 fail);
	free(copy);
	CHECK(arena->total <= 40 * len + 2048);
	return error;
}

static bool same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static bool same_session(const struct sm_srvsvc_session *a,
			 const struct sm_srvsvc_session *b)
{
	return same_text(a->client, b->client) && same_text(a->user, b->user) &&
	       same_text(a->type, b->type) &&
	       same_text(a->transport, b->transport) &&
	       a->num_opens == b->num_opens && a->time == b->time &&
	       a->idle == b->idle && a->flags == b->flags;
}

static bool same_answer(const struct sm_srvsvc_enum_answer *a,
			const struct sm_srvsvc_enum_answer *b)
{
	if (a->level != b->level || a->has_container != b->has_container ||
	    a->has_array != b->has_array || a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		if (!same_session(&a->sessions[i], &b->sessions[i]))
			return false;
	}
	return a->total == b->total && a->has_resume == b->has_resume &&
	       a->resume == b->resume && a->status == b->status;
}

static bool same(const struct message *a, const struct message *b)
{
	const struct sm_srvsvc_enum_request *p = &a->enum_request;
	const struct sm_srvsvc_enum_request *q = &b->enum_request;
	const struct sm_srvsvc_del_request *r = &a->del_request;
	const struct sm_srvsvc_del_request *s = &b->del_request;

	return same_text(p->server, q->server) &&
	       same_text(p->client, q->client) && same_text(p->user, q->user) &&
	       p->level == q->level && p->max_length == q->max_length &&
	       p->has_resume == q->has_resume && p->resume == q->resume &&
	       same_answer(&a->enum_answer, &b->enum_answer) &&
	       same_text(r->server, s->server) &&
	       same_text(r->client, s->client) && same_text(r->user, s->user) &&
	       a->del_status == b->del_status;
}

/* One generator for each test and level, so that one fails without others. */
static struct gen gen_for(int index, uint64_t test)
{
	struct gen gen = {.state = seed + ((uint64_t)index << 8) + test};

	return gen;
}

START_TEST(round_trip)
{
	struct gen gen = gen_for(_i, 1);
	enum kind kind = (enum kind)(_i / GEN_LEVELS);

	for (int round = 0; round < ROUNDS; round++) {
		struct message m;
		struct message back = {.kind = kind};
		struct sm_arena arena = {0};
		struct sm_fail fail = {0};
		struct sm_out out = {0};

		make(&gen, kind, gen_levels[_i % GEN_LEVELS], &m);
		back.level = m.level;
		CHECK(put(&m, &out) == 0);
		CHECK(get(out.data, out.len, &arena, &back, &fail) == 0);
		CHECK(same(&m, &back));
		sm_arena_free(&arena);
		sm_out_free(&out);
	}
	sm_arena_free(&gen.arena);
}
END_TEST

START_TEST(cut_anywhere)
{
	struct gen gen = gen_for(_i, 2);
	enum kind kind = (enum kind)(_i / GEN_LEVELS);

	for (int round = 0; round < SWEEP_ROUNDS; round++) {
		struct message m;
		struct sm_out out = {0};

		make(&gen, kind, gen_levels[_i % GEN_LEVELS], &m);
		CHECK(put(&m, &out) == 0);
		for (size_t len = 0; len < out.len; len++) {
			struct message cut = {.kind = kind, .level = m.level};
			struct sm_arena arena = {0};
			struct sm_fail fail = {.offset = -1};

			CHECK(get(out.data, len, &arena, &cut, &fail) ==
			      SMBMGMT_E_PROTOCOL);
			CHECK(fail.offset >= 0);
			CHECK(fail.offset <= (int64_t)len);
			sm_arena_free(&arena);
		}
		sm_out_free(&out);
	}
	sm_arena_free(&gen.arena);
}
END_TEST

/* Whatever is still accepted must be a message that can be told again. */
static void check_changed(const struct message *m, const struct sm_out *out)
{
	struct message got = {.kind = m->kind, .level = m->level};
	struct message back = got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {.offset = -1};
	struct sm_out again = {0};
	int error = get(out->data, out->len, &arena, &got, &fail);

	if (error != 0) {
		CHECK(error == SMBMGMT_E_PROTOCOL);
		CHECK(fail.offset >= 0);
		CHECK(fail.offset <= (int64_t)out->len);
	} else if (put(&got, &again) == 0) {
		struct sm_arena other = {0};

		CHECK(get(again.data, again.len, &other, &back, &fail) == 0);
		CHECK(same(&got, &back));
		sm_arena_free(&other);
	} else {
		/* Only a Del that lost its client or user is not told. */
		CHECK(m->kind == DEL_REQUEST);
	}
	sm_out_free(&again);
	sm_arena_free(&arena);
}

START_TEST(each_byte_changed)
{
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	struct gen gen = gen_for(_i, 3);
	enum kind kind = (enum kind)(_i / GEN_LEVELS);

	for (int round = 0; round < SWEEP_ROUNDS; round++) {
		struct message m;
		struct sm_out out = {0};

		make(&gen, kind, gen_levels[_i % GEN_LEVELS], &m);
		CHECK(put(&m, &out) == 0);
		for (size_t at = 0; at < out.len * sizeof(flips); at++) {
			uint8_t flip = flips[at % sizeof(flips)];

			out.data[at / sizeof(flips)] ^= flip;
			check_changed(&m, &out);
			out.data[at / sizeof(flips)] ^= flip;
		}
		sm_out_free(&out);
	}
	sm_arena_free(&gen.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("srvsvc generated");
	TCase *tcase = tcase_create("generated");

	seed = gen_seed();
	printf("# SMBMGMT_TEST_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	tcase_add_loop_test(tcase, round_trip, 0, KINDS * GEN_LEVELS);
	tcase_add_loop_test(tcase, cut_anywhere, 0, KINDS * GEN_LEVELS);
	tcase_add_loop_test(tcase, each_byte_changed, 0, KINDS * GEN_LEVELS);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
