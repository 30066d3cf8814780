/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a command line, or a line of the shell, asks for. */
#ifndef TOOLS_REQUEST_H
#define TOOLS_REQUEST_H

#include "columns.h"
#include "text.h"

#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>

/* Commands are bits, so that an option can name those that it belongs to. */
#define COMMAND_LIST (1u << 0)
#define COMMAND_CLOSE (1u << 1)
#define COMMAND_SHELL (1u << 2)
#define COMMAND_HELP (1u << 3)
#define COMMAND_VERSION (1u << 4)
#define COMMAND_EVICT (1u << 5)
/* Lines of the shell. */
#define LINE_OPEN (1u << 8)
#define LINE_HANDLES (1u << 9)
#define LINE_USE (1u << 10)
#define LINE_LIST (1u << 11)
#define LINE_CLOSE (1u << 12)
#define LINE_REMOVE (1u << 13)
#define LINE_HELP (1u << 14)
#define LINE_EXIT (1u << 15)

/* Who asks. */
struct identity {
	char *user;	 /* -U, else NULL */
	char *auth_file; /* -A, else NULL */
	bool no_password;
	int32_t kerberos; /* SMBMGMT_KERBEROS_, or -1: not said */
	int password_fd;  /* -1: none */
	char *password;	  /* what was read there; wiped with the request */
};

/* How servers are reached. */
struct where {
	struct words servers;
	char *servers_file; /* NULL, or where more of them stand */
	/* Where each of the last servers stands there: "FILE:LINE". */
	struct words places;
	struct identity identity;
	char *carrier;	    /* NULL: the library's choice */
	char *address;	    /* where the server is, or NULL */
	uint32_t port;	    /* 0: the transport's own */
	int32_t protection; /* -1: the library's default */
	char *smb_conf;	    /* absolute, or NULL */
	char *samba_path;   /* the same */
	uint32_t deadline;  /* milliseconds; 0: the library's default */
	int32_t debug;	    /* -1: no log */
	/* wsman and wsmans */
	int32_t auth; /* SMBMGMT_AUTH_; DEFAULT: not said */
	bool allow_plaintext;
	char *ca_file;	   /* absolute, or NULL */
	char *client_cert; /* the same */
	char *client_key;  /* the same */
	char *wsman_path;  /* NULL: the usual one */
};

struct request {
	unsigned command;
	const char *command_name;
	struct words operands;
	struct where where;
	/* The filter, and the name of the first option that went into it. */
	smbmgmt_filter *filter;
	const char *filter_option;
	/* The same for handles. */
	smbmgmt_selector *selector;
	const char *selector_option;
	int32_t allow_collateral;
	bool instances; /* --instance, which alone selects nothing */
	bool json;
	bool csv;
	struct choice columns; /* none: the usual ones */
	bool opens;
	bool all;
	bool what_if;
	bool confirm;
	bool force;
	bool pass_thru;
	bool include_own;
	bool no_verify;
	bool quiet;
	int32_t throttle;   /* 0: the library's choice */
	int32_t per_server; /* the same */
	uint32_t lasts;	    /* evict --for, in milliseconds */
	uint32_t every;	    /* evict --every, the same */
	char *before;	    /* evict --before, or NULL */
	char *from;
	char *audit;	/* NULL: no audit */
	char *commands; /* shell -c */
	char *name;	/* open --name */
};

/* An empty request; false after a message when memory is short. */
bool request_init(struct request *request);
void request_clear(struct request *request);

/* Operands that are session ids go into the filter; 0 or a fact. */
unsigned filter_add_ids(const struct request *request);

/* true if -U, -A, -N, --password-fd or --use-kerberos was given. */
bool identity_given(const struct identity *identity);

#endif /* TOOLS_REQUEST_H */
