#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Options that are for some transports: which servers get them, and who logs
on.  Nobody listens on the servers here, and the module wsman need not be there:
whether a server was tried at all, status 1, or the options are wrong, status 2,
is the same.
"""
import atexit
import os
import shutil
import subprocess
import tempfile

from tooltest import (UNASKED, Terminal, contains, demo, equal, lacks, main,
                      run)

HTTP, HTTPS = "wsman:127.0.0.1:1", "wsmans:127.0.0.1:1"
FOLDER = tempfile.mkdtemp(prefix="transports-")
atexit.register(shutil.rmtree, FOLDER, True)


def make_certificate():
    """With its key in the same file."""
    path = os.path.join(FOLDER, "me.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=me", "-keyout", path, "-out", path + ".cert"],
        capture_output=True, check=True, timeout=60)
    with open(path, "a", encoding="ascii") as both, \
            open(path + ".cert", encoding="ascii") as certificate:
        both.write(certificate.read())
    return path


def make_user():
    path = os.path.join(FOLDER, "user")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w",
              encoding="ascii") as file:
        file.write("username = alice\npassword = secret\n")
    return path


PEM = make_certificate()
NAMED = ["-A", make_user()]

# Each option, servers that it is for, and some that have no use for it.
OWNED = (
    ("--carrier=auto", ["srvsvc:127.0.0.1:1"], ["memory:demo", HTTP, HTTPS]),
    ("--carrier=auto", ["127.0.0.1:1"], ["samba:"]),
    ("--auth=ntlm", [HTTP], ["memory:demo", "127.0.0.1:1"]),
    ("--auth=negotiate", [HTTPS], ["samba:", "127.0.0.1:1"]),
    ("--wsman-path=/x", [HTTP, HTTPS], ["memory:demo", "127.0.0.1:1"]),
    ("--allow-plaintext", [HTTP], ["memory:demo", HTTPS]),
    (f"--ca-file={PEM}", [HTTPS], ["memory:demo", HTTP]),
    (f"--client-cert={PEM}", ["WSMANS:127.0.0.1:1"], ["127.0.0.1:1", HTTP]),
    ("--port=1", ["127.0.0.1", "memory:demo"], ["samba:"]),
    ("--address=127.0.0.1", ["wsman:host:1"], ["samba:"]),
)


def servers(*names):
    return [word for name in names for word in ("-S", name)]


def refused(result, *parts):
    equal((result.status, result.out), (2, ""), result)
    equal(result.err.count("\n"), 1, result)
    contains(result.err, "smbmgmt: ", *parts)


def tried(result, *parts):
    """The options are right: what fails is the server."""
    equal(result.status, 1, result)
    contains(result.err, *parts)
    lacks(result.err, "SMBMGMT_E_INVALID", "usage", "password is needed")


def test_refused_where_no_server_can_use_it():
    for option, _, others in OWNED:
        for other in others:
            # This machine's own Samba takes no user.
            user = [] if other == "samba:" else NAMED
            refused(run(option, *user, "-S", other, "list"),
                    option.split("=")[0], "leave it out", "SMBMGMT_E_INVALID")


def test_refused_by_every_command():
    for command in (["list"], ["close", "1", "--what-if"],
                    ["evict", "--all", "--force"]):
        refused(demo("--auth=ntlm", *command), "--auth", "wsman: and wsmans:")
        refused(run(f"--ca-file={PEM}", *command), "--ca-file", "wsmans:")
    for line in ("open --auth=ntlm memory:demo", "open --allow-plaintext",
                 f"open --client-cert='{PEM}' {HTTP}",
                 "open --carrier=auto memory:demo"):
        refused(run("shell", "-c", line), line.split("=")[0].split()[1],
                "leave it out")


def test_a_mixed_fleet_gets_what_fits_each():
    for option, right, others in OWNED:
        if option.startswith("--address") or others == ["samba:"]:
            continue
        result = run(option, *NAMED, *servers(*right, *others, "memory:demo"),
                     "list", "1", "--json")
        tried(result)
        contains(result.out, r"ALPHA\\alice")
        for error in result.json()["errors"]:
            lacks(error["name"], "INVALID")


def test_all_of_them_in_one_fleet():
    result = run("--carrier=auto", "--auth=ntlm", "--allow-plaintext",
                 "--wsman-path=/x", f"--ca-file={PEM}", f"--client-cert={PEM}",
                 f"--client-key={PEM}", *NAMED,
                 *servers("127.0.0.1:1", HTTP, HTTPS, "memory:demo"), "list",
                 "--json")
    tried(result, "127.0.0.1")
    equal(len(result.json()["sessions"]), 6)
    equal(len(result.json()["errors"]), 3, result)


def test_a_file_names_servers_of_any_transport():
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(f"{HTTP}\nmemory:demo # to try\n{HTTPS}\n")
        file.flush()
        result = run("--servers-file", file.name, "--auth=ntlm", *NAMED,
                     "list", "--json")
        tried(result)
        equal(len(result.json()["errors"]), 2, result)
        refused(run("--servers-file", file.name, "--carrier=auto", *NAMED,
                    "list"), "--carrier")


def test_a_password_is_needed():
    for options in ([], ["--auth=ntlm"], ["--auth=basic"], ["-U", "alice"],
                    ["-U", "alice", "--auth=negotiate"],
                    ["-U", "alice", "--use-kerberos=desired"],
                    ["-U", "alice", f"--client-cert={PEM}"],
                    ["-U", "alice", f"--client-cert={PEM}", "--auth=ntlm"],
                    # Another server's.
                    ["-S", UNASKED, f"--client-cert={PEM}"],
                    ["-S", UNASKED, "--auth=kerberos"]):
        refused(run(*options, "-S", HTTPS, "list"), "a password is needed")


def test_no_password_is_needed():
    with tempfile.TemporaryDirectory() as folder:
        env = {"KRB5CCNAME": os.path.join(folder, "none"),
               "KRB5_CONFIG": os.path.join(folder, "none.conf")}
        for options in ([f"--client-cert={PEM}"],
                        [f"--client-cert={PEM}", f"--client-key={PEM}"],
                        [f"--client-cert={PEM}", "-S", "memory:demo"],
                        [f"--client-cert={PEM}", "-N"],
                        ["--auth=kerberos"], ["--auth=kerberos", "-U", "alice"],
                        ["--auth=negotiate"], ["--use-kerberos=required"],
                        ["--use-kerberos=required", "--auth=negotiate"],
                        ["--use-kerberos=desired", "--auth=kerberos"],
                        ["--auth=kerberos", f"--client-cert={PEM}"]):
            tried(run(*options, "--deadline=5", "-S", "wsmans:host.invalid:1",
                      "list", env=env), "wsmans:host.invalid:1")


def test_a_password_is_asked_for_once():
    with Terminal("--auth=negotiate", "-U", "alice", "--deadline=5",
                  *servers(HTTP, UNASKED, HTTPS), "list") as terminal:
        terminal.expect("Password for [alice]: ")
        terminal.send("secret\n")
        result = terminal.wait()
    equal(result.status, 1, result)
    lacks(terminal.screen, "Password", "secret")
    lacks(result.out + result.err, "secret")


def test_nobody_is_let_in_without_a_name():
    for server in (HTTP, HTTPS):
        refused(run("-N", "-S", server, "list"), "without a name",
                "SMBMGMT_E_INVALID")


def test_basic_needs_tls_or_leave():
    basic = ["--auth=basic", *NAMED]
    refused(run(*basic, "-S", HTTP, "list"), "Basic over HTTP", "wsmans:")
    # And to want no protection is no leave.
    refused(run(*basic, "--client-protection=off", "-S", HTTP, "list"),
            "Basic over HTTP")
    tried(run(*basic, "-S", HTTPS, "list"))
    tried(run(*basic, "--allow-plaintext", "-S", HTTP, "list"))
    refused(run(*basic, "--allow-plaintext", "--client-protection=encrypt",
                "-S", HTTP, "list"), "Encryption is asked for")


def test_contradictions():
    for first, second in (("--auth=ntlm", "--use-kerberos=required"),
                          ("--auth=basic", "--use-kerberos=required"),
                          ("--auth=kerberos", "--use-kerberos=off"),
                          ("--auth=negotiate", "--use-kerberos=off")):
        refused(run(first, second, *NAMED, "-S", HTTPS, "list"), first, second,
                "exclude each other")
    refused(run(f"--client-key={PEM}", "-S", HTTPS, "list"), "--client-key",
            "--client-cert")
    for auth in ("--auth=ntlm", "--auth=basic"):
        refused(run(auth, f"--client-cert={PEM}", "-S", HTTPS, "list"), auth,
                "--client-cert", "-U")


def test_kerberos_reads_the_environment():
    for name in ("KRB5CCNAME", "KRB5_CONFIG"):
        for auth in ("negotiate", "kerberos"):
            result = run(f"--auth={auth}", "-S", HTTPS, "list",
                         env={name: "here/file"})
            refused(result, "absolute")
        # Not where no ticket is meant.
        tried(run("--auth=ntlm", *NAMED, "-S", HTTPS, "list",
                  env={name: "here/file"}))
        tried(run(f"--client-cert={PEM}", "-S", HTTPS, "list",
                  env={name: "here/file"}))


def test_the_shell_gives_each_server_what_fits():
    start = ["--carrier=auto", "--auth=ntlm", "--allow-plaintext",
             f"--client-cert={PEM}", *NAMED]
    result = run(*start, "shell", "-c", "open memory:demo; list 1")
    equal((result.status, result.err), (0, ""), result)
    for server in (HTTP, HTTPS, UNASKED):
        tried(run(*start, "shell", "-c", f"open {server}"), "127.0.0.1")
    result = run(*start, "-S", "memory:demo", "-S", HTTP, "shell", "-c",
                 "list 1")
    tried(result)
    contains(result.out, r"ALPHA\alice")


def test_the_shell_and_its_lines_say_it_together():
    # Basic from the start, leave and user from the line.
    refused(run("--auth=basic", *NAMED, "shell", "-c", f"open {HTTP}"),
            "Basic over HTTP")
    tried(run("--auth=basic", *NAMED, "shell", "-c",
              f"open --allow-plaintext {HTTP}"))
    tried(run("--auth=basic", "--allow-plaintext", "shell", "-c",
              f"open -A '{NAMED[1]}' {HTTP}"))
    # What the line says itself goes before what the start said.
    tried(run("--auth=basic", *NAMED, "shell", "-c", f"open --auth=ntlm {HTTP}"))
    refused(run("--use-kerberos=required", "-U", "alice", "shell", "-c",
                f"open --auth=basic {HTTPS}"), "--auth=basic",
            "--use-kerberos=required")
    # The start's key is not that of the line's certificate, nor its own.
    refused(run(f"--client-cert={PEM}", "shell", "-c",
                f"open --client-key={PEM} {HTTPS}"), "--client-key")
    tried(run(f"--client-cert={PEM}", "shell", "-c", f"open {HTTPS}"))


main(globals())
