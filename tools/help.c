/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tool.h"

#include <stdio.h>

static const char usage[] =
	"smbmgmt - see and end SMB sessions on any SMB file server\n"
	"\n"
	"  smbmgmt [WHERE] list [ID...] [FILTERS] [--json]\n"
	"  smbmgmt [WHERE] close [ID...] [FILTERS | --all | --from FILE|-]\n"
	"          [--what-if] [--confirm] [--force] [--pass-thru]\n"
	"          [--include-own] [--allow-collateral=possible|all]\n"
	"          [--no-verify] [--json]\n"
	"  smbmgmt [WHERE] shell [-c COMMANDS]\n"
	"  smbmgmt --help | --version\n"
	"\n"
	"WHERE\n"
	"  -S, --server=[TRANSPORT:]HOST[:PORT]\n"
	"        the server; may be repeated.  memory:demo is a table to try\n"
	"        the command on\n"
	"  -p, --port=PORT\n"
	"  -U, --user=[DOMAIN\\]NAME\n"
	"        default: the user who runs the command\n"
	"  -A, --authentication-file=FILE\n"
	"        user, domain and password, as smbclient reads them\n"
	"  -N, --no-pass\n"
	"        no password; without -U, no user either\n"
	"  --password-fd=N\n"
	"        read the password from this descriptor, up to its line feed.\n"
	"        Without it, -A or -N, it is asked for at the terminal\n"
	"  --client-protection=sign|encrypt|off\n"
	"        default: sign\n"
	"  --use-kerberos=desired|required|off\n"
	"        default: off; tickets of KRB5CCNAME, or got with the "
	"password\n"
	"  -I, --address=ADDRESS\n"
	"        where the server is, if its name does not tell\n"
	"  --carrier=auto|dcerpc|smbclient\n"
	"        what carries srvsvc; default: auto\n"
	"  -s, --configfile=SMB.CONF\n"
	"        for Samba's client libraries; default: an empty one\n"
	"  --deadline=SECONDS\n"
	"        for each step on a server; default: 30\n"
	"  -d, --debuglevel=LEVEL\n"
	"        log on standard error: 0 errors to 3 debug; up to 10 is\n"
	"        taken, and Samba's libraries log more up to 4\n";

static const char filters[] =
	"FILTERS (values of one are ORed, several are ANDed; no wildcards)\n"
	"  ID, --session-id=LIST        5, 1..5, or 1,3..7\n"
	"  --client=NAME                computer name or address\n"
	"  --client-user=[DOMAIN\\]NAME\n"
	"  --scope=NAME  --node=NAME  --dialect=DIALECT\n"
	"  --instance=default|csv|sbl|sr\n"
	"        each of these may be repeated\n"
	"  --min-idle=N[s|m|h|d]        idle for so long or longer\n"
	"  --min-age=N[s|m|h|d]         so old or older\n"
	"  --max-opens=N                so many open files or fewer\n"
	"  --guest  --unencrypted\n";

static const char closing[] =
	"CLOSE\n"
	"  Asks once for all that ends together, at the terminal.\n"
	"  --force             do not ask\n"
	"  --confirm           ask, even with --force\n"
	"  --what-if           show what would be closed, and close nothing\n"
	"  --all               every session but the one that carries this\n"
	"                      connection\n"
	"  --from=FILE|-       the sessions that list --json printed; those "
	"that\n"
	"                      were replaced since are not closed.  Without "
	"-S,\n"
	"                      on the servers it names\n"
	"  --pass-thru         print the sessions that were closed\n"
	"  --include-own       the session that carries this connection, too\n"
	"  --allow-collateral=possible|all\n"
	"                      also where other sessions may end, or will end\n"
	"  --no-verify         do not look whether they are gone\n"
	"  --json              print what came of each session as JSON\n";

static const char shell_help[] =
	"SHELL (commands end at a line feed or ;  '...' and \"...\" quote)\n"
	"  open [--name=N] [HOST] [-p -U -A -N --password-fd -s --deadline\n"
	"       --client-protection]     open a handle and use it\n"
	"  handles [SELECT]              show handles\n"
	"  use HANDLE                    list and close there from now on\n"
	"  list [ID...] [FILTERS] [--json]\n"
	"  close ...                     as above\n"
	"  remove [SELECT | --all] [--what-if] [--confirm]\n"
	"  help, exit\n"
	"  SELECT: ID, A..B, --name=PATTERN, --computer-name=PATTERN,\n"
	"          --instance-id=GUID, of one kind, repeated as needed.\n"
	"          Patterns know * ? [set] [a-z]; a backtick escapes.\n";

static const char statuses[] =
	"EXIT STATUS (the first that applies)\n"
	"  2  usage, an empty filter, or no consent\n"
	"  1  something failed, is still there, was cancelled, is not known,\n"
	"     or a server did not answer\n"
	"  4  declined or refused, under --what-if too\n"
	"  3  a value matched nothing\n"
	"  0  all the rest\n";

void help_print(bool in_shell)
{
	if (!in_shell) {
		puts(usage);
	}
	puts(filters);
	puts(closing);
	fputs(shell_help, stdout);
	if (!in_shell) {
		printf("\n%s", statuses);
	}
}
