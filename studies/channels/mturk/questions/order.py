"""In which order a page without a server shows the images of a comparison: a hash of the assignment and the comparison.

The page computes it in the worker's browser (`shownOrder` in static/mturk/html_question.js), the import computes it again:
no order travels, so none can be forged or lost. Both follow these steps, in whole numbers of 32 bits without a sign:

1. h is the 32-bit FNV-1a hash of the UTF-8 bytes of the assignment's id, a line feed, and the comparison's key.
2. h goes through MurmurHash3's finaliser, so that ids that are alike give orders that are not.
3. n = h mod k! is read in the factorial number system: its digit of (k−1)! says which of the images is Image 1, the digit
   of (k−2)! which of those left is Image 2, and so on.

Sources: Fowler, Noll, Vo & Eastlake, "The FNV Non-Cryptographic Hash Algorithm" (RFC 9923); Appleby, MurmurHash3, `fmix32`;
Lehmer (1960) for step 3. An order among k! comes up with a probability that is off by less than k!/2³² of itself.
"""

from math import factorial

FNV_OFFSET, FNV_PRIME = 0x811C9DC5, 0x01000193
WORD = 0xFFFFFFFF


def shown_order(assignment_id: str, key: str, images: int) -> list[int]:
    """Which image of the stored order stands at each position, Image 1 first: a permutation of range(images)."""
    return permutation(mixed(fnv_1a(f"{assignment_id}\n{key}".encode())) % factorial(images), images)


def permutation(number: int, images: int) -> list[int]:
    """The permutation of range(images) with a number from 0 to images! − 1, in alphabetical order."""
    left = list(range(images))
    order = []
    for following in range(images - 1, -1, -1):
        digit, number = divmod(number, factorial(following))
        order.append(left.pop(digit))
    return order


def fnv_1a(data: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = FNV_OFFSET
    for byte in data:
        value = (value ^ byte) * FNV_PRIME & WORD
    return value


def mixed(value: int) -> int:
    """MurmurHash3's finaliser of 32 bits."""
    value = (value ^ value >> 16) * 0x85EBCA6B & WORD
    value = (value ^ value >> 13) * 0xC2B2AE35 & WORD
    return value ^ value >> 16
