"""Ways to spoil what is inside the sealing: members, signature, replays, and what a traitor signs anew."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bundle_kit import body_of, container, lines_of
from mutation_outside import mutated_bytes
from mutation_stock import APPLIED, CASE, NUMBER, WRITERS, Attempt, Base, Stock

from imsa_desk.crypto.keys import key_id
from imsa_desk.domain.canonical import canonical
from imsa_desk.domain.lines import Line, make_line
from imsa_desk.exchange import ustar
from imsa_desk.exchange.bundle import MAIN, MAY_SEND, RECEIPTS, Purpose, Role
from imsa_desk.exchange.lines import line_out
from imsa_desk.exchange.manifest import DOMAIN
from imsa_desk.exchange.trust import PASSING_ON

Inside = Callable[[random.Random, Stock, Base], bytes | Attempt]


def _raw_inside(chance: random.Random, stock: Stock, base: Base) -> bytes:
    return mutated_bytes(base.plain, chance)


def _members(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Leave out, double, swap, rename or exchange members, or put foreign ones among them."""
    items = list(base.parts.items())
    foreign = list(chance.choice(stock.bases).parts.items())
    at, other = chance.randrange(len(items)), chance.randrange(len(items))
    match chance.randrange(7):
        case 0:
            del items[at]
        case 1:
            items.insert(other, items[at])
        case 2:
            items[at], items[other] = items[other], items[at]
        case 3:
            items[at] = (
                chance.choice(("../x", "blobs/../x", "manifest.json", "about.json", "x")),
                items[at][1],
            )
        case 4:
            items[at] = (items[at][0], chance.choice(foreign)[1])
        case 5:
            items.insert(at, chance.choice(foreign))
        case _:
            (name, _), (_, content) = items[at], items[other]
            items[at] = (name, content)
    made = b"".join(ustar.header(n, len(d)) + d + ustar.padding(len(d)) for n, d in items)
    return made + ustar.END


_SPOTS = (
    (156, b"2"),
    (156, b"L"),
    (156, b"x"),
    (100, b"0000644"),
    (124, b"00000000000"),
    (124, b"77777777777"),
    (136, b"00000000001"),
    (157, b"/etc/passwd"),
    (257, b"u"),
    (265, b"root"),
    (345, b"up/"),
)
"""Places in a header of the container, and what a forger puts there."""


