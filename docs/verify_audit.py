#!/usr/bin/env python3
"""Checks an export of the audit log with public keys alone, after docs/audit-format.md.

Independent of the product's own code, and of anything but Python's standard library (3.9 or later).

    verify_audit.py FILE --key KEYS [--head HEADS]

KEYS: public keys as PEM, or JSON {"<key id>": "<PEM>"}. HEADS: heads that you kept, one a line.
Prints {"ok", "findings", "filters"}, of findings the first 1,000; ends with 0 when the export is good, with 1 when it is not, with 2 when a file can't
be read or holds no keys or heads. With filters, entries were left out, and nothing proves that they were only those that
the filters say.
"""
import argparse
import base64
import datetime
import hashlib
import json
import re
import sys

FORMAT = "openclaw-audit-export/1"
ENTRY = ("actionType dataAccessed dataClassification decisionId event id metadata modelTokens modelUsed orgUnit outcome "
         "policyApplied policyReason policyResult requestId tenantId timestamp").split()
SPKI = bytes.fromhex("302a300506032b6570032100")
HASH = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z")
DAY = 86_400_000
LONGEST_LINE, DEEPEST, MOST, MOST_HEADS, MOST_KEYS = 4 * 1024 * 1024, 64, 1_000, 2_000, 100


# Ed25519, RFC 8032 §5.1: slow and plain.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add_points(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    o, q = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, q - o, q + o, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add_points(result, point)
        point = add_points(point, point)
        scalar >>= 1
    return result


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_weak(key):
    """A point of small order, under which anybody could sign."""
    x, _, z, _ = times(8, key)
    return x % P == 0 and z % P != 0


