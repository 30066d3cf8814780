# SPDX-License-Identifier: LGPL-3.0-or-later
"""Map, headers and library are one ABI, and any FFI can call it.

    test_abi.py ROOT LIBRARY COMPILER...
"""
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, LIBRARY = sys.argv[1:3]
COMPILER = sys.argv[3:]
sys.argv[1:] = []
sys.path.insert(0, os.path.join(ROOT, "tests", "lab", "smblab"))
import tap  # noqa: E402 (its place is known only now)

INCLUDE = os.path.join(ROOT, "include")
HEADERS = sorted(name for name in os.listdir(
    os.path.join(INCLUDE, "smbmgmt")) if name.endswith(".h"))
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
NODE = "SMBMGMT_0.1"
# What a parameter or a result may be made of, beside the library's own types.
VALUES = {"int32_t", "uint32_t", "int64_t", "uint64_t", "void", "char"}
CALLBACKS = {"smbmgmt_free_fn", "smbmgmt_log_fn", "smbmgmt_audit_fn",
             "smbmgmt_before_fn", "smbmgmt_confirm_fn"}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def text_of(name):
    return read("include", "smbmgmt", name)


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def one_line(text):
    return " ".join(text.split())


def declarations():
    """(header, doc comment or "", result, name, parameters) of each."""
    pattern = re.compile(
        r"(/\*\*(?:(?!\*/).)*\*/)?\s*SMBMGMT_API\s+([^;(]*?)(\w+)\s*"
        r"\(([^;]*)\)\s*;", re.S)
    for header in HEADERS:
        for comment, result, name, parameters in pattern.findall(
                text_of(header)):
            yield (header, comment, one_line(result), name,
                   one_line(parameters))


def declared():
    return sorted(name for _, _, _, name, _ in declarations())


def mapped():
    """Each node of the version script with its symbols."""
    text = without_comments(read("lib", "libsmbmgmt.map"))
    nodes = {}
    for node, body in re.findall(r"(\S+)\s*\{(.*?)\}", text, re.S):
        part = re.search(r"global:(.*?)(?:local:|$)", body, re.S)
        nodes[node] = re.findall(r"(\w+)\s*;", part.group(1))
    return nodes


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


@tap.case("the map lists just the functions that the headers declare")
def map_and_headers():
    names = [name for symbols in mapped().values() for name in symbols]
    tap.true(len(names) > 150, f"only {len(names)} symbols in the map")
    tap.equal(len(set(names)), len(names), "a symbol stands there twice")
    tap.equal(sorted(names), declared())
    every = sum(text_of(name).count("SMBMGMT_API") for name in HEADERS)
    defines = sum(len(re.findall(r"#define SMBMGMT_API\b", text_of(name)))
                  for name in HEADERS)
    tap.equal(every - defines, len(names), "declarations that were read")


@tap.case("the map's symbols are sorted, so that a change is easy to see")
def sorted_map():
    for node, symbols in mapped().items():
        tap.equal(symbols, sorted(symbols), node)


@tap.case("the library exports just those, each in its node")
def exports():
    wanted = {f"{name}@@{node}" for node, names in mapped().items()
              for name in names}
    found = {line.split()[-1] for line in run(
        "nm", "-D", "--defined-only", LIBRARY).splitlines()} - set(mapped())
    tap.true(f"smbmgmt_context_new@@{NODE}" in found, "nothing is exported")
    tap.equal(sorted(found - wanted), [], "exported and not in the map")
    tap.equal(sorted(wanted - found), [], "in the map and not exported")


@tap.case("soname, nodelete, no executable stack, no text relocations")
def dynamic_section():
    dynamic = run("readelf", "-dW", LIBRARY)
    tap.equal(re.findall(r"\(SONAME\).*\[(.*)\]", dynamic),
              ["libsmbmgmt.so.0"])
    flags = " ".join(re.findall(r"\(FLAGS_1\)\s+Flags: (.*)", dynamic))
    tap.true("NODELETE" in flags.split(), f"no NODELETE in: {flags}")
    tap.true("NOW" in flags.split(), f"not bound at once: {flags}")
    tap.true("TEXTREL" not in dynamic, "it has text relocations")
    stack = re.search(r"GNU_STACK.*", run("readelf", "-lW", LIBRARY))
    tap.true(stack is not None and "RWE" not in stack.group(0),
             "its stack is executable")


@tap.case("each function says what it does, and since when")
def comments():
    for header, comment, _, name, _ in declarations():
        tap.true(comment, f"{header}: {name} has no comment")
        tap.true(re.search(r"Since[\s*]+0\.\d+\.", comment),
                 f"{header}: {name} does not say since when")


def split_type(parameter, named):
    """The words of a type, without const, stars, brackets and the name."""
    words = re.findall(r"\w+", parameter)
    if named and len(words) > 1:
        words.pop()
    return [word for word in words if word != "const"]


