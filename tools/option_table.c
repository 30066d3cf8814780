/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "option_table.h"

#include "option_apply.h"

#include <stddef.h>

#define FLAG(member)                                                           \
	.apply = apply_flag, .offset = offsetof(struct request, member)
#define TEXT(member)                                                           \
	.apply = apply_text, .offset = offsetof(struct request, member)
#define FILTER(function)                                                       \
	.apply = apply_filter, .filter = (function), .repeatable = true
#define SELECT(function)                                                       \
	.apply = apply_selector, .selector = (function), .repeatable = true

#define NUMBER(member)                                                         \
	.apply = apply_count, .offset = offsetof(struct request, member)
#define SOME_TIME(member)                                                      \
	.apply = apply_milliseconds, .offset = offsetof(struct request, member)

#define AT_ONCE (COMMAND_LIST | COMMAND_CLOSE | COMMAND_EVICT)
#define ANYWHERE (AT_ONCE | COMMAND_SHELL)
#define OPENING (ANYWHERE | LINE_OPEN)
#define LISTING (COMMAND_LIST | LINE_LIST)
#define CLOSING (COMMAND_CLOSE | LINE_CLOSE)
#define ENDING (CLOSING | COMMAND_EVICT)
#define FILTERING (LISTING | ENDING)
#define SELECTING (LINE_HANDLES | LINE_REMOVE)

