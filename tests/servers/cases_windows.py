# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2: a server as Windows is, and one that misbehaves."""

import threading

from livetest import DEL, ENUM

from results import case, closed, listed, one_connection, two_clients

LEVELS = (502, 2, 1, 10, 0)
UNKNOWN, NOT_SUPPORTED, DENIED = 124, 50, 5
ROW = {"client": "\\\\10.1.2.3", "user": "dora", "opens": 2, "age": 600,
       "idle": 30, "type": "", "transport": "\\Device\\NetbiosSmb"}


def refuse(lab, codes):
    lab.set(refuse_levels={str(level): code for level, code
                           in codes.items()})


def ladder(name, codes, user="admin"):
    """Two clients, seen by a server that refuses these levels."""
    @case("windows", name)
    def run_it(lab):
        two_clients(lab)
        refuse(lab, codes)
        return listed(lab, user=user)
    return run_it


for index, level in enumerate(LEVELS):
    ladder(f"list at level {level}", dict.fromkeys(LEVELS[:index], UNKNOWN))
for words, code in (("unknown (124)", UNKNOWN),
                    ("not supported (50)", NOT_SUPPORTED)):
    for count, which in enumerate(("502", "502 and 2", "502, 2 and 1",
                                   "502, 2, 1 and 10", "every level"), 1):
        ladder(f"{which} {words}", dict.fromkeys(LEVELS[:count], code))
ladder("502 denied (5)", {502: DENIED})
ladder("502 unknown, 2 denied (5)", {502: UNKNOWN, 2: DENIED})
ladder("502 and 2 unknown, 1 denied (5)",
       {502: UNKNOWN, 2: UNKNOWN, 1: DENIED})
ladder("502 and 10 denied (5)", {502: DENIED, 10: DENIED})
ladder("every level denied (5)", dict.fromkeys(LEVELS, DENIED))
ladder("a user who may ask levels 10 and 0", {}, user="nobodyrights")


@case("windows", "a user who may ask nothing")
def no_list(lab):
    lab.set(open_levels=[])
    return listed(lab, user="nobodyrights")


@case("windows", "an administrator's list, encrypted")
def encrypted(lab):
    two_clients(lab)
    return listed(lab, "--client-protection=encrypt")


def distinct(count):
    return [dict(ROW, client=f"\\\\10.2.{n // 250}.{n % 250}",
                 user=f"user{n}") for n in range(count)]


@case("windows", "3,000 sessions in fragments")
def fragments(lab):
    lab.scripted(distinct(3000))
    return listed(lab)


@case("windows", "3,000 sessions in pages of 100")
def pages(lab):
    lab.scripted(distinct(3000))
    lab.set(page_rows=100)
    return listed(lab)


@case("windows", "301 identical sessions in pages of 100")
def identical(lab):
    lab.scripted([dict(ROW, times=301)])
    lab.set(page_rows=100)
    return listed(lab)


# Of 251 rows, our own among them.
@case("windows", "a row that two pages repeat")
def repeated(lab):
    lab.scripted(distinct(250))
    lab.set(page_rows=100, page_repeat=1)
    return listed(lab)


@case("windows", "a row that no page has")
def missed(lab):
    lab.scripted(distinct(250))
    lab.set(page_rows=150, page_skip=1)
    return listed(lab)


def lie(title, **added):
    @case("windows", title)
    def run_it(lab):
        two_clients(lab)
        lab.rules(dict({"at": "call", "opnum": ENUM, "action": "lie"},
                       **added))
        return listed(lab)
    return run_it


lie("a total over the rows", total=1)
lie("a count over the rows", entries=1, max_count=1)
lie("a count below the rows", entries=-1, max_count=-1)


@case("windows", "close a user, another one shares the connection")
def close_shared(lab):
    return closed(lab, "--client-user", "alice", clients=one_connection(lab))


@case("windows", "close sessions that log on again")
def close_reconnects(lab):
    """Of three sessions of a client and user one comes back."""
    lab.scripted([dict(ROW, after_del="again"), dict(ROW, times=2)])
    return closed(lab, "--client-user", "dora")


@case("windows", "a close that the server only says it made")
def close_lies(lab):
    clients = two_clients(lab)
    lab.set(del_lies=True)
    return closed(lab, "--client-user", "alice", clients=clients)


