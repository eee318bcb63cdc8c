"""QR codes of addresses (ISO/IEC 18004), byte mode, error level M or better.

segno makes one symbol of each length of text. What all symbols of the length share is kept from it, so that a
paper costs only what differs: the codewords, and the modules that show them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import segno
from segno import consts, encoder

# Readers find the mask in the symbol. Trying all eight for the evenest look costs more than the paper's text;
# the digest in the text is even enough.
_MASK = 3
_FREE = 2  # segno's mark of a module that belongs to no pattern
_PADDING = b"\xec\x11"  # 7.4.10
_FIELD = 0x11D  # 7.5.2: x^8 + x^4 + x^3 + x^2 + 1
_DIGITS = bytes.maketrans(b"01", b"\x00\x01")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the symbols of one length share.

    `blocks` are the octets of data in each block, `correction` those of correction after them. `order` tells
    of each module, row by row, which bit it shows: of the `room` for codewords, changed by `mask`, or of
    `symbol`.
    """

    size: int
    count_bits: int
    blocks: tuple[int, ...]
    correction: int
    room: int
    mask: int
    symbol: bytes
    order: tuple[int, ...]


def qr_rows(text: str) -> list[bytes]:
    """The symbol row by row without its quiet zone, a byte for each module, 1 where it is dark."""
    octets = text.encode()
    frame = _frame(len(octets))
    codewords = _codewords(octets, frame)
    bits = int.from_bytes(codewords) << (frame.room - 8 * len(codewords))
    shown = f"{bits ^ frame.mask:0{frame.room}b}".encode().translate(_DIGITS) + frame.symbol
    modules = bytes(map(shown.__getitem__, frame.order))
    return [modules[start : start + frame.size] for start in range(0, len(modules), frame.size)]


@lru_cache(64)
def _frame(length: int) -> _Frame:
    made = segno.make_qr("x" * length, error="m", mask=_MASK)
    version, size = int(made.version), len(made.matrix)
    pattern = encoder.make_matrix(size, size)
    encoder.add_finder_patterns(pattern, size, size)
    encoder.add_alignment_patterns(pattern, size, size)
    free = [value == _FREE for row in pattern for value in row]
    path = [place for place in _path(size) if free[place]]
    of_path = {place: index for index, place in enumerate(path)}
    mask = "".join("0" if (place // size + place % size) % 3 else "1" for place in path)
    blocks = [
        block
        for block in consts.ECC[version][consts.ERROR_MAPPING[made.error]]
        for _number in range(block.num_blocks)
    ]
    return _Frame(
        size=size,
        count_bits=16 if version > 9 else 8,
        blocks=tuple(block.num_data for block in blocks),
        correction=blocks[0].num_total - blocks[0].num_data,
        room=len(path),
        mask=int(mask, 2),
        symbol=b"".join(map(bytes, made.matrix)),
        order=tuple(of_path.get(place, len(path) + place) for place in range(size * size)),
    )


def _path(size: int) -> Iterator[int]:
    """The modules in the order of 7.7.3: two columns at a time from the right, up and down in turn."""
    upward = True
    for right in (*range(size - 1, 6, -2), *range(5, 0, -2)):
        for row in range(size - 1, -1, -1) if upward else range(size):
            yield row * size + right
            yield row * size + right - 1
        upward = not upward


def _codewords(octets: bytes, frame: _Frame) -> bytes:
    """Data and correction of all blocks, interleaved (7.6)."""
    head = 0b0100 << frame.count_bits | len(octets)
    # four bits of terminator end the last octet; segno adds an octet of zeros, which no reader looks at
    data = (head << 8 * len(octets) | int.from_bytes(octets)) << 4
    filled = data.to_bytes(1 + frame.count_bits // 8 + len(octets)) + b"\0"
    whole = sum(frame.blocks)
    filled = (filled + _PADDING * whole)[:whole]
    starts = [sum(frame.blocks[:index]) for index in range(len(frame.blocks))]
    blocks = [filled[start : start + long] for start, long in zip(starts, frame.blocks, strict=True)]
    corrections = [_remainder(block, frame.correction) for block in blocks]
    longest = max(frame.blocks)
    interleaved = [block[index] for index in range(longest) for block in blocks if index < len(block)]
    return bytes(interleaved) + bytes(octet for column in zip(*corrections, strict=True) for octet in column)


def _remainder(block: bytes, correction: int) -> bytes:
    """What the generator leaves of a block (7.5.2)."""
    multiples = _multiples(correction)
    top, kept = 8 * (correction - 1), (1 << 8 * (correction - 1)) - 1
    remainder = 0
    for octet in block:
        remainder = (remainder & kept) << 8 ^ multiples[remainder >> top ^ octet]
    return remainder.to_bytes(correction)


@cache
def _multiples(correction: int) -> tuple[int, ...]:
    """The generator of so many octets of correction times each octet, without its leading term."""
    generator, root = [1], 1
    for _number in range(correction):
        shifted = [*generator, 0]
        for index, factor in enumerate(generator):
            shifted[index + 1] ^= _product(factor, root)
        generator, root = shifted, _product(root, 2)
    return tuple(
        int.from_bytes(bytes(_product(factor, octet) for factor in generator[1:])) for octet in range(256)
    )


def _product(one: int, other: int) -> int:
    result = 0
    while other:
        if other & 1:
            result ^= one
        one = one << 1 ^ (_FIELD if one & 0x80 else 0)
        other >>= 1
    return result
