/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Random helper messages, the same for the same seed, and their codecs. */
#ifndef TESTS_FRAMES_GEN_H
#define TESTS_FRAMES_GEN_H

#include "srvsvc_gen.h"
#include "wire/frames/message.h"

/* Never NULL; of at most @size - 1 bytes. */
const char *gen_short_text(struct gen *gen, size_t size);
void gen_row(struct gen *gen, struct sm_row *row);
void gen_target(struct gen *gen, struct sm_target *target);
void gen_query(struct gen *gen, struct sm_query *query);
void gen_listing(struct gen *gen, struct sm_listing *listing);
void gen_close(struct gen *gen, struct sm_close *close);
void gen_fail(struct gen *gen, struct sm_fail *fail);

/* One message without its types, for what holds of all of them. */
struct frames_kind {
	const char *name;
	/* Append a random one. */
	void (*put)(struct gen *gen, struct sm_out *out);
	/* Read it; if @again is given, append what was read to it. */
	int (*get)(uint8_t *payload, size_t len, struct sm_out *again,
		   struct sm_fail *fail);
};

#define FRAMES_KINDS 8
extern const struct frames_kind frames_kinds[FRAMES_KINDS];

#endif /* TESTS_FRAMES_GEN_H */