@case("windows", "close with the levels 502, 2 and 1 denied")
def close_level_10(lab):
    clients = two_clients(lab)
    refuse(lab, dict.fromkeys((502, 2, 1), DENIED))
    # Whoever answers no level above 1 may be a Samba: other sessions of the
    # client would be possible collateral, and there are none.
    return closed(lab, "--client-user", "alice", clients=clients)


@case("windows", "close with level 0 only")
def close_level_0(lab):
    clients = two_clients(lab)
    refuse(lab, dict.fromkeys((502, 2, 1, 10), UNKNOWN))
    return closed(lab, "--client", "127.0.0.5", clients=clients)


@case("windows", "no right to close")
def no_close(lab):
    lab.set(open_levels=list(LEVELS))
    return closed(lab, "--client-user", "alice", user="nobodyrights",
                  clients=two_clients(lab))


@case("windows", "gone before it is closed (2312)")
def gone(lab):
    """The session ends while the call that is to end it is on its way."""
    alice, bob = two_clients(lab)
    relay = lab.relay()
    relay.trap(DEL, "pause", "before")

    def leave():
        if relay.wait_trap():
            lab.end_session(alice)
        relay.resume()

    thread = threading.Thread(target=leave)
    thread.start()
    try:
        return closed(lab, "--client-user", "alice", clients=[alice, bob],
                      port=relay.port)
    finally:
        thread.join()


def account(name, user):
    @case("windows", name)
    def run_it(lab):
        return listed(lab, user=user)
    return run_it


account("a disabled account", "disabled")
account("a locked account", "locked")
account("an expired password", "expired")


@case("windows", "a message-mode pipe")
def message_mode(lab):
    lab.set(pipe_mode="message")
    lab.scripted(distinct(300))
    return listed(lab)


def misbehaves(title, prepare=two_clients, **rule):
    @case("windows", title)
    def run_it(lab):
        prepare(lab)
        lab.rules(rule)
        return listed(lab)
    return run_it


CALL = {"at": "call", "opnum": ENUM}
REFUSED, NO_FILE = 0xC0000022, 0xC0000034
misbehaves("IPC$ refused", at="tree_connect", name="IPC$", action="status",
           code=REFUSED)
misbehaves("a server without the pipe srvsvc", at="create", action="status",
           code=NO_FILE)
misbehaves("an answer cut short", **CALL, action="truncate", at_byte=-20)
# nca_s_unspec_reject: a fault that stands for nothing else.
misbehaves("a fault", **CALL, action="fault", code=0x1C000009)
misbehaves("an answer of another call", **CALL, action="header",
           add_call_id=7)
misbehaves("an answer of another kind", **CALL, action="header",
           set={"pdu_type": 14})
misbehaves("a bind refused for now", at="bind", action="nak")
misbehaves("an interface that it does not know", at="bind", action="reject")
misbehaves("stalled in the log-on", at="session_setup", leg=2,
           action="stall")
misbehaves("stalled in the tree connect", at="tree_connect", action="stall")
misbehaves("stalled in opening the pipe", at="create", user="admin",
           action="stall")
misbehaves("stalled in the bind", at="bind", action="stall")
misbehaves("stalled in the call", **CALL, action="stall")
misbehaves("cut in the bind", at="bind", action="cut", when="before")
misbehaves("cut in the call", **CALL, action="cut", when="before")
misbehaves("cut between two fragments",
           prepare=lambda lab: lab.scripted(distinct(300)), **CALL,
           action="cut", when="between")


@case("windows", "an answer without end")
def endless(lab):
    lab.set(fragment=5840)
    lab.rules(dict(CALL, action="endless"))
    # It takes its time to grow over a bound.
    return listed(lab, deadline=40)


def broken_close(title, **rule):
    """The close is carried out, and its answer says something else."""
    @case("windows", title)
    def run_it(lab):
        lab.rules(dict({"at": "call", "opnum": DEL}, **rule))
        return closed(lab, "--client-user", "alice",
                      clients=two_clients(lab))
    return run_it


broken_close("a close with an answer cut short", action="truncate", at_byte=2)


@case("windows", "cut after the close was carried out")
def cut_after_close(lab):
    lab.rules({"at": "call", "opnum": DEL, "action": "cut", "when": "after"})
    return closed(lab, "--client-user", "alice", clients=two_clients(lab))
