# SPDX-License-Identifier: LGPL-3.0-or-later
"""The C reference is whole, and doxygen finds nothing wanting.

    test_reference.py ROOT DOXYGEN [PART OF A NAME...]

The rules that the comments keep are those at the top of types.h; each rule
here gives a list of complaints, and the last cases show that it can complain.
"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ROOT, DOXYGEN = sys.argv[1:3]
sys.argv[1:3] = []
sys.path.insert(0, os.path.join(ROOT, "tests", "lab", "smblab"))
import tap  # noqa: E402 (its place is known only now)

SINCE = re.compile(r"\bSince \d+\.\d+\.")
# A list of codes ends with the sentence that names something else.
ERRORS = re.compile(r"\bErrors: (.*?)(?:\. (?:Mirrors|Since)\b)", re.S)


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def words(element):
    """What an element says, on one line."""
    return "" if element is None else " ".join(
        "".join(element.itertext()).split())


class Member:
    """One function, type or constant as doxygen has understood it."""

    def __init__(self, member, group):
        self.kind = member.get("kind")
        self.name = member.findtext("name")
        self.brief = words(member.find("briefdescription"))
        self.text = " ".join([self.brief, words(
            member.find("detaileddescription"))]).strip()
        self.group = group
        self.result = words(member.find("type"))
        self.named = {words(name) for part in (
            "briefdescription", "detaileddescription")
            for name in member.find(part).iter("computeroutput")}
        self.parameters = [
            (words(param.find("type")), param.findtext("declname"))
            for param in member.findall("param")
            if param.find("declname") is not None]

    def is_function(self):
        return self.kind == "function"


def parse(folder):
    members = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith("_8h.xml"):
            continue
        root = xml.parse(os.path.join(folder, name)).getroot()
        for section in root.iter("sectiondef"):
            group = words(section.find("description"))
            for member in section.iter("memberdef"):
                made = Member(member, group)
                members[made.name] = made
    return members


class Reference:
    """doxygen's output of the headers, with what `more` appends to one."""

    def __init__(self, place, more=""):
        include = os.path.join(ROOT, "include", "smbmgmt")
        if more:
            include = os.path.join(place, "include", "smbmgmt")
            subprocess.run(["cp", "-r", os.path.join(ROOT, "include"), place],
                           check=True)
            with open(os.path.join(include, "version.h"), "a",
                      encoding="utf-8") as file:
                file.write(more)
        settings = read("docs", "Doxyfile.in")
        for key, value in (("@source@/include", os.path.dirname(include)),
                           ("@source@", ROOT), ("@output@", place),
                           ("@version@", "0"), ("@xml@", "YES"),
                           ("@warnings@", "FAIL_ON_WARNINGS")):
            settings = settings.replace(key, value)
        tap.true("@" not in settings, settings)
        path = os.path.join(place, "Doxyfile")
        with open(path, "w", encoding="utf-8") as file:
            file.write(settings)
        self.done = subprocess.run([DOXYGEN, path], capture_output=True,
                                   text=True, timeout=120)
        self.html = os.listdir(os.path.join(place, "html"))
        self.members = parse(os.path.join(place, "xml"))


def reference(more=""):
    with tempfile.TemporaryDirectory(prefix="smbmgmt-docs.") as place:
        return Reference(place, more)


def exported():
    text = re.sub(r"/\*.*?\*/", "", read("lib", "libsmbmgmt.map"), flags=re.S)
    return set(re.findall(r"\b(smbmgmt_\w+);", text))


def in_headers(pattern):
    folder = os.path.join(ROOT, "include", "smbmgmt")
    return {name for header in os.listdir(folder) if header.endswith(".h")
            for name in re.findall(pattern, read("include", "smbmgmt",
                                                 header), re.M)}


def constants():
    """All but the include guards."""
    return {name for name in in_headers(r"^#define (SMBMGMT_\w+)")
            if not re.fullmatch(r"SMBMGMT_(\w+_)?H", name)}


def types():
    return in_headers(r"^typedef struct \w+ (\w+);")


def callbacks():
    return in_headers(r"^typedef \w+ \(\*(\w+)\)")


def undocumented(members, names):
    """A brief that is a sentence, and since when."""
    bad = []
    for name in sorted(names):
        member = members.get(name)
        if member is None or len(member.brief) < 4:
            bad.append(f"{name} is not documented")
        elif not SINCE.search(member.text + " " + member.group):
            bad.append(f"{name} does not say since when")
    return bad


def evident(member, kind, name):
    """A parameter that needs no words: the function's name has said them.

    The error at the end, the object that the function is called after, what a
    setter or adder is called after, and a switch that the text explains by its
    values.
    """
    function = member.name
    object_type = re.sub(r"const |\*| ", "", kind)
    return ((name, object_type) == ("err", "smbmgmt_error")
            or function.startswith(object_type + "_")
            or function.endswith("_" + name)
            or (function.startswith("smbmgmt_question_")
                and name == "question")
            or object_type == "smbmgmt_context"
            or (kind == "int32_t" and re.search(r"\b[01](, the default)?: ",
                                                member.text) is not None))


def unexplained(members, names):
    return [f"{name}: nothing about {parameter}"
            for name in sorted(names)
            for kind, parameter in members[name].parameters
            if parameter not in members[name].named
            and not evident(members[name], kind, parameter)]


