/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tool.h"

#include <stdio.h>

/*
 * A line here is a line of 80 columns, and all of them together are two screens
 * of 24.
 */
/* clang-format off */
static const char usage[] =
	"smbmgmt - see and end SMB sessions on any SMB file server\n"
	"  smbmgmt [WHERE] list [ID...] [FILTERS] [--columns=NAME,...] [--csv | --json]\n"
	"  smbmgmt [WHERE] close [ID...] [FILTERS | --all | --from=FILE|-] [CLOSE]\n"
	"  smbmgmt [WHERE] evict [ID...] [FILTERS | --all] [CLOSE] [EVICT]\n"
	"  smbmgmt [WHERE] shell [-c, --commands=COMMANDS]\n"
	"  smbmgmt -?, --help | -V, --version\n"
	"WHERE (without a server: the Samba of this machine, samba:, as root)\n"
	"  -S, --server=[TRANSPORT:]HOST[:PORT]  may be repeated; memory:demo is to try\n"
	"  --servers-file=FILE|-                 more of them, a line each; not for shell\n"
	"  -p, --port=PORT  -I, --address=ADDR   where it is, if its name does not tell\n"
	"  -U, --user=[DOMAIN\\]NAME              default: the user who runs the command\n"
	"  -A, --authentication-file=FILE        user, domain, password, as in smbclient\n"
	"  -N, --no-pass                         no password; without -U, no user either\n"
	"  --password-fd=N                       a line read there; else it is asked for\n"
	"  --use-kerberos=desired|required|off  --client-protection=sign|encrypt|off\n"
	"  --carrier=auto|dcerpc|smbclient       what carries srvsvc; default: auto\n"
	"  --auth=negotiate|kerberos|ntlm|basic  --allow-plaintext  over wsman:, wsmans:\n"
	"  --wsman-path=/PATH  --ca-file=FILE  --client-cert=FILE  --client-key=FILE\n"
	"  -s, --configfile=SMB.CONF  --samba-path=FOLDER  smb.conf; where smbstatus is\n"
	"  --deadline=SECONDS  --throttle=N      of each step; servers at once (30; 0)\n"
	"  -d, --debuglevel=LEVEL  -q, --quiet   log: 0 errors to 3 debug; no progress\n";

static const char commands[] =
	"FILTERS (values of one are ORed, several are ANDed; no wildcards)\n"
	"  ID, --session-id=LIST                 5, 1..5, or 1,3..7\n"
	"  --client=NAME                         computer name or address\n"
	"  --client-user=[DOMAIN\\]NAME  --scope=NAME  --node=NAME  --dialect=DIALECT\n"
	"  --instance=default|csv|sbl|sr         all of these may be repeated\n"
	"  --min-idle=N[s|m|h|d]  --min-age=...  --max-opens=N  --guest  --unencrypted\n"
	"LIST\n"
	"  --columns=NAME,...  --opens  --csv  --json  id, client, ...; files (samba:)\n"
	"CLOSE (asks once for all that ends together, at the terminal)\n"
	"  --force  --confirm                    do not ask; ask, even with --force\n"
	"  --what-if  --audit=FILE               only show it; write down what is done\n"
	"  --all  --include-own                  all but what carries us; that, too\n"
	"  --from=FILE|-                         what list --json printed, on its servers\n"
	"  --allow-collateral=possible|all       also where others may end, or will end\n"
	"  --pass-thru  --no-verify              print what ended; do not look if it did\n";

static const char evict[] =
	"EVICT (asks once; no --from, --include-own, --pass-thru, --no-verify, --csv)\n"
	"  --for=N[s|m|h|d]  --every=...         close what comes back, too (30s; 1s)\n"
	"  --before=PATH  --per-server=N         run this first; connections (and CLOSE)\n";

static const char shell[] =
	"SHELL (commands end at a line feed or ;  '...' and \"...\" quote)\n"
	"  open [--name=N] [WHERE] [HOST]        open a handle and use it\n"
	"  handles [SELECT] [--csv]; use HANDLE  see them; list and close work on one\n"
	"  remove [SELECT | --all] [--what-if] [--confirm]; list; close; help; exit\n"
	"  SELECT: ID, A..B, --name=PATTERN, --computer-name=PATTERN, --instance-id=GUID\n"
	"  of one kind; may be repeated.  * ? [set] [a-z], and a backtick escapes\n";

static const char statuses[] =
	"EXIT STATUS (the first that applies)\n"
	"  2 usage, empty filter, no consent     1 failed, still there, no answer, unsure\n"
	"  4 declined or refused     3 a value matched nothing     0 all the rest\n";
/* clang-format on */

void help_print(bool in_shell)
{
	if (!in_shell) {
		fputs(usage, stdout);
	}
	fputs(commands, stdout);
	if (!in_shell) {
		fputs(evict, stdout);
	}
	fputs(shell, stdout);
	if (!in_shell) {
		fputs(statuses, stdout);
	}
}
