# SPDX-License-Identifier: LGPL-3.0-or-later
"""WQL as far as it selects instances: SELECT * FROM CLASS [WHERE ...].

AND, OR, NOT and parentheses; =, <>, !=, <, >, <=, >=, LIKE, IS [NOT] NULL;
strings in either quote with backslash escapes; numbers in tens or hex.  Names,
keywords and strings are compared without case, as WMI does.  A NULL is neither
equal nor unequal to anything.
"""

import operator
import re

TOKEN = re.compile(r"""\s*(?:
    (?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|\d+))(?![\w.])
  | (?P<name>[A-Za-z_]\w*)
  | '(?P<single>(?:[^'\\]|\\.)*)'
  | "(?P<double>(?:[^"\\]|\\.)*)"
  | (?P<sign><>|!=|<=|>=|[=<>()*])
)""", re.X | re.S)
COMPARE = {"=": operator.eq, "<>": operator.ne, "!=": operator.ne,
           "<": operator.lt, ">": operator.gt, "<=": operator.le,
           ">=": operator.ge}
U64_MAX = (1 << 64) - 1
# More than this is nobody's question; the recursion is ours.
DEEPEST = 200


class QueryError(Exception):
    """WBEM_E_INVALID_QUERY: what is wrong with it."""


def fold(text):
    """As strings are compared: ordinal, without case, letter for letter."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter
                   for letter in text)


def tokens(text):
    place, found = 0, []
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if not match or match.end() == place:
            raise QueryError(f"at {text[place:place + 20]!r}")
        kind = match.lastgroup
        value = match.group(kind)
        if kind == "number":
            value = int(value, 0 if "x" in value.lower() else 10)
        elif kind in ("single", "double"):
            kind, value = "string", re.sub(r"\\(.)", r"\1", value,
                                           flags=re.S)
        found.append((kind, value))
        place = match.end()
    return found


def like(pattern):
    """LIKE's % and _ and sets as a regular expression."""
    made, place = "", 0
    while place < len(pattern):
        letter = pattern[place]
        end = pattern.find("]", place + 2)
        if letter == "[" and end > 0:
            inside = pattern[place + 1:end].replace("\\", "\\\\")
            made += f"[{inside}]"
            place = end
        else:
            made += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
        place += 1
    return re.compile(made, re.S)


def of_three(decides, parts, values):
    """OR (True decides) or AND (False does) of True, False and unknown."""
    found = [part(values) for part in parts]
    if decides in found:
        return decides
    return None if None in found else not decides


class Query:
    """A parsed query; matches() says whether it selects a row's values."""

    def __init__(self, text, properties, u64_max="exact"):
        self.properties = {fold(name): (name, kind)
                           for name, kind in properties.items()}
        self.u64_max = u64_max
        self.rest = tokens(text)
        self.depth = 0
        self.keyword("SELECT")
        self.sign("*")
        self.keyword("FROM")
        self.class_name = self.take("name")
        self.where = None
        if self.rest:
            self.keyword("WHERE")
            self.where = self.any_of()
        if self.rest:
            raise QueryError(f"too much: {self.rest[0][1]!r}")

    def matches(self, values):
        return self.where is None or self.where(values) is True

    # Tokens.

    def peek(self, kind):
        if not self.rest or self.rest[0][0] != kind:
            return None
        return self.rest[0][1]

    def take(self, kind):
        if self.peek(kind) is None:
            raise QueryError(f"no {kind} where one is due")
        return self.rest.pop(0)[1]

    def is_word(self, word):
        found = self.peek("name")
        if found is None or fold(found) != word:
            return False
        self.rest.pop(0)
        return True

    def keyword(self, word):
        if not self.is_word(word):
            raise QueryError(f"no {word}")

    def sign(self, wanted):
        if self.take("sign") != wanted:
            raise QueryError(f"no {wanted}")

    # Conditions: functions of a row's values that give True, False or None.

    def any_of(self):
        self.depth += 1
        if self.depth > DEEPEST:
            raise QueryError("too deep")
        parts = [self.all_of()]
        while self.is_word("OR"):
            parts.append(self.all_of())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else (
            lambda values: of_three(True, parts, values))

    def all_of(self):
        parts = [self.one()]
        while self.is_word("AND"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else (
            lambda values: of_three(False, parts, values))

    def one(self):
        negated = False
        while self.is_word("NOT"):
            negated = not negated
        if self.peek("sign") == "(":
            self.sign("(")
            inner = self.any_of()
            self.sign(")")
        else:
            inner = self.comparison()
        if not negated:
            return inner

        def opposite(values):
            found = inner(values)
            return None if found is None else not found
        return opposite

    def known(self, name):
        if fold(name) not in self.properties:
            raise QueryError(f"no property {name}")
        return self.properties[fold(name)]

    def literal(self):
        for kind in ("number", "string"):
            if self.peek(kind) is not None:
                return self.take(kind)
        if self.is_word("NULL"):
            return None
        raise QueryError("no value")

    def comparison(self):
        if self.peek("name") is None:
            # The value first, as WQL allows too.
            value = self.literal()
            sign = self.take("sign")
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            return self.compare(self.take("name"), turned.get(sign, sign),
                                value)
        name = self.take("name")
        if self.is_word("IS"):
            wanted = not self.is_word("NOT")
            self.keyword("NULL")
            name = self.known(name)[0]
            return lambda values: (values.get(name) is None) == wanted
        if self.is_word("LIKE"):
            name = self.known(name)[0]
            pattern = like(fold(self.take("string")))
            return lambda values: bool(
                pattern.fullmatch(fold(str(values.get(name) or ""))))
        return self.compare(name, self.take("sign"), self.literal())

    def compare(self, name, sign, value):
        name, kind = self.known(name)
        if sign not in COMPARE:
            raise QueryError(f"no comparison {sign}")
        compare = COMPARE[sign]
        if value is None:
            wanted = sign == "="
            return lambda values: (values.get(name) is None) == wanted
        if kind == "string":
            if not isinstance(value, str):
                raise QueryError(f"{name} is a string")
            value = fold(value)
            return lambda values: None if values.get(name) is None else (
                compare(fold(values[name]), value))
        try:
            value = int(value)
        except ValueError:
            raise QueryError(f"{name} is a number") from None
        if value == U64_MAX and self.u64_max == "nothing":
            return lambda values: False
        return lambda values: None if values.get(name) is None else (
            compare(values[name], value))
