/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef TESTS_UNIT_TRANSPORT_LISTENER_H
#define TESTS_UNIT_TRANSPORT_LISTENER_H

#include <stdint.h>

/* A TCP socket that listens on loopback, and its port. */
int make_listener(uint32_t *port);

#endif /* TESTS_UNIT_TRANSPORT_LISTENER_H */