const struct option_spec option_table[] = {
	/* where */
	{"server", 'S', true, "[TRANSPORT:]HOST[:PORT]", ANYWHERE,
	 .apply = apply_server},
	{"servers-file", 0, false, "FILE|-", AT_ONCE, TEXT(where.servers_file)},
	{"throttle", 0, false, "N", AT_ONCE, NUMBER(throttle)},
	{"per-server", 0, false, "N", ENDING, NUMBER(per_server)},
	{"quiet", 'q', false, NULL, ANYWHERE, FLAG(quiet)},
	{"port", 'p', false, "PORT", OPENING, .apply = apply_port},
	{"user", 'U', false, "[DOMAIN\\]NAME", OPENING, .apply = apply_user},
	{"authentication-file", 'A', false, "FILE", OPENING,
	 TEXT(where.identity.auth_file)},
	{"no-pass", 'N', false, NULL, OPENING,
	 FLAG(where.identity.no_password)},
	{"password-fd", 0, false, "N", OPENING, .apply = apply_password_fd},
	{"client-protection", 0, false, "sign|encrypt|off", OPENING,
	 .apply = apply_protection},
	{"use-kerberos", 0, false, "desired|required|off", OPENING,
	 .apply = apply_kerberos},
	{"address", 'I', false, "ADDRESS", OPENING, TEXT(where.address)},
	{"carrier", 0, false, "auto|dcerpc|smbclient", OPENING,
	 .apply = apply_carrier},
	{"auth", 0, false, "negotiate|kerberos|ntlm|basic", OPENING,
	 .apply = apply_auth},
	{"allow-plaintext", 0, false, NULL, OPENING,
	 FLAG(where.allow_plaintext)},
	{"ca-file", 0, false, "FILE", OPENING, .apply = apply_path,
	 .offset = offsetof(struct request, where.ca_file)},
	{"client-cert", 0, false, "FILE", OPENING, .apply = apply_path,
	 .offset = offsetof(struct request, where.client_cert)},
	{"client-key", 0, false, "FILE", OPENING, .apply = apply_path,
	 .offset = offsetof(struct request, where.client_key)},
	{"wsman-path", 0, false, "/PATH", OPENING, .apply = apply_url_path,
	 .offset = offsetof(struct request, where.wsman_path)},
	{"configfile", 's', false, "SMB.CONF", OPENING, .apply = apply_path,
	 .offset = offsetof(struct request, where.smb_conf)},
	{"samba-path", 0, false, "FOLDER", OPENING, .apply = apply_path,
	 .offset = offsetof(struct request, where.samba_path)},
	{"deadline", 0, false, "SECONDS", OPENING, .apply = apply_deadline},
	{"debuglevel", 'd', false, "LEVEL", ANYWHERE, .apply = apply_debug},
	{"audit", 0, false, "FILE",
	 COMMAND_CLOSE | COMMAND_EVICT | COMMAND_SHELL, TEXT(audit)},
	/* filters */
	{"session-id", 0, .value = "LIST", .commands = FILTERING,
	 FILTER(smbmgmt_filter_add_id_text)},
	{"client", 0, .value = "NAME", .commands = FILTERING,
	 FILTER(smbmgmt_filter_add_client)},
	{"client-user", 0, .value = "[DOMAIN\\]NAME", .commands = FILTERING,
	 FILTER(smbmgmt_filter_add_user)},
	{"scope", 0, .value = "NAME", .commands = FILTERING,
	 FILTER(smbmgmt_filter_add_scope)},
	{"node", 0, .value = "NAME", .commands = FILTERING,
	 FILTER(smbmgmt_filter_add_node)},
	{"dialect", 0, .value = "DIALECT", .commands = FILTERING,
	 FILTER(smbmgmt_filter_add_dialect)},
	{"instance", 0, true, "default|csv|sbl|sr", FILTERING,
	 .apply = apply_instance},
	{"min-idle", 0, false, "N[s|m|h|d]", FILTERING,
	 .apply = apply_min_idle},
	{"min-age", 0, false, "N[s|m|h|d]", FILTERING, .apply = apply_min_age},
	{"max-opens", 0, false, "N", FILTERING, .apply = apply_max_opens},
	{"guest", 0, false, NULL, FILTERING, .apply = apply_guest},
	{"unencrypted", 0, false, NULL, FILTERING, .apply = apply_unencrypted},
	/* list and close */
	{"json", 0, false, NULL, FILTERING, FLAG(json)},
	{"csv", 0, false, NULL, LISTING | CLOSING | LINE_HANDLES, FLAG(csv)},
	{"columns", 0, false, "NAME,...", LISTING, .apply = apply_columns},
	{"opens", 0, false, NULL, LISTING, FLAG(opens)},
	{"all", 0, false, NULL, ENDING | LINE_REMOVE, FLAG(all)},
	{"from", 0, false, "FILE|-", CLOSING, TEXT(from)},
	{"what-if", 0, false, NULL, ENDING | LINE_REMOVE, FLAG(what_if)},
	{"confirm", 0, false, NULL, ENDING | LINE_REMOVE, FLAG(confirm)},
	{"force", 0, false, NULL, ENDING, FLAG(force)},
	{"pass-thru", 0, false, NULL, CLOSING, FLAG(pass_thru)},
	{"include-own", 0, false, NULL, CLOSING, FLAG(include_own)},
	{"allow-collateral", 0, false, "possible|all", ENDING,
	 .apply = apply_collateral},
	{"no-verify", 0, false, NULL, CLOSING, FLAG(no_verify)},
	/* evict */
	{"for", 0, false, "N[s|m|h|d]", COMMAND_EVICT, SOME_TIME(lasts)},
	{"every", 0, false, "N[s|m|h|d]", COMMAND_EVICT, SOME_TIME(every)},
	{"before", 0, false, "PATH", COMMAND_EVICT, TEXT(before)},
	/* shell */
	{"commands", 'c', false, "COMMANDS", COMMAND_SHELL, TEXT(commands)},
	{"name", 0, .value = "PATTERN", .commands = SELECTING | LINE_OPEN,
	 .apply = apply_name, .selector = smbmgmt_selector_add_name,
	 .repeatable = true},
	{"computer-name", 0, .value = "PATTERN", .commands = SELECTING,
	 SELECT(smbmgmt_selector_add_computer_name)},
	{"instance-id", 0, .value = "GUID", .commands = SELECTING,
	 SELECT(smbmgmt_selector_add_instance_id)},
};

const size_t option_table_count =
	sizeof(option_table) / sizeof(option_table[0]);
