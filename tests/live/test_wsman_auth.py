#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""List and close in every way to log on, and what is seen of it on the way.

The server's own record says by which means each request came, and the relay
what everybody could read.
"""

from wsmancapture import (ENCODINGS, KDC, NAMES, ROWS, SOAP, Mode,
                          check_record, check_tape, do, environment, found,
                          modes, plain_mode, texts)
from wsmantest import (NAME, Library, closed, fails, ids, invoked, main, run,
                       tap, where)

from smblab import Relay, WsmanLab, layout

# SMBMGMT_AUTH_ and SMBMGMT_KERBEROS_ values.
NEGOTIATE, KERBEROS, NTLM, BASIC = range(1, 5)
REQUIRED = 2


def cleared(lab, **settings):
    """The rows' ids, on a lab that has seen nothing yet."""
    lab.reset()
    lab.set(**settings)
    return [row["id"] for row in lab.sessions(ROWS)]


def list_and_close(lab, mode, port=None):
    """All that the mode is to do, and that the server saw just that."""
    first, second, third = lab.ids()
    done = do(lab, mode, "list", "--json", port=port).expect(0)
    tap.equal(ids(done), [first, second, third], mode.name)
    done = do(lab, mode, "close", "--client=QUARTZ2", "--force", "--json",
              port=port).expect(0)
    tap.equal(closed(done), [second], mode.name)
    tap.equal(lab.ids(), [first, third], mode.name)
    tap.equal(invoked(lab), [(second, "ended")], mode.name)
    operations = check_record(lab, mode)
    tap.equal(operations.count("invoke"), 1, mode.name)
    tap.true("enumerate" in operations[operations.index("invoke"):],
             f"{mode.name}: no look after the close")


@tap.case("list and close in every mode, and nothing of it in a capture")
def every_mode(lab):
    cache = KDC.kinit("admin")
    with Relay(lab.host, lab.port, record=True) as http, \
            Relay(lab.host, lab.tls_port, record=True) as https:
        for mode in modes(lab, cache):
            relay = https if mode.tls else http
            cleared(lab, schemes=["Negotiate", "Basic"])
            list_and_close(lab, mode, relay.port)
            tape = relay.recorded(reset=True)
            check_tape(lab, mode, tape)
            tap.equal(found(tape, texts(mode, lab.passwords["admin"])),
                      set(), f"{mode.name}: in the capture")


@tap.case("Basic over HTTP where it is allowed: the same search finds it all")
def control(lab):
    mode = plain_mode(lab)
    with Relay(lab.host, lab.port, record=True) as relay:
        cleared(lab, schemes=["Basic"], allow_unencrypted=True)
        list_and_close(lab, mode, relay.port)
        tape = relay.recorded(reset=True)
        check_tape(lab, mode, tape)
        tap.equal(found(tape, texts(mode)),
                  {(text, "utf-8") for text in texts(mode)},
                  "in the capture")
        for encoding, told in zip(ENCODINGS[1:], ("utf-16", "utf-16-be")):
            cleared(lab, schemes=["Basic"], allow_unencrypted=True,
                    encoding=told)
            list_and_close(lab, mode, relay.port)
            seen = found(relay.recorded(reset=True), texts(mode))
            for text in SOAP + NAMES:
                tap.true((text, encoding) in seen, f"no {text} in {encoding}")


def by_library(lab):
    """(how, tls, what the handle is given)."""
    certificate, key = lab.certificate()
    login = lab.file("private", "realm-admin")
    layout.write(login, f"username = admin\npassword = "
                 f"{KDC.passwords['admin']}\n", 0o600)
    realm = {"host": NAME, "address": lab.host, "login": login,
             "krb5_conf": KDC.krb5_conf}
    yield "certificate", True, {"user": None, "client_cert": certificate,
                                "client_key": key}
    yield "basic", True, {"auth": BASIC}
    yield "basic", False, {"auth": BASIC, "plaintext": 1}
    for tls in (False, True):
        yield "ntlm", tls, {}
        yield "ntlm", tls, {"auth": NTLM}
        yield "ntlm", tls, {"auth": NEGOTIATE}
        yield "kerberos", tls, {"auth": KERBEROS, **realm}
        yield "kerberos", tls, {"auth": NEGOTIATE, **realm}
        yield "kerberos", tls, {"kerberos": REQUIRED, **realm}


@tap.case("through the C API: every authentication, over both")
def library(lab):
    for how, tls, options in by_library(lab):
        first, second, third = cleared(
            lab, schemes=["Negotiate", "Basic"],
            allow_unencrypted=how == "basic")
        about = f"{how} {tls} {options}"
        with Library(lab, tls=tls, **options) as handle:
            tap.equal(handle.code("connect"), "SMBMGMT_OK", about)
            tap.equal(handle.list(), ("SMBMGMT_OK", [first, second, third]),
                      about)
            tap.equal(handle.close("client=BASALT"), (
                "SMBMGMT_OK", {third: ("CLOSED", "SMBMGMT_OK")}), about)
        tap.equal(lab.ids(), [first, second], about)
        tap.equal({(one["how"], one["encrypted"])
                   for one in lab.requests()},
                  {(how, not tls and how in ("ntlm", "kerberos"))}, about)


