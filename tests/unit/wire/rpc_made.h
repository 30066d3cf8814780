/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A server's PDUs: recorded from Samba 4.17, and made to measure. */
#ifndef TESTS_RPC_MADE_H
#define TESTS_RPC_MADE_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* PFC flags, by the names of C706 12.6.3.1. */
#define MADE_FIRST 0x01
#define MADE_LAST 0x02
#define MADE_WHOLE 0x03

#define MADE_CALL 2

/* smbd's answers to our bind (call 1): accepted, and both rejections. */
#define SAMBA_ACK_LENGTH 68
extern const uint8_t samba_ack[SAMBA_ACK_LENGTH];
extern const uint8_t samba_no_interface[SAMBA_ACK_LENGTH];
extern const uint8_t samba_no_syntax[SAMBA_ACK_LENGTH];
/* To a bind that said version 5.1. */
extern const uint8_t samba_nak[24];
/* To opnum 200, and to a stub of four bytes (call 4). */
extern const uint8_t samba_no_opnum[32];
extern const uint8_t samba_bad_stub[32];
/* Where things are in an acknowledgement with that address. */
#define AT_ADDRESS_LENGTH 24
#define AT_COUNT 40
#define AT_RESULT 44

/* A response of call MADE_CALL. */
void made_response(struct sm_out *out, uint8_t flags, const void *stub,
		   size_t len);
/* A fault of call MADE_CALL. */
void made_fault(struct sm_out *out, uint32_t status);
/* An acknowledgement of call 1 with an address of that many bytes. */
void made_ack(struct sm_out *out, uint16_t max_recv, size_t address);

#endif /* TESTS_RPC_MADE_H */
