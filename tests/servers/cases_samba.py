# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 1: a real smbd."""

import contextlib
import os
import signal

from livetest import DEL, ENUM, Shell, run, where
from smblab import SambaLab, procs, tap
from smblab.kdc import SERVER, Kdc

from results import (DEADLINE, case, closed, ended, listed, listing,
                     one_connection, outcome, password, two_clients)

# The first call of a server that was just started may take long.
FIRST = 30
CLOSE_ALICE = "close --client-user alice --force --json"


@case("samba", "list, two clients")
def two(lab):
    two_clients(lab)
    return listed(lab)


def own_row(lab, *argv):
    """A listing's result and what smbstatus says of our own session."""
    with Shell(*where(lab), *argv) as shell:
        said = shell.say("list --json")
        rows = lab.sessions(user="admin")
        if rows:
            return listing(said.out), rows[0]
    return listed(lab, *argv), None


@case("samba", "the connection is signed")
def signed(lab):
    result, row = own_row(lab)
    if row is None:
        return result
    return "OK, signed" if row.signing == "full" else f"OK, {row.signing}"


@case("samba", "list, encrypted")
def encrypted(lab):
    result, row = own_row(lab, "--client-protection=encrypt")
    if row is None:
        return result
    return ("OK, encrypted" if row.encryption != "none"
            else "OK, and not encrypted")


@case("samba", "encryption that the server refuses")
def no_encryption(_):
    with SambaLab(["server smb encrypt = off"]) as lab:
        return listed(lab, "--client-protection=encrypt", deadline=FIRST)


@case("samba", "the server by its IPv6 address")
def ipv6(_):
    with SambaLab(["interfaces = 127.0.0.1/8 ::1/128"]) as lab:
        two_clients(lab)
        return listed(lab, host="[::1]", deadline=FIRST)


def with_kerberos(has_ticket):
    """Two clients that log on by password; we only with a ticket."""
    with Kdc() as kdc, SambaLab(kdc.options()) as lab:
        env = dict(os.environ, KRB5_CONFIG=kdc.krb5_conf,
                   KRB5CCNAME=kdc.kinit("admin") if has_ticket
                   else f"FILE:{lab.directory}/nothing")
        two_clients(lab)
        return listing(run(
            "-S", f"{SERVER}:{lab.port}", "-I", lab.host,
            "--use-kerberos=required", "--deadline", str(FIRST), "list", "--json",
            env=env).out)


@case("samba", "Kerberos required")
def ticket(_):
    return with_kerberos(True)


@case("samba", "Kerberos required, no ticket")
def no_ticket(_):
    return with_kerberos(False)


@case("samba", "a user that does not exist")
def wrong_user(lab):
    return password(lab, "nosuchuser", "wrong")


@case("samba", "a disabled account")
def disabled(lab):
    return listed(lab, user="disabled")


@case("samba", "a locked account")
def locked(lab):
    return listed(lab, user="locked")


@case("samba", "a server of SMB1 only")
def smb1(_):
    with SambaLab(["server min protocol = NT1",
                   "server max protocol = NT1"]) as lab:
        return listed(lab, deadline=FIRST)


@case("samba", "a server without the pipe srvsvc")
def no_pipe(_):
    with SambaLab(["rpc start on demand helpers = no"]) as lab:
        return listed(lab, deadline=FIRST)


@case("samba", "no right to list")
def no_list(lab):
    return listed(lab, user="nobodyrights")


@case("samba", "no right to close")
def no_close(lab):
    return closed(lab, "--client-user", "alice", user="lister",
                  clients=two_clients(lab))


@case("samba", "close a user who is alone")
def close_one(lab):
    return closed(lab, "--client-user", "alice", clients=two_clients(lab))


@case("samba", "close a user, another one shares the connection")
def close_shared(lab):
    return closed(lab, "--client-user", "alice", clients=one_connection(lab))


@case("samba", "the same, possible collateral allowed")
def close_collateral(lab):
    return closed(lab, "--client-user", "alice",
                  "--allow-collateral=possible", clients=one_connection(lab))


@case("samba", "close a client that logs on again")
def close_reconnects(lab):
    client = lab.client("alice", "127.0.0.5", reconnect=True)
    # Younger ones cannot be told from their successors.
    tap.wait_until(lambda: age(lab) >= 3, "it is old")
    old = client.session
    with connected(lab) as (relay, shell):
        relay.trap(DEL, "pause", "after")
        shell.start(CLOSE_ALICE)
        tap.true(relay.wait_trap(), f"the call was sent\n{shell!r}")
        tap.wait_until(lambda: client.reconnects and client.alive(),
                       "the client is back")
        relay.resume()
        gone = "nothing ended" if lab.row(old) else "ended: alice"
        return f"{outcome(shell.finish().out)}, {gone}"


def age(lab):
    rows = run(*where(lab), "list", "--client-user", "alice",
               "--json").json()["sessions"]
    return rows[0]["seconds_exists"] if rows else 0


@contextlib.contextmanager
def connected(lab):
    relay = lab.relay()
    with Shell(*where(lab, port=relay.port), "--deadline",
               str(DEADLINE)) as shell:
        shell.say("list")
        yield relay, shell


@contextlib.contextmanager
def in_listing(lab):
    """A listing is at an smbd that is frozen."""
    with connected(lab) as (relay, shell):
        pid = lab.sessions(user="admin")[0].pid
        relay.trap(ENUM, "pause", "before")
        shell.start("list --json")
        tap.true(relay.wait_trap(), f"the call came to the relay\n{shell!r}")
        lab.stop_smbd(pid)
        try:
            relay.trap(ENUM, "note", "after")
            relay.resume()
            tap.true(relay.wait_trap(), "the call was passed on")
            yield shell, pid
        finally:
            procs.send(pid, signal.SIGCONT, lab.id)


@case("samba", "killed while it lists")
def killed(lab):
    with in_listing(lab) as (shell, pid):
        lab.kill_smbd(pid)
        return listing(shell.finish().out)


@case("samba", "frozen while it lists")
def frozen(lab):
    with in_listing(lab) as (shell, _):
        return listing(shell.finish().out)


def answer_lost(lab, back):
    """The server ends alice's session, and its answer does not arrive."""
    alice = lab.client("alice", "127.0.0.5").session
    with connected(lab) as (relay, shell):
        relay.trap(DEL, "pause", "after")
        shell.start(CLOSE_ALICE)
        tap.true(relay.wait_trap(), f"the call was sent\n{shell!r}")
        tap.wait_until(lambda: lab.row(alice) is None, "alice is gone")
        relay.refuse(not back)
        relay.cut()
        relay.resume()
        return f"{outcome(shell.finish().out)}, {ended([alice])}"


@case("samba", "the answer to a close is lost")
def lost_and_back(lab):
    return answer_lost(lab, True)


@case("samba", "lost after a close, and no way back")
def lost_for_good(lab):
    return answer_lost(lab, False)
