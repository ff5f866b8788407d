"""Reads YAML texts as programs that deploy manifests do, with libyaml, and tells what stands in them as JSON.

Each line of the input is a JSON list of texts; each line of the output a list of readings, one for each text. A reading is a list of
documents as they are for a program that splits a stream and takes merge keys in one way. Where a program refuses the text, what it has
read until then counts: kubectl deploys it.
"""

import base64
import json
import re
import sys

import yaml

CORE = "tag:yaml.org,2002:"
PLAIN = "plain"
QUOTED = "quoted"
# Deeper or larger values are no manifests.
MOST_NODES = 20_000
DEEPEST = 200


class Refused(Exception):
    pass


class Loader(yaml.CSafeLoader):
    """Keeps apart what is typed by its look and what is text."""

    def resolve(self, kind, value, implicit):
        if kind is yaml.ScalarNode:
            return PLAIN if implicit[0] else QUOTED
        return CORE + ("seq" if kind is yaml.SequenceNode else "map")


# go-yaml, resolve.go.
WORDS = {}
for word in "y Y yes Yes YES true True TRUE on On ON".split():
    WORDS[word] = True
for word in "n N no No NO false False FALSE off Off OFF".split():
    WORDS[word] = False
for word in ["", "~", "null", "Null", "NULL"]:
    WORDS[word] = None
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


def number(text):
    plain = text.replace("_", "")
    sign = -1 if plain[:1] == "-" else 1
    digits = plain[1:] if plain[:1] in ("-", "+") else plain
    for prefix, base, digit in (("0x", 16, "[0-9a-f]"), ("0o", 8, "[0-7]"), ("0b", 2, "[01]")):
        if digits.lower().startswith(prefix):
            # int() itself would take a second prefix.
            known = re.fullmatch(f"{digit}+", digits[2:].lower())
            return sign * int(digits[2:], base) if known else None
    if re.fullmatch("0[0-7]+", digits):
        return sign * int(digits, 8)
    if re.fullmatch("[0-9]+", digits) and not digits.startswith("0"):
        return sign * int(digits)
    if DECIMAL.match(plain):
        value = float(plain)
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    return None


def scalar(node):
    tag, text = node.tag, node.value
    if tag == PLAIN:
        if text in WORDS:
            return WORDS[text]
        value = number(text)
        return text if value is None else value
    if tag == CORE + "bool":
        if isinstance(WORDS.get(text), bool):
            return WORDS[text]
        raise Refused("no boolean")
    if tag == CORE + "null":
        if text in WORDS and WORDS[text] is None:
            return None
        raise Refused("not null")
    if tag in (CORE + "int", CORE + "float"):
        value = number(text)
        if value is None:
            raise Refused("no number")
        return value
    if tag == CORE + "binary":
        try:
            return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True).decode()
        except ValueError as error:
            raise Refused("no Base64") from error
    return text


class Reader:
    def __init__(self, own_keys_win):
        self.own_keys_win = own_keys_win
        self.nodes = 0
        self.open = set()

    def value(self, node):
        self.nodes += 1
        if self.nodes > MOST_NODES or len(self.open) > DEEPEST:
            raise Refused("too much")
        if isinstance(node, yaml.ScalarNode):
            return scalar(node)
        if id(node) in self.open:
            raise Refused("it contains itself")
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item) for item in node.value]
            return self.mapping(node)
        finally:
            self.open.discard(id(node))

    def mapping(self, node):
        own, merged, both = {}, {}, {}
        for key, value in node.value:
            if key.tag in (PLAIN, CORE + "merge") and key.value == "<<":
                brought = self.merge(value)
                merged.update(brought)
                both.update(brought)
                continue
            if not isinstance(key, yaml.ScalarNode):
                raise Refused("no key")
            name = scalar(key)
            name = name if isinstance(name, str) else json.dumps(name)
            own[name] = both[name] = self.value(value)
        return {**merged, **own} if self.own_keys_win else both

    def merge(self, node):
        if isinstance(node, yaml.MappingNode):
            return self.value(node)
        if not isinstance(node, yaml.SequenceNode):
            raise Refused("no mapping to merge")
        found = {}
        for item in reversed(node.value):
            if not isinstance(item, yaml.MappingNode):
                raise Refused("no mapping to merge")
            found.update(self.value(item))
        return found


def nodes(text):
    """The documents of a stream up to where it is refused, and whether it is."""
    found = []
    try:
        loader = Loader(text.encode())
        try:
            while loader.check_node():
                found.append(loader.get_node())
        finally:
            loader.dispose()
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError):
        return found, True
    return found, False


def values(found, own_keys_win):
    """What the documents hold up to where one is refused, and whether it is."""
    read = []
    for node in found:
        try:
            read.append(Reader(own_keys_win).value(node))
        except (Refused, RecursionError):
            return read, True
    return read, False


def chunks(text):
    """A stream as kubectl cuts it (apimachinery, util/yaml/decoder.go): None where it refuses the separator."""
    lines = []
    for line in text.split("\n"):
        if not line.startswith("---"):
            lines.append(line)
            continue
        rest = line[3:].strip()
        if rest and not rest.startswith("#"):
            yield None
            return
        if lines:
            yield "\n".join(lines) + "\n"
        lines = []
    yield "\n".join(lines)


def kubectl(text, whole):
    if "---" not in text:
        return values(whole[:1], False)[0]
    read = []
    for chunk in chunks(text):
        found, refused = ([], True) if chunk is None else nodes(chunk)
        value, refused_value = values(found[:1], False)
        read += value
        if refused_value or (refused and not found):
            break
    return read


def readings(text):
    found, refused = nodes(text)
    answer = {"kubectl": kubectl(text, found), "library": [], "sequential": []}
    for name, own_keys_win in (("library", True), ("sequential", False)):
        read, refused_value = values(found, own_keys_win)
        if not refused and not refused_value:
            answer[name] = read
    return answer


for line in sys.stdin:
    print(json.dumps([readings(text) for text in json.loads(line)]), flush=True)
