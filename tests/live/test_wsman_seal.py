#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How a log-on and an encrypted answer may look, and what is refused.

And that what comes unencrypted over a connection that is encrypted is never
believed, whatever it says.
"""

from concurrent.futures import ThreadPoolExecutor

from wsmancapture import KDC, ROWS, environment
from wsmantest import (NAME, closed, fails, ids, invoked, main, outcomes, run,
                       tap, where)

CHANGED = "changed on the way, or is not of this connection"
MALFORMED = "not encrypted as it should be"
LENGTH = "An encrypted answer has "
PLAIN = "answers in the clear over a connection that is encrypted"

# What is wrong with every answer: the error's words, or None where it can be
# read all the same, because what seals it is whole.
BROKEN = {
    "signature": CHANGED, "ciphertext": CHANGED, "sequence": CHANGED,
    "replay": CHANGED, "plain": PLAIN, "length_more": MALFORMED,
    "length_less": LENGTH, "length_huge": MALFORMED,
    "length_negative": MALFORMED, "length_missing": MALFORMED,
    "truncated_header": MALFORMED, "header_larger": MALFORMED,
    "header_huge": MALFORMED, "header_zero": None, "boundary": MALFORMED,
    "no_boundary": PLAIN, "no_description": MALFORMED, "no_data": MALFORMED,
    "no_close": MALFORMED, "empty": MALFORMED, "protocol": None,
}
FINAL = "last token of the log-on"
EARLY = "before both sides know each other"
# setting, value, over TLS too, the error's words with NTLM and Kerberos.
FORMS = [
    ("answer_protocol", "spnego", False, None, None),
    ("answer_protocol", "kerberos", False, None, None),
    ("parts", 2, False, None, None),
    ("parts", 17, False, None, None),
    ("part_tab", False, False, None, None),
    # That of CredSSP (MS-WSMV 2.2.9.1), which is not spoken.
    ("media_type", "multipart/x-multi-encrypted", False, PLAIN, PLAIN),
    ("part_end", "", False, None, None),
    ("part_end", "\r\n\r\n", False, None, None),
    ("kerberos_form", "token", False, None, None),
    ("plain_answers", True, False, PLAIN, PLAIN),
    ("final_token", "always", True, None, None),
    ("final_token", "never", True, EARLY, EARLY),
    ("final_token", "broken", True, FINAL, FINAL),
    # Kerberos' own token proves it; NTLM's, which has none, must not.
    ("mechlist_mic", "omit", True, FINAL, None),
    ("mechlist_mic", "broken", True, FINAL, None),
    ("hang_without_authorization", True, True, None, None),
    ("drop_after", 3, True, None, None),
    ("ntlm_mic", "require", True, None, None),
    ("schemes_form", "one", True, None, None),
    ("channel_bindings", "none", True, None, None),
    ("allow_unencrypted", True, False, None, None),
]
UNVERIFIED = ("SENT", "SMBMGMT_E_UNVERIFIED")
LOGON = {"final_token", "mechlist_mic"}
NOT_FOUND = {"at": "invoke", "action": "fault", "fault": "not_found"}
SOAP = [["Content-Type", "application/soap+xml;charset=UTF-8"]]
SEALED = [["Content-Type", 'multipart/encrypted;protocol="application/'
           'HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"']]
# DSP0227 and MS-WSMV: what a server says of a session that is not there.
FAULT = """\
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header>
<a:Action>http://schemas.dmtf.org/wbem/wsman/1/wsman/fault</a:Action>
</s:Header><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code>
<s:Reason><s:Text xml:lang="en-US">Not found</s:Text></s:Reason><s:Detail>
<w:MSFT_WmiError xmlns:w="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/\
cimv2/MSFT_WmiError"><w:CIMStatusCode>6</w:CIMStatusCode></w:MSFT_WmiError>
</s:Detail></s:Fault></s:Body></s:Envelope>"""


class Ways:
    """NTLM and Kerberos, by its ticket."""

    def __init__(self, lab):
        self.lab = lab
        self.env = {"ntlm": environment(),
                    "kerberos": environment(KDC.kinit("admin"))}

    def argv(self, how, tls=False):
        if how == "ntlm":
            return where(self.lab, tls=tls)
        return [*where(self.lab, None, tls=tls, host=NAME),
                "--auth=kerberos"]

    def fresh(self, **settings):
        self.lab.reset()
        self.lab.set(**settings)
        return [row["id"] for row in self.lab.sessions(ROWS)]

    def run(self, how, *argv, tls=False):
        return run(*self.argv(how, tls), *argv, "--json",
                   env=self.env[how])

    def close(self, how, *argv, tls=False):
        return self.run(how, "close", "--client=QUARTZ2", "--force", *argv,
                        tls=tls)

    def works(self, how, tls=False, **settings):
        first, second, third = self.fresh(**settings)
        tap.equal(closed(self.close(how, tls=tls).expect(0)), [second],
                  f"{how} {settings}")
        tap.equal(self.lab.ids(), [first, third], f"{how} {settings}")
        tap.equal(invoked(self.lab), [(second, "ended")],
                  f"{how} {settings}")


@tap.case("each thing that can be wrong with an encrypted answer")
def broken(lab):
    ways = Ways(lab)
    for name, part in BROKEN.items():
        for how in ways.env:
            if part is None:
                ways.works(how, broken=name)
                continue
            rows = ways.fresh(broken=name)
            fails(ways.close(how), "PROTOCOL", part)
            tap.equal((lab.ids(), invoked(lab)), (rows, []), f"{how} {name}")


@tap.case("the same with the close's answer alone: one invoke, and a look")
def broken_close(lab):
    ways = Ways(lab)
    for name in BROKEN:
        for how in ways.env:
            # Identify, the list and the close are the connection's first.
            ways.works(how, broken=name, broken_at=3)
            operations = [one["operation"] for one in lab.requests()]
            tap.true("enumerate" in operations[operations.index("invoke"):],
                     f"{how} {name}: not looked")


@tap.case("every form of log-on and answer that servers may have")
def forms(lab):
    ways = Ways(lab)
    for name, value, secure, *parts in FORMS:
        for tls in (False, True) if secure else (False,):
            for how, part in zip(ways.env, parts):
                setting = {name: value}
                if part is None:
                    ways.works(how, tls, **setting)
                    continue
                rows = ways.fresh(**setting)
                fails(ways.close(how, tls=tls),
                      "NEGOTIATION" if name in LOGON else "PROTOCOL", part)
                tap.equal((lab.ids(), invoked(lab)), (rows, []),
                          f"{how} {setting}")
                # What was not proved is asked nothing.
                tap.equal(len(lab.requests()), name not in LOGON,
                          f"{how} {setting}: requests")


@tap.case("a plain 'not found', and the session is there: not ALREADY_GONE")
def plain_not_found(lab):
    ways = Ways(lab)
    for how in ways.env:
        for argv in ((), ("--no-verify",)):
            rows = ways.fresh(broken="plain", broken_at=3)
            lab.rules(NOT_FOUND)
            done = ways.close(how, *argv)
            done.expect(1, PLAIN)
            tap.equal(outcomes(done), {rows[1]: UNVERIFIED}, repr(done))
            tap.equal(lab.ids(), rows, how)


@tap.case("a plain listing without the session: not CLOSED")
def plain_look(lab):
    ways = Ways(lab)
    for how in ways.env:
        rows = ways.fresh(broken="plain", broken_at=4)
        tap.equal(outcomes(ways.close(how)), {rows[1]: UNVERIFIED}, how)
        ways.fresh(broken="plain", broken_at=2)
        fails(ways.run(how, "list"), "PROTOCOL", PLAIN)
        fails(ways.close(how), "PROTOCOL", PLAIN)
        tap.equal(invoked(lab), [], how)


@tap.case("plain answers to a close that was not carried out, at each status")
def plain_close(lab):
    ways = Ways(lab)
    answers = [(200, [], ""), (200, SEALED, ""), (204, [], ""),
               (500, [], ""), (500, SOAP, FAULT), (200, SOAP, FAULT),
               (401, [], ""), (403, [], ""), (404, [], "")]
    lab.reset()
    rows = [row["id"] for row in lab.sessions(
        [{"client": "QUARTZ{n}", "times": len(answers)}])]
    lab.rules(*({"at": "invoke", "action": "status", "code": code,
                 "headers": headers, "body": body, "id": row}
                for row, (code, headers, body) in zip(rows, answers)))

    def close(which):
        # The look goes on until the deadline, and so they share it.
        how = list(ways.env)[which % 2]
        return ways.run(how, "close", f"--session-id={rows[which]}",
                        "--force", "--deadline=6")

    with ThreadPoolExecutor(len(rows)) as pool:
        for row, done in zip(rows, pool.map(close, range(len(rows)))):
            tap.equal(outcomes(done.expect(1, "still listed")), {
                row: ("STILL_PRESENT", "SMBMGMT_E_STILL_PRESENT")})
    tap.equal(lab.ids(), rows, "what is left")
    tap.equal(sorted(invoked(lab)), [(row, "not_done") for row in rows])


@tap.case("a log-on that is dropped: lists go on, a close is not sent again")
def dropped(lab):
    ways = Ways(lab)
    for after in (1, 2):
        for how in ways.env:
            rows = ways.fresh(drop_after=after)
            tap.equal(ids(ways.run(how, "list").expect(0)), rows, how)
    for how, tls in (("ntlm", False), ("kerberos", True)):
        rows = ways.fresh(drop_after=2)
        done = ways.close(how, "--deadline=3", tls=tls)
        tap.equal(done.status, 1, repr(done))
        tap.true(outcomes(done)[rows[1]][0] != "CLOSED", repr(done))
        tap.equal((lab.ids(), invoked(lab)), (rows, []), how)


if __name__ == "__main__":
    main(KDC)
