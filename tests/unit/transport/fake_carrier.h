/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A carrier that plays a script: it reads each request with the wire library's
 * server side, checks it against the next step, and answers as that says.
 */
#ifndef TESTS_FAKE_CARRIER_H
#define TESTS_FAKE_CARRIER_H

#include "transport/srvsvc/srvsvc.h"
#include "wire/srvsvc/srvsvc_ndr.h"

struct step {
	/* What must be asked. */
	bool del;
	uint32_t level;	    /* Enum */
	uint32_t resume;    /* Enum */
	const char *client; /* Del */
	const char *user;   /* Del */
	/* What happens. */
	int code; /* SMBMGMT_E_: the call fails */
	uint32_t ntstatus;
	uint32_t status; /* the WERROR of an answer */
	const struct sm_srvsvc_session *rows;
	uint32_t count;
	uint32_t total;
	bool no_resume;
	uint32_t next;	 /* the resume handle that is answered */
	const char *raw; /* these bytes instead of an answer */
	size_t raw_len;
	bool forever; /* this step is never done */
};

/* The rows that a listing gave, copied. */
struct got_row {
	struct sm_row row; /* its strings are the members below */
	char client[64];
	char user[64];
};

struct got {
	struct got_row *rows;
	uint32_t count;
	uint32_t stop_after; /* 0: take all */
	struct sm_listing listing;
	struct sm_fail fail;
};

extern const struct sm_carrier fake_carrier;

/* Set the script and forget what happened before. */
void fake_play(const struct step *steps, size_t count);
/* How many calls were made. */
uint32_t fake_calls(void);
/* Fail the test if steps are left. */
void fake_done(void);
/* How often connect() and disconnect() were called. */
uint32_t fake_connects(void);
uint32_t fake_disconnects(void);
/* What the next connect() answers. */
void fake_refuse(int code);
/* A connection of the srvsvc transport over the script. */
struct sm_transport_conn *fake_open(void);
/* enumerate() into @got; drop with fake_got_free(). */
int fake_list(struct sm_transport_conn *conn, struct got *got);
void fake_got_free(struct got *got);

#endif /* TESTS_FAKE_CARRIER_H */