def without_errors(members, codes):
    """What takes an error says which; the codes exist."""
    bad = []
    for name, member in sorted(members.items()):
        if not any("smbmgmt_error **" in kind
                   for kind, _ in member.parameters):
            continue
        listed = ERRORS.search(member.text)
        if listed is None:
            bad.append(f"{name} does not say its errors")
            continue
        named = set(re.findall(r"\b[A-Z][A-Z_]{4,}\b", listed.group(1)))
        bad += [f"{name}: no error {code}" for code in sorted(
            named - codes - {"NULL", "MEMORY"})]
        if not named & codes and "as " not in listed.group(1):
            bad.append(f"{name} names no error")
    return bad


def without_owner(members):
    """Who owns what is given back."""
    bad = []
    for name, member in sorted(members.items()):
        if not member.is_function() or name.endswith("_ref"):
            continue
        if "*" in member.result and not re.search(
                r"\b([Bb]orrowed|[Ss]tatic|child of"
                r"|reference of the caller's)\b", member.text):
            bad.append(f"{name} does not say whose its result is")
        outs = [parameter for kind, parameter in member.parameters
                if kind.replace(" ", "").endswith("**")
                and parameter not in ("err", "handles")]
        if outs and "the caller's" not in member.text and not re.search(
                r"Otherwise as smbmgmt_\w+\(\)", member.text):
            bad.append(f"{name} does not say whose {outs[0]} is")
    return bad


def without_threads(members, names):
    return [f"{name} says nothing of threads" for name in sorted(names)
            if "thread" not in members[name].text]


def code_names():
    return {name.removeprefix("SMBMGMT_E_") for name in in_headers(
        r"^#define (SMBMGMT_E_\w+)")}


def dead_words(members):
    """smbmgmt_x() and SMBMGMT_X in a text are something; "quoted", a text."""
    known = set(members)
    bad = []
    for name, member in sorted(members.items()):
        for word in re.findall(r"\bsmbmgmt_\w+(?=\()|(?<!\")\bSMBMGMT_\w+",
                               member.text):
            if word not in known and not (word.endswith("_") and any(
                    other.startswith(word) for other in known)):
                bad.append(f"{name} speaks of {word}")
    return bad


WHOLE = []


def whole():
    """The reference as it is, made once."""
    if not WHOLE:
        WHOLE.append(reference())
    return WHOLE[0]


@tap.case("doxygen makes HTML of the headers without a warning")
def builds():
    tap.equal((whole().done.returncode, whole().done.stderr), (0, ""))
    for name in ("index.html", "close_8h.html", "error_8h.html"):
        tap.true(name in whole().html, f"no {name} in {whole().html}")


@tap.case("every exported function is documented, with its version")
def functions():
    names = exported()
    tap.true(len(names) > 150, f"only {len(names)} functions")
    tap.equal(undocumented(whole().members, names), [])


@tap.case("every constant, type and callback is documented, with its version")
def the_rest():
    found = constants()
    tap.true(len(found) > 90, f"only {len(found)} constants")
    tap.equal(undocumented(whole().members, found), [])
    tap.true(len(types()) > 15 and len(callbacks()) >= 3, "few types")
    tap.equal(undocumented(whole().members, types() | callbacks()), [])


@tap.case("every parameter is explained, or evident")
def parameters():
    tap.equal(unexplained(whole().members, exported()), [])


@tap.case("every function that can fail says how, in codes that exist")
def errors():
    tap.equal(without_errors(whole().members, code_names()), [])


@tap.case("every function says whose its results are")
def owners():
    tap.equal(without_owner(whole().members), [])


@tap.case("every type has its rule for threads")
def threads():
    tap.equal(without_threads(whole().members, types()), [])


@tap.case("what the comments name exists")
def names_exist():
    tap.equal(dead_words(whole().members), [])


BAD = """
SMBMGMT_API int32_t smbmgmt_bare(int32_t x);
/** Does a thing.  Errors: NONESUCH.  Mirrors nothing. */
SMBMGMT_API int32_t smbmgmt_careless(smbmgmt_plan *plan, uint32_t color,
	smbmgmt_report **report, smbmgmt_error **err);
/** Gives the text of SMBMGMT_GONE_BAD.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_lost(void);
/** A type.  Since 0.1. */
typedef struct smbmgmt_hasty smbmgmt_hasty;
#define SMBMGMT_BARE 1
"""


@tap.case("what is missing is missed")
def complaints():
    bad = reference(BAD)
    tap.true(bad.done.returncode != 0, "doxygen has no complaint")
    for name in ("smbmgmt_bare", "SMBMGMT_BARE"):
        tap.true(name in bad.done.stderr, bad.done.stderr)
    members = bad.members
    tap.equal(undocumented(members, {"smbmgmt_bare", "smbmgmt_careless",
                                     "smbmgmt_lost", "smbmgmt_gone"}),
              ["smbmgmt_bare is not documented",
               "smbmgmt_careless does not say since when",
               "smbmgmt_gone is not documented"])
    tap.equal(unexplained(members, {"smbmgmt_careless"}),
              ["smbmgmt_careless: nothing about plan",
               "smbmgmt_careless: nothing about color",
               "smbmgmt_careless: nothing about report"])
    members["smbmgmt_careless"].text += " Since 0.1."
    tap.equal(without_errors(members, code_names()),
              ["smbmgmt_careless: no error NONESUCH",
               "smbmgmt_careless names no error"])
    tap.equal(without_owner(members),
              ["smbmgmt_careless does not say whose report is",
               "smbmgmt_lost does not say whose its result is"])
    tap.equal(without_threads(members, {"smbmgmt_hasty"}),
              ["smbmgmt_hasty says nothing of threads"])
    tap.equal(dead_words(members), ["smbmgmt_lost speaks of SMBMGMT_GONE_BAD"])


tap.main()