def _headers(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Change a header of the container: type, mode, owner, time, size, with its checksum made right."""
    made, target = b"", chance.randrange(len(base.parts))
    for n, (name, data) in enumerate(base.parts.items()):
        block = bytearray(ustar.header(name, len(data)))
        if n == target:
            at, text = chance.choice(_SPOTS)
            block[at : at + len(text)] = text
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block)
        made += bytes(block) + data + ustar.padding(len(data))
    return made + ustar.END


def _spliced(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Mix two bundles: the manifest of one, the signature or the members of the other."""
    foreign = chance.choice(stock.bases).parts
    first = {name: base.parts[name] for name in (ustar.MANIFEST, ustar.SIGNATURE)}
    rest = {name: data for name, data in base.parts.items() if name not in first}
    match chance.randrange(4):
        case 0:
            parts = first | {name: data for name, data in foreign.items() if name not in first}
        case 1:
            parts = {name: foreign[name] for name in first} | rest
        case 2:
            parts = first | {ustar.SIGNATURE: foreign[ustar.SIGNATURE]} | rest
        case _:
            parts = {name: foreign.get(name, data) for name, data in base.parts.items()}
    return container(parts)


def _unsigned(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Change the manifest or the signature without the key, or sign with another's."""
    parts = dict(base.parts)
    value = json.loads(parts[ustar.MANIFEST])
    match chance.randrange(4):
        case 0:
            name = chance.choice(sorted(value))
            value[name] = chance.choice((None, 0, -1, "", [], {}, True, 2**53, "x" * 40))
            parts[ustar.MANIFEST] = canonical(value)
        case 1:
            signature = bytearray(parts[ustar.SIGNATURE])
            signature[chance.randrange(len(signature))] ^= 1 << chance.randrange(8)
            parts[ustar.SIGNATURE] = bytes(signature)
        case 2:
            key = chance.choice([stock.keys[role] for role in Role if role is not base.role])
            parts[ustar.SIGNATURE] = key_id(key.public) + key.sign(DOMAIN + parts[ustar.MANIFEST])
        case _:
            key = stock.keys[base.role]
            parts[ustar.SIGNATURE] = key_id(key.public) + key.sign(parts[ustar.MANIFEST])
    return container(parts)


def _elsewhere(chance: random.Random, stock: Stock, base: Base) -> Attempt:
    """Give a sound bundle to a reader for whom it is a replay, a contradiction, a stranger's or not meant."""
    trust, stream = base.trust, RECEIPTS if base.purpose is Purpose.RECEIPT else MAIN
    mine = key_id(stock.keys[base.role].public)
    signer = trust.signers[mine]
    match chance.randrange(8):
        case 0:
            after = {seq: f"{seq:064x}" for seq in range(1, NUMBER + chance.randrange(1, 9)) if seq != NUMBER}
            changed = replace(signer, applied={stream: after | {NUMBER + 1: "ee" * 32}})
        case 1:
            changed = replace(signer, applied={stream: APPLIED | {NUMBER: f"{chance.getrandbits(256):064x}"}})
        case 2:
            changed = replace(signer, applied={stream: {1: "c1" * 32, 2: f"{chance.getrandbits(256):064x}"}})
        case 3:
            changed = replace(signer, revoked_after=chance.randrange(NUMBER))
        case 4 if base.role not in PASSING_ON and base.purpose is not Purpose.SNAPSHOT:
            # A later part before an earlier one.
            changed = replace(signer, applied={stream: {1: APPLIED[1]}})
        case 5:
            return Attempt(base.sealed, replace(trust, practice=True))
        case 6:
            return Attempt(base.sealed, replace(trust, me=frozenset({f"age1{chance.getrandbits(250):058d}"})))
        case _:
            changed = replace(signer, writer=f"{chance.getrandbits(128):032x}")
    return Attempt(base.sealed, replace(trust, signers={**trust.signers, mine: changed}))


def _resigned(stock: Stock, base: Base, value: dict[str, Any], **members: bytes) -> bytes:
    """Sign a changed manifest with the right key, exchange members, and seal it."""
    parts = base.parts | {ustar.MANIFEST: json.dumps(value, sort_keys=True, separators=(",", ":")).encode()}
    key = stock.keys[base.role]
    parts[ustar.SIGNATURE] = key_id(key.public) + key.sign(DOMAIN + parts[ustar.MANIFEST])
    return container(parts | members)


def _traitor(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Change what the manifest says as only its signer can, always to something that is not right."""
    value = json.loads(base.parts[ustar.MANIFEST])
    forbidden = sorted(set(Purpose) - MAY_SEND[base.role])
    entry = chance.choice(value["entries"]) if value["entries"] else {}
    # What passes on, and what holds everything since the last word, may pass a gap.
    strict = base.role not in PASSING_ON and base.purpose is not Purpose.SNAPSHOT
    changes: list[Callable[[], object]] = [
        lambda: value.update(recipients=[stock.other.recipient]),
        lambda: value.update(practice=True),
        lambda: value.update(vault=f"{chance.getrandbits(128):032x}"),
        lambda: value.update(signer=f"{chance.getrandbits(128):032x}"),
        lambda: value.update(purpose=chance.choice((*forbidden, "other", None, 3, []))),
        lambda: value.update(
            seq=chance.choice((0, -1, 1, 2, True, "3", 3.0, *((4, 9, 2**50) if strict else ())))
        ),
        lambda: value.update(prev=chance.choice((f"{chance.getrandbits(256):064x}", "", None))),
        lambda: value["counts"].update({chance.choice(("links", "bodies", "withheld", "blobs")): 10**6}),
        lambda: value.update({chance.choice(sorted(value)): chance.choice((None, {"a": [1]}, 1.5, "\0"))}),
        lambda: value.pop(chance.choice(sorted(value))),
        lambda: value.update({f"more{chance.randrange(10)}": 1}),
        lambda: value.update(min_reader=chance.choice((0, 3, 99)), version=99),
        lambda: value.update(schema=chance.choice((2, "1", -1))),
        lambda: value.update(created=chance.choice(("2026-13-01T00:00:00Z", "now", "２026-11-21T09:30:00Z"))),
        lambda: value.update(cases=["x"] * chance.randrange(1, 9)),
        lambda: (
            entry.update(size=entry["size"] + chance.choice((-1, 1, 512, 2**40))) if entry else value.clear()
        ),
        lambda: entry.update(sha256=f"{chance.getrandbits(256):064x}") if entry else value.clear(),
        lambda: entry.update(name=chance.choice(("x", "../x", "backup/0009"))) if entry else value.clear(),
        lambda: value["entries"].remove(entry) if entry else value.clear(),
        lambda: value["entries"].append({"name": "blobs/" + "a" * 64, "size": 1, "sha256": "a" * 64}),
    ]
    before = canonical(value, 64)
    chance.choice(changes)()
    if json.dumps(value, sort_keys=True) == json.dumps(json.loads(before), sort_keys=True):
        value.clear()
    return _resigned(stock, base, value)


def _records(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Change the records and make size, hash and counts right again, as only their signer can."""
    if ustar.RECORDS not in base.parts:
        return _traitor(chance, stock, base)
    raw = base.parts[ustar.RECORDS]
    lines = raw.splitlines(keepends=True)
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    added = 0
    match chance.randrange(7):
        case 0 | 1:
            raw = mutated_bytes(raw, chance)
        case 2:
            # The count stays: whether a number is missing, only the reader's own journal could tell.
            del lines[at]
        case 3:
            lines.insert(other, lines[at])
            added = 1
        case 4 if at != other:
            lines[at], lines[other] = lines[other], lines[at]
        case 5:
            one, two = json.loads(lines[at]), json.loads(lines[other])
            one["body"], one["link"]["prev"] = two["body"], two["link"]["line_hash"]
            lines[at] = canonical(one) + b"\n"
        case _:
            lines.append(line_out(_forged(chance, base)))
            added = 1
    made = b"".join(lines)
    if made == base.parts[ustar.RECORDS]:
        made = raw if raw != made else raw[:-1]
    return _with_member(stock, base, ustar.RECORDS, made, added)


def _forged(chance: random.Random, base: Base) -> Line:
    """Make a sound line that its sender has no right to send."""
    own = WRITERS[base.role]
    case = {"case": None} if base.purpose in (Purpose.REFERENCE, Purpose.REVOCATION) else {}
    kinds = {
        Role.ADVOCATE: ("assignment", "grant", "rule", "template", "list_entry"),
        Role.SUPERVISOR: ("meeting", "assignment", "case", "consent"),
        Role.OFFICE: ("meeting", "person", "answer", "addendum"),
        Role.ORGANISATION: ("meeting", "person", "late_decision"),
    }
    if base.role in (Role.ADVOCATE, Role.SUPERVISOR) and chance.randrange(2):
        return lines_of(f"{chance.getrandbits(128):032x}", 1)[0]
    return make_line(own, 90, "ab" * 32, body_of(90) | case | {"kind": chance.choice(kinds[base.role])})


def _with_member(stock: Stock, base: Base, name: str, data: bytes, added: int = 0) -> bytes:
    value = json.loads(base.parts[ustar.MANIFEST])
    entry = next(e for e in value["entries"] if e["name"] == name)
    entry["size"], entry["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    value["counts"]["links"] += added
    value["counts"]["bodies"] += added
    return _resigned(stock, base, value, **{name: data})


_WRONG_ABOUT: tuple[dict[str, Any], ...] = (
    {"other": 1},
    {"taken": {"third": {"1": "ab" * 32}}},
    {"taken": {"main": {"01": "ab" * 32}}},
    {"taken": {"main": {str(n): "ab" * 32 for n in range(1, 502)}}},
    {"part": [2, 1]},
    {"part": [1]},
    {"reason": ""},
    {"reason": 5},
    {"scopes": {"x": "full"}},
    {"scopes": {CASE: "all"}},
    {"handover": [{"case": CASE, "why": "leaving"}]},
    {"handover": [{"case": CASE, "why": [], "to_name": "B"}]},
    {"digests": {CASE: ["ab" * 32]}},
    {"waiting": {CASE: -1}},
    {"backup": {"size": 1, "sha256": "ab" * 32, "made_at": "2026-02-30T00:00:00Z", "vault": CASE}},
    {"you_are": "somebody"},
    {"rejected": [["a.imsa", "oops"]]},
    {"signed_for": [""]},
    {"enrolment": "x" * (1024 * 1024 + 1)},
)


def _about(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Say something of the wrong form in about.json, or exchange the pieces of the backup, rightly signed."""
    if ustar.ABOUT not in base.parts:
        return _traitor(chance, stock, base)
    pieces = [name for name in base.parts if name.startswith(ustar.BACKUP)]
    if pieces and chance.randrange(2):
        return _with_member(stock, base, chance.choice(pieces), chance.randbytes(chance.randrange(1, 900)))
    kept = base.parts[ustar.ABOUT]
    if chance.randrange(2):
        said = canonical(json.loads(kept) | chance.choice(_WRONG_ABOUT))
    else:
        said = chance.choice(
            (b"", b"[]", b"[" * 900, b" " + kept, kept + kept, b'{"reason":"a","reason":"b"}')
        )
    return _with_member(stock, base, ustar.ABOUT, said)


INSIDE: tuple[Inside, ...] = (
    _raw_inside,
    _raw_inside,
    _members,
    _headers,
    _spliced,
    _unsigned,
    _elsewhere,
    _traitor,
    _traitor,
    _records,
    _about,
)
