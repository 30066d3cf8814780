/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Random srvsvc messages, the same for the same seed. */
#ifndef TESTS_SRVSVC_GEN_H
#define TESTS_SRVSVC_GEN_H

#include "util/arena.h"
#include "wire/srvsvc/srvsvc_ndr.h"

#define GEN_LEVELS 5
extern const uint32_t gen_levels[GEN_LEVELS];

struct gen {
	uint64_t state;
	struct sm_arena arena; /* what is made lives here */
};

/* From SMBMGMT_TEST_SEED, or from the clock. */
uint64_t gen_seed(void);

uint32_t gen_u32(struct gen *gen);
uint32_t gen_below(struct gen *gen, uint32_t bound);
/* A string of up to 24 code points of every width; seldom NULL or "". */
const char *gen_text(struct gen *gen);
void gen_enum_request(struct gen *gen, uint32_t level,
		      struct sm_srvsvc_enum_request *request);
/* Only members that @level has are set. */
void gen_enum_answer(struct gen *gen, uint32_t level,
		     struct sm_srvsvc_enum_answer *answer);
/* With a client and a user. */
void gen_del_request(struct gen *gen, struct sm_srvsvc_del_request *request);

#endif /* TESTS_SRVSVC_GEN_H */