def is_signed(public_key, message, signature):
    key, r = point_of(public_key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or r is None or s >= L or is_weak(key):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    left, right = times(s, BASE), add_points(r, times(k, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Canonical JSON, RFC 8785; numbers as ECMA-262 writes them (Number::toString).
def number(value):
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not a number of JSON")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    written = whole + fraction
    digits = written.lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(written) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return "%s%s%se%+d" % (sign, digits[0], fraction, point - 1)


def canonical(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def canonical_of(value):
    """None for a value without canonical JSON: endless numbers, half of a surrogate pair, nesting without end."""
    try:
        text = canonical(value)
        text.encode()
        return text
    except (ValueError, OverflowError, RecursionError):
        return None


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
    return digest.hexdigest()


def parsed(text, once=dict):
    def no_constant(name):
        raise ValueError(name)

    def whole(digits):
        # Long ones are doubles like any other, and none takes a time that grows with the square of its length.
        return int(digits) if len(digits) < 20 else float(digits)
    try:
        value = json.loads(text, parse_constant=no_constant, parse_int=whole, object_pairs_hook=once)
        return None if is_deeper(value, DEEPEST) else value
    except (ValueError, RecursionError):
        return None


def each_once(pairs):
    """For what is not compared with its canonical JSON: of a name given twice, readers take the first or the last."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is given twice")
    return dict(pairs)


def is_deeper(value, levels):
    if not isinstance(value, (dict, list)):
        return False
    return levels == 0 or any(is_deeper(one, levels - 1) for one in (value.values() if isinstance(value, dict) else value))


def has(value, *names):
    return isinstance(value, dict) and set(value) == set(names)


def is_hash(value):
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def time_of(text):
    """Milliseconds since some moment, None for other text: a datetime has no year 0, and nothing before or after its own years."""
    match = TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, ms = map(int, match.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    try:
        days = datetime.date(year % 400 + 400, month, day).toordinal() + year // 400 * 146097
    except ValueError:
        return None
    return (days * 86400 + hour * 3600 + minute * 60 + second) * 1000 + ms


def is_statement(value, kind, *names):
    return (has(value, "claims", "keyId", "signature") and has(value["claims"], "kind", "tenantId", "at", *names)
            and value["claims"]["kind"] == kind and isinstance(value["claims"]["tenantId"], str) and time_of(value["claims"]["at"]) is not None
            and is_key_id(value["keyId"]) and isinstance(value["signature"], str)
            and re.fullmatch(r"[A-Za-z0-9_-]{86}", value["signature"]) is not None)


def is_key_id(value):
    return isinstance(value, str) and 0 < len(value) <= 64


def is_head(value):
    if not is_statement(value, "audit-head", "n", "size", "rootHash", "previous"):
        return False
    claims = value["claims"]
    return (is_count(claims["n"]) and claims["n"] > 0 and is_count(claims["size"]) and is_hash(claims["rootHash"])
            and (claims["previous"] is None or is_hash(claims["previous"])))


def is_key(value):
    return (is_statement(value, "audit-key", "keyId", "publicKey") and is_key_id(value["claims"]["keyId"])
            and is_hash(value["claims"]["publicKey"]))


def signed_by(statement, public_key):
    text = statement["signature"]
    try:
        signature = base64.urlsafe_b64decode(text + "==")
    except ValueError:
        return False
    if base64.urlsafe_b64encode(signature).decode().rstrip("=") != text:
        return False
    return is_signed(bytes.fromhex(public_key), canonical(statement["claims"]).encode(), signature)


class Trust:
    """A key counts when it is held, or when a key that counts has signed for it."""

    def __init__(self, held, statements):
        self.held = held
        self.keys = {s["claims"]["keyId"]: s["claims"]["publicKey"] for s in statements if s["claims"]["publicKey"] in held}
        grows = True
        while grows:
            grows = False
            for s in statements:
                signer = self.keys.get(s["keyId"])
                if s["claims"]["keyId"] not in self.keys and signer is not None and signed_by(s, signer):
                    self.keys[s["claims"]["keyId"]] = s["claims"]["publicKey"]
                    grows = True

    def distrust(self, statement):
        known = self.keys.get(statement["keyId"])
        candidates = self.held if known is None else [known]
        if any(signed_by(statement, key) for key in candidates):
            return None
        return "unknown" if known is None else "bad"


class Tree:
    """RFC 6962: the roots of the complete subtrees so far."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def append(self, digest, level=0):
        self.size += 2**level
        while self.peaks and self.peaks[-1][0] == level:
            digest = bytes.fromhex(sha256(b"\x01", self.peaks.pop()[1], digest))
            level += 1
        self.peaks.append((level, digest))

    def root(self):
        if not self.peaks:
            return sha256(b"")
        digest = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            digest = bytes.fromhex(sha256(b"\x01", left, digest))
        return digest.hex()


class Check:
    def __init__(self, held_keys, held_heads):
        self.held_keys, self.held_heads = held_keys, held_heads
        self.findings, self.header, self.tree = [], None, Tree()
        self.cursor, self.entries, self.intact, self.followed = 0, 0, True, None
        self.newer, self.erased, self.closed = None, set(), {}

    def report(self, kind, subject):
        if len(self.findings) < MOST:
            self.findings.append({"kind": kind, "subject": subject})

    def read_header(self, line):
        begin, end = '{"header":', ',"rows":['
        text = line[len(begin):-len(end)] if line.startswith(begin) and line.endswith(end) else ""
        header = parsed(text)
        good = (has(header, "format", "tenantId", "exportedAt", "filters", "head", "heads", "keys", "expiredBefore", "unsealed")
                and header["format"] == FORMAT and isinstance(header["tenantId"], str) and time_of(header["exportedAt"]) is not None and isinstance(header["filters"], dict)
                and all(isinstance(value, str) for value in header["filters"].values()) and is_head(header["head"])
                and isinstance(header["heads"], list) and len(header["heads"]) <= MOST_HEADS and all(map(is_head, header["heads"]))
                and isinstance(header["keys"], list) and len(header["keys"]) <= MOST_KEYS and all(map(is_key, header["keys"]))
                and (header["expiredBefore"] is None or time_of(header["expiredBefore"]) is not None) and is_count(header["unsealed"])
                and canonical_of(header) == text)
        if not good:
            self.report("malformed", "line 1")
            return
        self.header = header
        self.check_heads(header)
        self.at_size()

    def check_heads(self, header):
        trust = Trust(self.held_keys, header["keys"])
        newest = header["head"]

        def believed(head, name, distrust):
            good = distrust is None and head["claims"]["tenantId"] == header["tenantId"]
            if not good:
                self.report("head", name)
            return good

        def name_of(head):
            return "head %d" % head["claims"]["n"]

        believed(newest, name_of(newest), trust.distrust(newest))
        judged = [(head, trust.distrust(head)) for head in header["heads"]]
        earlier = [head for head, distrust in judged if distrust != "unknown" and believed(head, name_of(head), distrust)]
        for older, newer in zip(earlier, earlier[1:] + [newest]):
            a, b = older["claims"], newer["claims"]
            linked = b["n"] > a["n"] + 1 or b["previous"] == sha256(canonical(older))
            if not (linked and b["n"] > a["n"] and b["size"] >= a["size"] and b["at"] >= a["at"]):
                self.report("order", name_of(newer))
        self.dated = [(head["claims"]["size"], time_of(head["claims"]["at"])) for head in earlier]
        self.youngest = None
        self.expired = self.expired_places(header, newest)
        self.open = [(head["claims"]["size"], head["claims"]["rootHash"], name_of(head), "root") for head in earlier + [newest]]
        for head in self.held_heads:
            claims, name = head["claims"], "the head that you hold (%d)" % head["claims"]["n"]
            if not believed(head, name, trust.distrust(head)):
                continue
            if claims["size"] > newest["claims"]["size"]:
                self.report("rolled_back" if claims["at"] <= newest["claims"]["at"] else "newer", name)
            else:
                self.open.append((claims["size"], claims["rootHash"], name, "forked"))
        self.open.sort(key=lambda one: one[0])
        self.good_size, self.differs = 0, False

    def expired_places(self, header, newest):
        """The header's word on what expired is not signed: what counts is when heads were."""
        before = time_of(header["expiredBefore"])
        if before is None or before > time_of(newest["claims"]["at"]) - 365 * DAY:
            return 0
        return max([size for size, at in self.dated if at <= before + 2 * DAY], default=0)

    def at_size(self):
        while self.open and self.open[0][0] <= self.tree.size:
            size, root, name, kind = self.open.pop(0)
            if size < self.tree.size:
                if kind == "forked":
                    self.report("uncovered", name)
            elif self.tree.root() == root:
                self.good_size = size
            elif kind == "forked":
                self.report("forked", name)
            elif not self.differs:
                self.differs = True
                self.report("root", "%s, positions %d to %d" % (name, self.good_size, size - 1))

    def read_row(self, line, number):
        text = line[:-1] if line.endswith(",") else line
        if self.followed is False:
            self.report("malformed", "line %d" % (number - 1))
        self.followed = line.endswith(",")
        row = parsed(text)
        if has(row, "hash", "level", "position"):
            if is_hash(row["hash"]) and is_count(row["level"]) and row["level"] <= 52 and is_count(row["position"]) \
                    and is_count(row["position"] + 2**row["level"]) and canonical_of(row) == text:
                return self.left_out(row)
        elif self.is_entry_row(row) and canonical_of(row) == text:
            return self.entry(row)
        self.intact = False
        position = re.search(r'"position":(\d{1,15})\b', text, re.ASCII)
        identity = re.search(r'"id":"(aud_[0-9A-Z]{1,26})"', text)
        self.cursor = max(self.cursor + 1, int(position.group(1)) + 1 if position else 0)
        return self.report("malformed", "line %d%s" % (number, " (entry %s)" % identity.group(1) if identity else ""))

    @staticmethod
    def is_entry_row(row):
        if not (has(row, "entry", "leafHash", "position", "reveal") and is_hash(row["leafHash"]) and is_count(row["position"]) and is_count(row["position"] + 1)):
            return False
        reveal = row["reveal"]
        if reveal is not None and not (has(reveal, "actionDetail", "salt", "userId") and is_hash(reveal["salt"])
                                       and all(isinstance(part, str) for part in reveal.values())):
            return False
        entry = row["entry"]
        return (has(entry, *ENTRY, "subject", "personal") or has(entry, *ENTRY, "userId", "actionDetail")) \
            and all(isinstance(entry[name], str) for name in ("id", "tenantId", "timestamp")) \
            and all(isinstance(entry[name], str) for name in ("subject", "personal", "userId") if name in entry) \
            and re.fullmatch(r"aud_[0-9A-Z]{1,26}", entry["id"]) is not None \
            and re.fullmatch(r"sub_[0-9A-Za-z_]{1,64}", entry.get("subject", "sub_0")) is not None

    def left_out(self, row):
        leaves = 2 ** row["level"]
        name = positions(row["position"], row["position"] + leaves)
        has_expired = self.entries == 0 and row["position"] + leaves <= self.expired
        if not self.header["filters"] and not has_expired:
            self.report("missing", name)
        self.place(row["position"], bytes.fromhex(row["hash"]), row["level"], name)

    def entry(self, row):
        entry, reveal = row["entry"], row["reveal"]
        name = "entry %s at position %d" % (entry["id"], row["position"])
        self.entries += 1
        if sha256(b"\x00", canonical(entry)) != row["leafHash"]:
            self.report("changed", name)
        if entry["tenantId"] != self.header["tenantId"]:
            self.report("foreign", name)
        while self.dated and self.dated[0][0] <= row["position"]:
            self.youngest = self.dated.pop(0)[1]
        self.check_form(entry, reveal, name, row["position"])
        if self.is_day_before(entry["timestamp"]):
            self.report("back_dated", name)
        self.place(row["position"], bytes.fromhex(row["leafHash"]), 0, name)

    def is_day_before(self, text):
        """More than a day before the last of the heads that don't cover this position yet?"""
        at = time_of(text)
        return self.youngest is not None and at is not None and at < self.youngest - DAY

    def check_form(self, entry, reveal, name, position):
        if "personal" not in entry:
            if reveal is not None:
                self.report("malformed", name)
            if self.newer is not None and (self.newer[0] == 0 or self.is_day_before(self.newer[1])):
                self.report("older_form", name)
            return
        if self.newer is None:
            self.newer = position, entry["timestamp"]
        self.read_erasure(entry)
        if reveal is None:
            names = self.closed.setdefault(entry["subject"], [])
            if len(names) < MOST:
                names.append(name)
            return
        said = canonical({"actionDetail": reveal["actionDetail"], "userId": reveal["userId"]})
        if sha256(bytes.fromhex(reveal["salt"]), said) != entry["personal"]:
            self.report("detail_changed", name)

    def read_erasure(self, entry):
        """The newest word on a subject counts. That a key is about to be destroyed counts within a day of the head."""
        told = entry["metadata"]
        subject = told.get("subject") if isinstance(told, dict) else None
        if entry["actionType"] != "administration" or entry["event"] != "user_data.erased" or not isinstance(subject, str):
            return
        outcome, key = entry["outcome"], told.get("key")
        if outcome == "success" and (key is None or key == "destroyed"):
            self.erased.add(subject)
        elif outcome == "success" and key == "kept":
            self.erased.discard(subject)
        elif outcome == "intended" and key == "destroyed":
            at = time_of(entry["timestamp"])
            if at is not None and abs(time_of(self.header["head"]["claims"]["at"]) - at) <= DAY:
                self.erased.add(subject)
            else:
                self.erased.discard(subject)

    def place(self, position, digest, level, name):
        expected, self.cursor = self.cursor, max(self.cursor, position + 2**level)
        if position > expected:
            self.report("missing", positions(expected, position))
        if position < expected:
            self.report("repeated", name)
        if position != expected or position % 2**level:
            self.intact = False
        if self.intact:
            self.tree.append(digest, level)
            self.at_size()

    def end(self):
        if self.header is None:
            return
        size = self.header["head"]["claims"]["size"]
        if self.followed:
            self.report("malformed", "the last row")
        if self.cursor < size:
            self.report("missing", positions(self.cursor, size))
        if self.cursor > size:
            self.report("repeated", positions(size, self.cursor))
        if not self.intact or self.cursor != size:
            for _, _, name, kind in self.open:
                if kind == "forked":
                    self.report("uncovered", name)
        for subject, names in self.closed.items():
            if subject not in self.erased:
                for name in names:
                    self.report("destroyed", name)


def positions(start, end):
    return "position %d" % start if end - start == 1 else "positions %d to %d" % (start, end - 1)


def verify(file, held_keys, held_heads):
    """`file`: of bytes. Returns the findings, and the filters, which are not signed."""
    check, digest, closed, number, last = Check(held_keys, held_heads), hashlib.sha256(), False, 0, b""
    for number, last in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
        if len(last) > LONGEST_LINE and not last.endswith(b"\n"):
            # Nothing is read from a line on that is too long.
            last = b""
            break
        try:
            line = last.decode("utf-8").removesuffix("\n")
        except UnicodeDecodeError:
            # No JSON begins so: bytes that are no text never pass for the text that they look like.
            line = "\0" + last.decode("utf-8", "replace").removesuffix("\n")
        closing = re.fullmatch(r'\],"sha256":"([0-9a-f]{64})"\}', line)
        if number == 1:
            check.read_header(line)
        elif closed:
            check.report("malformed", "line %d" % number)
        elif closing:
            closed = True
            if closing.group(1) != digest.hexdigest():
                check.report("digest", "the file")
        elif check.header is not None:
            check.read_row(line, number)
        digest.update(last)
    if not closed or not last.endswith(b"\n"):
        check.report("malformed", "the end of the file")
    check.end()
    return check.findings, check.header["filters"] if check.header else {}


class Unusable(Exception):
    """What was given beside the export can't be used."""


def text_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Unusable("%s: %s" % (path, error))


def keys_of(path):
    text = text_of(path)
    pems = {"": text} if text.lstrip().startswith("-----") else parsed(text, each_once)
    if not isinstance(pems, dict) or not all(isinstance(pem, str) for pem in pems.values()):
        raise Unusable("%s: neither a public key in PEM nor a JSON object of them" % path)
    try:
        keys = [base64.b64decode("".join(pem.strip().splitlines()[1:-1])) for pem in pems.values()]
    except ValueError as error:
        raise Unusable("%s: %s" % (path, error))
    if not keys or any(len(key) != 44 or not key.startswith(SPKI) for key in keys):
        raise Unusable("%s: no Ed25519 key can be read from it" % path)
    if any(point_of(key[-32:]) is None or is_weak(point_of(key[-32:])) for key in keys):
        raise Unusable("%s: a key that proves nothing" % path)
    return [key[-32:].hex() for key in keys]


def heads_of(path):
    heads = [parsed(line, each_once) for line in text_of(path).splitlines() if line.strip()]
    if not heads or not all(map(is_head, heads)):
        raise Unusable("%s: no signed heads can be read from it" % path)
    return heads


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file")
    arguments.add_argument("--key", required=True, action="append")
    arguments.add_argument("--head")
    options = arguments.parse_args()
    try:
        heads = heads_of(options.head) if options.head else []
        held = [key for path in options.key for key in keys_of(path)]
        with open(options.file, "rb") as file:
            findings, filters = verify(file, held, heads)
    except (Unusable, OSError) as error:
        print("verify_audit.py: %s" % error, file=sys.stderr)
        return 2
    print(json.dumps({"ok": not findings, "findings": findings, "filters": filters}))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