@tap.case("negotiate becomes NTLM where there is no ticket, and says so")
def falls_back(lab):
    def mode(user, password, argv=()):
        return Mode(f"negotiate as {user}", False, "ntlm",
                    f"WSMANLAB\\{user}",
                    ["-U", user, "--password-fd=0", "--auth=negotiate",
                     *argv], password + "\n", environment(), password)

    # A user whom the realm does not have; one who is in both, and a server
    # that takes no tickets; a name that the realm does not have.
    cases = [("wanderer", None, {}, NAME),
             ("alice", KDC.passwords["alice"], {"mechanisms": ["ntlm"]},
              NAME),
             ("alice", KDC.passwords["alice"], {}, "other.smblab.test"),
             ("alice", KDC.passwords["alice"], {}, lab.host)]
    with Relay(lab.host, lab.port, record=True) as relay:
        for user, password, settings, host in cases:
            first, second, third = cleared(lab, **settings)
            password = lab.add_user(user, password)
            one = mode(user, password)
            argv = [*where(lab, None, host=host, port=relay.port), *one.argv]
            tap.equal(ids(run(*argv, "list", "--json", text=one.text,
                              env=one.env).expect(0)),
                      [first, second, third], f"{user} {host}")
            tap.equal(closed(run(*argv, "close", "--client=BASALT",
                                 "--force", "--json", text=one.text,
                                 env=one.env).expect(0)), [third], user)
            check_record(lab, one)
            tape = relay.recorded(reset=True)
            check_tape(lab, one, tape)
            tap.equal(found(tape, texts(one)), set(), f"{user} {host}")


@tap.case("required channel bindings, with NTLM and Kerberos and each digest")
def bindings(lab):
    cache = KDC.kinit("admin")
    chosen = [mode for mode in modes(lab, cache)
              if mode.tls and mode.how in ("ntlm", "kerberos")]
    with WsmanLab(tls=True, kdc=KDC, certificate="sha384") as other:
        for which in (lab, other):
            for mode in chosen:
                if which is other:
                    mode = mode._replace(argv=[
                        other.auth_file("admin") if word == lab.auth_file(
                            "admin") else word for word in mode.argv])
                cleared(which, channel_bindings="require")
                list_and_close(which, mode)


@tap.case("nothing gives up encryption but Basic, and only if it is allowed")
def never_plain(lab):
    for argv in (["--client-protection=off"], ["--allow-plaintext"],
                 ["--client-protection=encrypt"],
                 ["--client-protection=off", "--allow-plaintext",
                  "--auth=ntlm"]):
        cleared(lab, schemes=["Negotiate", "Basic"], allow_unencrypted=True)
        run(*where(lab), *argv, "list", "--json").expect(0)
        tap.equal({(one["how"], one["encrypted"]) for one in lab.requests()},
                  {("ntlm", True)}, " ".join(argv))
    cleared(lab, schemes=["Negotiate", "Basic"], allow_unencrypted=True)
    for argv in (["--auth=basic"],
                 ["--auth=basic", "--client-protection=off"],
                 ["--auth=basic", "--allow-plaintext",
                  "--client-protection=encrypt"]):
        run(*where(lab), *argv, "list", "--json").expect(
            2, "SMBMGMT_E_INVALID")
    tap.equal(lab.heard(), [], "what reached the server")
    with Library(lab, auth=BASIC) as handle:
        tap.equal(handle.code("connect"), "SMBMGMT_E_INVALID")
    tap.equal(lab.heard(), [], "what reached the server")


@tap.case("by IPv6, a name in another case, a certificate with its key")
def other_names(lab):
    six = f"[{lab.host6}]"
    for tls in (False, True):
        cleared(lab)
        if lab.host6 is not None:
            done = run(*where(lab, tls=tls, host=six), "close",
                       "--client=BASALT", "--force", "--json").expect(0)
            tap.equal(closed(done), [lab.invokes()[0]["id"]])
        done = run(*where(lab, tls=tls, host=NAME.upper()), "list", "--json")
        tap.equal(ids(done.expect(0)), lab.ids())
    cleared(lab)
    certificate, key = lab.certificate()
    both = lab.file("private", "both.pem")
    with open(certificate, encoding="ascii") as one, \
            open(key, encoding="ascii") as other:
        layout.write(both, one.read() + other.read(), 0o600)
    done = run(*where(lab, None, tls=True), f"--client-cert={both}", "list",
               "--json").expect(0)
    tap.equal(ids(done), lab.ids())
    tap.equal({one["how"] for one in lab.requests()}, {"certificate"})


@tap.case("a proxy in the environment is not used")
def no_proxy(lab):
    cleared(lab)
    nowhere = "http://127.0.0.1:9"
    env = {**environment(), **{name: nowhere for name in (
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
        "ALL_PROXY")}}
    for tls in (False, True):
        tap.equal(len(ids(run(*where(lab, tls=tls), "list", "--json",
                              env=env).expect(0))), 3)


@tap.case("a certificate that is not to be trusted")
def certificates(lab):
    other = lab.certificate("otherca")[0]
    for argv, part in (
            (where(lab, tls=True)[:-1], "Nobody who is trusted"),
            ([*where(lab, tls=True)[:-1], f"--ca-file={other}"],
             "has not the CA of this server"),
            (where(lab, tls=True, host="elsewhere.smblab.test"),
             "another server's")):
        fails(run(*argv, "list", "--json"), "CERTIFICATE", part)
    for kind, part in (("expired", "has expired"),
                       ("othername", "another server's"),
                       ("selfsigned", "Nobody who is trusted")):
        with WsmanLab(tls=True, certificate=kind) as bad:
            fails(run(*where(bad, tls=True), "list", "--json"),
                  "CERTIFICATE", part)
            tap.equal(bad.heard(), [], f"{kind}: what reached the server")
            if kind == "selfsigned":
                run(*where(bad, tls=True)[:-1], "list", "--json",
                    f"--ca-file={bad.certificate(kind)[0]}").expect(0)
    tap.equal(lab.heard(), [], "what reached the server")


if __name__ == "__main__":
    main(KDC, client_certificates=True)
