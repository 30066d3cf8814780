#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""However a server writes it, the listing and the close are the right ones.

Each setting of lab 4 that changes what is understood or how an answer looks,
with lists of all and of some, and closes in two SMB instances.
"""

from wsmantest import (Library, closed, fails, ids, invoked, main, run, tap,
                       where)

TOP = 1 << 64
ROWS = [
    {"id": TOP - 1, "client": "[2001:db8::1]", "user": "LAB\\o'ne&<il>",
     "node": "N1", "opens": 1 << 40},
    {"id": 7, "client": "PC1", "user": "LAB\\dora", "scope": "FS1"},
    {"id": 8, "client": "PC2", "user": "LAB\\dora", "transport": "TCP",
     "dialect": "3.0"},
    {"id": 9, "client": "PC3", "user": "LAB\\Zo\u00eb \U0001d11e"},
    {"id": 7, "client": "PCC", "user": "LAB\\shared", "instance": 1},
]
FIELDS = {
    "ClientComputerName": "client_computer_name",
    "ClientUserName": "client_user_name",
    "ClusterNodeName": "cluster_node_name", "Dialect": "dialect",
    "NumOpens": "num_opens", "ScopeName": "scope_name",
    "SecondsExists": "seconds_exists", "SecondsIdle": "seconds_idle",
    "TransportName": "transport_name",
}
# setting, values; as they are written they make no difference.
SAME = [
    ("uris", "dmtf", "wmi"), ("invoke_action", "dmtf"),
    ("must_understand", "ignore"), ("unknown_option", "fault"),
    ("bad_dialect", "empty_500"), ("u64_max", "nothing"),
    ("wmi_selector", True), ("optimize", "ignore", "empty"),
    ("empty_items", True), ("default_max_elements", 5),
    ("page_items", 1, 2), ("one_per_pull", True), ("end", "extra_pull"),
    ("context", "same", "absent"), ("prefixes", "other", "default",
                                    "swapped"),
    ("item_namespace", "dmtf", "wmi"), ("namespace_case", "lower", "upper"),
    ("nil", "empty", "absent"),
    ("order", "reversed"), ("types", True), ("extras", True),
    ("indent", True), ("declaration", True),
    ("encoding", "utf-8-bom", "utf-16", "utf-16-be"),
    ("relates", "absent", "lower"),
    ("output", "method", "own_namespace", "no_value", "nil_value",
     "empty_body", "text_value"),
    ("fault_detail", "vendor", "empty", "absent"),
    ("transfer", "chunked"), ("expect", "ignore", "refuse"),
    ("extra_continue", True),
]
TOGETHER = [
    {"uris": "wmi", "wmi_selector": True},
    {"uris": "wmi", "item_namespace": "dmtf"},
    {"uris": "dmtf", "item_namespace": "wmi"},
    {"page_items": 1, "optimize": "empty", "end": "extra_pull",
     "empty_items": True},
    {"extras": True, "encoding": "utf-16", "indent": True, "types": True,
     "declaration": True, "prefixes": "swapped"},
    {"extras": True, "namespace_case": "upper", "order": "reversed",
     "output": "own_namespace", "nil": "absent"},
    {"drip_bytes": 500, "drip_ms": 1},
]
WRONG = {"SessionId": ("absent", "nil", "empty", "=x", "=", "=-1", "=1.5",
                       "=0x7", f"={TOP}"),
         "NumOpens": ("=x", f"={TOP}"), "SmbInstance": ("=4", "=csv"),
         "SecondsExists": (f"={1 << 32}",), "SecondsIdle": ("=-1",)}


def fill(lab, lacks=(), name=None, **settings):
    """The rows; lacks: by id, how they have the property with that name."""
    lab.reset()
    lab.set(**settings)
    lab.sessions([dict(row, exists=600, idle=30, **(
        {lacks[row["id"]]: [name]} if row["id"] in lacks else {}))
        for row in ROWS])


def told(result):
    """The rows without what differs from listing to listing."""
    rows = [{name: value for name, value in entry.items()
             if name not in ("listed_at", "handle_id")}
            for entry in result.expect(0).json()["sessions"]]
    for row in rows:
        # Ages grow while it is listed.
        for name, first in (("seconds_exists", 600), ("seconds_idle", 30)):
            if name in row:
                tap.true(first <= row[name] < first + 300, f"{row}")
                row[name] = first
    return sorted(rows, key=lambda row: int(row["session_id"]))


def listed(lab, *argv):
    return told(run(*where(lab), "list", "--json", *argv))


def without(rows, field):
    return [{name: value for name, value in row.items() if name != field}
            for row in rows]


def check_closes(lab, about):
    """The id 7 of both instances, by the command and by the library."""
    done = run(*where(lab), "close", "--session-id=7", "--force", "--json"
               ).expect(0)
    tap.equal(closed(done), [7], about)
    tap.equal([(one["id"], one["instance"], one["outcome"])
               for one in lab.invokes()], [(7, 0, "ended")], about)
    with Library(lab) as handle:
        tap.equal(handle.code("open"), "SMBMGMT_OK", about)
        yield handle
        tap.equal(handle.close("id=7", "instance=1"),
                  ("SMBMGMT_OK", {7: ("CLOSED", "SMBMGMT_OK")}), about)
    tap.equal([(one["id"], one["instance"], one["outcome"])
               for one in lab.invokes()[1:]], [(7, 1, "ended")], about)
    tap.equal(sorted(row["id"] for row in lab.rows()), [8, 9, TOP - 1],
              f"{about}: left")


def as_usual(lab):
    """What the three lists give where nothing is set."""
    fill(lab)
    usual = listed(lab), listed(lab, "--instance=csv")
    tap.equal([row["session_id"] for row in usual[0]],
              ["7", "8", "9", str(TOP - 1)])
    tap.equal([row["client_user_name"] for row in usual[0]],
              [ROWS[1]["user"], ROWS[2]["user"], ROWS[3]["user"],
               ROWS[0]["user"]])
    tap.equal([row["smb_instance"] for row in usual[1]], ["csv"])
    return usual


def check_same(lab, usual, settings):
    about = f"{settings}"
    fill(lab, **settings)
    tap.equal(listed(lab), usual[0], f"{about}: list")
    for handle in check_closes(lab, about):
        tap.equal(handle.list("user=LAB\\dora"), ("SMBMGMT_OK", [8]), about)
        tap.equal(handle.list("user=LAB\\o'ne&<il>"),
                  ("SMBMGMT_OK", [TOP - 1]), about)
        tap.equal(handle.list(f"id={TOP - 1}", "id=9"),
                  ("SMBMGMT_OK", [9, TOP - 1]), about)
        rows = [line for line in handle.ask("list", "instance=1")
                if line[0] == "row"]
        tap.equal([(row[1], row[3], row[6]) for row in rows],
                  [("7", "LAB\\shared", "1")], about)


@tap.case("what makes no difference, one by one")
def one_by_one(lab):
    usual = as_usual(lab)
    for name, *values in SAME:
        for value in values:
            check_same(lab, usual, {name: value})


@tap.case("what makes no difference, together")
def together(lab):
    usual = as_usual(lab)
    for settings in TOGETHER:
        check_same(lab, usual, settings)


@tap.case("a property that is absent, nil or empty is unknown, not nothing")
def unknown(lab):
    usual = as_usual(lab)
    for name, field in FIELDS.items():
        fill(lab, {7: "absent", 8: "nil", 9: "empty"}, name)
        tap.equal(listed(lab), without(usual[0][:3], field) + usual[0][3:],
                  name)
        for handle in check_closes(lab, name):
            tap.equal(handle.list("instance=1"), ("SMBMGMT_OK", [7]), name)


@tap.case("without SmbInstance it is the default one, and no other is there")
def no_instance(lab):
    usual = as_usual(lab)
    for how in ("absent", "nil", "empty"):
        fill(lab, properties={"SmbInstance": how})
        tap.equal(listed(lab), usual[0], how)
        for command in (["list"], ["close", "--session-id=7", "--force"]):
            fails(run(*where(lab), *command, "--instance=csv", "--json"),
                  "NOT_SUPPORTED", "")
        tap.equal(invoked(lab), [], how)
        done = run(*where(lab), "close", "--session-id=7", "--force",
                   "--json").expect(0)
        tap.equal(closed(done), [7], how)
        tap.equal([(one["id"], one["instance"]) for one in lab.invokes()],
                  [(7, 0)], how)


@tap.case("a filter never fits what is unknown, whatever the server thinks")
def unknown_filter(lab):
    for name, argv in (("ClientUserName", "--client-user=LAB\\dora"),
                       ("ClientComputerName", "--client=PC1"),
                       ("ScopeName", "--scope=FS1"),
                       ("ClusterNodeName", "--node=WSMANLAB"),
                       ("NumOpens", "--max-opens=5"),
                       ("SecondsExists", "--min-age=1s")):
        lab.reset()
        lab.sessions([dict(ROWS[1], id=number, **{how: [name]})
                      for number, how in ((7, "absent"), (8, "nil"),
                                          (9, "empty"))])
        for command in (["list"], ["close", "--force"]):
            done = run(*where(lab), *command, argv, "--json")
            if name in ("NumOpens", "SecondsExists"):
                done.expect(0)
                tap.equal(done.json().get("sessions", []), [], argv)
            else:
                done.expect(3, "SMBMGMT_E_NOT_FOUND")
        tap.equal((lab.ids(), invoked(lab)), ([7, 8, 9], []), argv)


@tap.case("a number that is none: the listing fails, and closes nothing")
def wrong(lab):
    for name, values in WRONG.items():
        for value in values:
            fill(lab, properties={name: value})
            for command in (["list"], ["close", "--client=PC1", "--force"]):
                fails(run(*where(lab), *command, "--json"), "PROTOCOL",
                      "cannot be used")
            tap.equal((len(lab.ids()), invoked(lab)), (len(ROWS), []),
                      f"{name} {value}")


@tap.case("an id that two sessions have is nobody's")
def twice(lab):
    fill(lab, properties={"SessionId": "=77"})
    for command in (["list"], ["close", "--session-id=77", "--force"]):
        fails(run(*where(lab), *command, "--json"), "AMBIGUOUS", "id 77")
    tap.equal((len(lab.ids()), invoked(lab)), (len(ROWS), []))


@tap.case("what is no answer to this request, or no such class, is an error")
def other_answers(lab):
    for settings, code, part in (
            ({"relates": "wrong"}, "PROTOCOL", "for another request"),
            ({"smb": "no_class"}, "NO_SERVICE", "no class MSFT_SmbSession"),
            ({"smb": "no_namespace"}, "NO_SERVICE", "no such namespace"),
            ({"path": "/other"}, "NO_SERVICE", "(--wsman-path)"),
            # What NTLM logs on is one connection.
            ({"transfer": "close"}, "CONNECTION_LOST", "has closed it")):
        fill(lab, **settings)
        for command in (["list"], ["list", "--client-user=LAB\\dora"],
                        ["close", "--session-id=7", "--force"]):
            fails(run(*where(lab), *command, "--json"), code, part)
        tap.equal((len(lab.ids()), invoked(lab)), (len(ROWS), []))
    fill(lab, path="/other")
    tap.equal(ids(run(*where(lab), "--wsman-path=/other", "list", "--json"
                      ).expect(0)), [7, 8, 9, TOP - 1])


@tap.case("a connection that ends early: lists go on, a close is not sent")
def closes_always(lab):
    basic = [*where(lab, tls=True), "--auth=basic"]
    # After the log-on and two messages, or always.
    for argv, settings in ((where(lab), {"keep_alive": 4}),
                           (basic, {"transfer": "close",
                                    "schemes": ["Basic"]})):
        fill(lab, **settings)
        for command in (["list"], ["list", "--client-user=LAB\\dora"]):
            found = ids(run(*argv, *command, "--json").expect(0))
            tap.equal(found[:2], [7, 8], f"{settings}")
        done = run(*argv, "close", "--client=PC2", "--force", "--json",
                   "--deadline=3")
        tap.equal(done.status, 1, repr(done))
        tap.true('"CLOSED"' not in done.out, repr(done))
        tap.equal((len(lab.ids()), invoked(lab)), (len(ROWS), []),
                  f"{settings}")


if __name__ == "__main__":
    main()