def own_types():
    return set(re.findall(r"typedef struct (\w+) \1;", text_of("types.h")))


def callbacks():
    """name, result, parameters of each callback's type."""
    everything = "".join(text_of(name) for name in HEADERS)
    return re.findall(r"typedef (\w+) \(\*(\w+)\)\(([^;]*)\);",
                      without_comments(everything))


def check_types(where, result, parameters):
    opaque = own_types()
    tap.true(opaque, "no opaque types")
    tap.true("..." not in parameters, f"{where} has variable arguments")
    kinds = [(result, False)] + [
        (parameter, True) for parameter in parameters.split(",")]
    for kind, named in kinds:
        words = split_type(kind, named)
        tap.equal(len(words), 1, f"{where}: {kind}")
        word = words[0]
        tap.true(word in VALUES | opaque | CALLBACKS,
                 f"{where}: {word} is no type for an FFI")
        if word in opaque:
            tap.true("*" in kind, f"{where}: {word} by value")
        if word == "char":
            tap.true(re.search(r"const char \*", kind),
                     f"{where}: {kind} is no borrowed text")


@tap.case("parameters and results are fixed-width numbers, text or objects")
def parameters():
    for header, _, result, name, args in declarations():
        # An FFI takes jobs; this one speaks to tevent, in tevent's types.
        if header != "tevent.h":
            check_types(f"{header}: {name}", result, args)
    found = callbacks()
    tap.equal({name for _, name, _ in found}, CALLBACKS)
    for result, name, args in found:
        check_types(name, result, args)


@tap.case("what can fail returns int32_t and takes an error last")
def errors_last():
    for header, _, result, name, args in declarations():
        last = args.split(",")[-1]
        takes = "smbmgmt_error **" in last
        tap.equal("smbmgmt_error **" in args, takes,
                  f"{header}: {name}: the error is not last")
        if takes:
            tap.equal(result, "int32_t", f"{header}: {name}")


@tap.case("each object can be referenced and dropped")
def references():
    functions = {name: (result, args)
                 for _, _, result, name, args in declarations()}
    for kind in sorted(own_types() - {"smbmgmt_question"}):
        tap.equal(functions.get(f"{kind}_ref", ("", ""))[0], f"{kind} *",
                  f"{kind}_ref")
        tap.equal(functions.get(f"{kind}_unref", ("", ""))[0], "void",
                  f"{kind}_unref")


@tap.case("no struct, enum, bit-field, long or time_t is public")
def no_layout():
    for header in HEADERS:
        text = without_comments(text_of(header))
        tap.true(not re.search(r"\benum\b", text), f"{header}: an enum")
        tap.true(not re.search(r"\bstruct\s+\w*\s*\{", text),
                 f"{header}: a struct with members")
        tap.true(not re.search(r"\w\s*:\s*\d+\s*;", text),
                 f"{header}: a bit-field")
        for word in ("long", "time_t", "size_t", "_Bool", "bool", "va_list",
                     "float", "double", "inline"):
            tap.true(not re.search(rf"\b{word}\b", text),
                     f"{header}: {word}")


def compiles(source, suffix, *command):
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "include" + suffix)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        run(*command, *WARNINGS, "-I" + INCLUDE, "-fsyntax-only", path)


def include(names):
    return "".join(f"#include <smbmgmt/{name}>\n" for name in names)


MAIN = "int main(void) { return smbmgmt_version_number() == 0; }\n"


@tap.case("each header compiles alone and twice, as C99 and C11")
def alone():
    for header in HEADERS:
        source = include([header, header]) + "int one;\n"
        for standard in ("c99", "c11"):
            compiles(source, ".c", *COMPILER, f"-std={standard}")


@tap.case("the headers compile in any order")
def any_order():
    chance = random.Random(3)
    for first, second in itertools.permutations(HEADERS, 2):
        if chance.random() < 0.2:
            compiles(include([first, second]) + "int one;\n", ".c",
                     *COMPILER, "-std=c99")
    for _ in range(5):
        names = chance.sample(HEADERS, len(HEADERS))
        compiles(include(names) + MAIN, ".c", *COMPILER, "-std=c99")


@tap.case("smbmgmt.h includes every header but the one for tevent")
def all_of_them():
    found = re.findall(r"#include <smbmgmt/(\S+)>", text_of("smbmgmt.h"))
    tap.equal(sorted(found + ["smbmgmt.h", "tevent.h"]), HEADERS)


@tap.case("the headers compile as C++")
def cxx():
    compiler = os.environ.get("CXX") or shutil.which("g++") or \
        shutil.which("clang++")
    if compiler is None:
        raise tap.Skip("there is no C++ compiler")
    for header in HEADERS:
        compiles(include([header]) + "int one;\n", ".cc",
                 *compiler.split(), "-std=c++11")
    compiles(include(["smbmgmt.h"]) + MAIN, ".cc", *compiler.split(),
             "-std=c++11")


tap.main()
