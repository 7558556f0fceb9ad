"""What is asked of a text's characters before it is scored, answered in one pass over its buffer.

Every answer is the one of the plain function beside its use, or a doubt that sends the text there. The
kinds of characters are those of `re` and of `str`, by the interpreter's own tables.
"""

from cpython.unicode cimport (
    Py_UNICODE_ISALNUM,
    Py_UNICODE_ISDECIMAL,
    Py_UNICODE_ISSPACE,
    PyUnicode_DATA,
    PyUnicode_FromObject,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
)
from libc.stdint cimport uint8_t, uint64_t

cdef enum:  # Kinds of characters.
    LETTER = 1  # [^\W\d_]
    LATIN = 2  # [a-z], whatever the case
    SPACE = 4  # \s
    SIGN = 8  # What bad recognition puts inside a word.
    END = 16  # What ends a sentence, so that an instruction may follow.
    FILL = 32  # What may stand between that end and the instruction.

cdef enum:  # Letters as they are packed.
    A = 1
    E = 5
    I = 9
    K = 11
    L = 12
    O = 15
    R = 18
    S = 19
    U = 21

cdef enum:
    BITS = 5  # of a packed letter
    LONGEST = 12  # letters that 64 bits hold
    SLOTS = 1024
    SHIFT = 54  # The upper ten bits name a slot.
    FILLERS = 9  # at most, as in `hostile._START`
    RUN_TOGETHER = 25  # as in `checks`

cdef enum:  # The sets that `respell` is given, as `Words.find` tells them.
    ISE = 1
    OUR = 2
    LL = 4
    WHOLE = 8

cdef uint8_t TABLE[256]


cdef struct Text:  # The buffer of a str that lives as long as this is used.
    int width
    void* data
    Py_ssize_t size


cdef inline Text opened(str text) noexcept:
    return Text(PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text))


cdef inline Py_UCS4 at(Text s, Py_ssize_t i) noexcept:
    """Return a character; past the end stands a line end."""
    return PyUnicode_READ(s.width, s.data, i) if i < s.size else 10


cdef inline int packed(unsigned int c) noexcept:
    """Return 1 to 26 for a to z and A to Z, 0 for all else."""
    return c & 31 if 97 <= (c | 32) <= 122 else 0


cdef inline int folded(unsigned int c) noexcept:
    """Return the same, and the letter for each of the four others that `re.IGNORECASE` takes for one."""
    if c < 128:
        return packed(c)
    if c == 0x130 or c == 0x131:  # İ, ı
        return I
    if c == 0x17F:  # ſ
        return S
    return K if c == 0x212A else 0  # The Kelvin sign.


cdef int classify(Py_UCS4 c) noexcept:
    cdef int kind = 0
    if Py_UNICODE_ISSPACE(c):
        kind = SPACE
    elif Py_UNICODE_ISALNUM(c) and not Py_UNICODE_ISDECIMAL(c):
        kind = LETTER
    if folded(c):
        kind |= LATIN
    if c in "01358|\\^~<>{}[]!$€£¢§¥©®":
        kind |= SIGN
    if c in ".!?:;\n])*":
        kind |= END
    if c in " \t-•*\"'[(#>":
        kind |= FILL
    return kind


for _code in range(256):
    TABLE[_code] = classify(_code)


cdef inline int look(Py_UCS4 c) noexcept:
    return TABLE[<int>c] if c < 256 else classify(c)


cdef class Words:
    """Sets of small-letter words, to be looked up by their packed letters, or whole where those do not pack."""

    cdef uint64_t keys[SLOTS]
    cdef int told[SLOTS]
    cdef dict whole
    cdef Py_ssize_t longest

    def __cinit__(self, *sets):
        cdef uint64_t key
        cdef int slot
        self.whole = {}
        for number, words in enumerate(sets):
            for word in words:
                self.whole[word] = self.whole.get(word, 0) | 1 << number
        self.longest = max(map(len, self.whole), default=0)
        if len(self.whole) > SLOTS // 2:
            raise ValueError(f"there is room for {SLOTS // 2} words")
        for word, told in self.whole.items():
            if 0 < len(word) <= LONGEST and all("a" <= c <= "z" for c in word):
                key = 0
                for c in word:
                    key = key << BITS | packed(ord(c))
                slot = self.slot(key)
                self.keys[slot], self.told[slot] = key, told

    cdef inline int slot(self, uint64_t key) noexcept:
        cdef int slot = (key * <uint64_t>0x9E3779B97F4A7C15) >> SHIFT
        while self.keys[slot] and self.keys[slot] != key:  # Half of the slots are free: this ends.
            slot = (slot + 1) % SLOTS
        return slot

    cdef inline int find(self, uint64_t key) noexcept:
        """Return a bit for each set that has the word."""
        return self.told[self.slot(key)]


def count(given, Words function_words not None, Py_ssize_t widest):
    """Count as `checks._count` does; the sets are the function words of English and of other languages."""
    cdef str text = PyUnicode_FromObject(given)
    cdef Text s = opened(text)
    cdef Py_ssize_t words = 0, letters = 0, lone = 0, joined = 0, latin = 0, english = 0, other = 0
    cdef Py_ssize_t misread = 0, garbled = 0, lost = 0, lines = 0, apart = 0
    cdef Py_ssize_t i, length = 0, spaces = 0, line = 0
    cdef bint filled = False, gap = False, foreign = False
    cdef int kind, here, found, before = 0
    cdef uint64_t key = 0
    cdef Py_UCS4 c
    for i in range(s.size + 1):
        c = at(s, i)
        kind = look(c)
        if kind & LETTER:
            here = packed(c)
            key = key << BITS | here
            length += 1
            if not here:
                foreign = True
                garbled += c in "âÃÂ"
            before = kind
            continue
        if length:
            words += 1
            letters += length
            lone += length == 1
            joined += length > RUN_TOGETHER
            latin += at(s, i - length) < 0x250
            found = 0
            if length <= LONGEST and not foreign:
                found = function_words.find(key)
            elif length <= function_words.longest:
                found = function_words.whole.get(text[i - length : i].lower(), 0)
            english += found & 1
            other += found >> 1
            length, key, foreign = 0, 0, False
            filled, spaces = True, 0
        if c == " ":
            spaces += 1
            gap |= spaces == 4 and i - line < widest
        else:
            spaces = 0
            if c == "\n":
                lines += filled
                apart += filled and gap
                filled, gap, line = False, False, i + 1
            elif not kind & SPACE:
                filled = True
                lost += c == 0xFFFD
                if kind & SIGN and before & LATIN and look(at(s, i + 1)) & LATIN:
                    misread += 1
        before = kind
    return words, letters, lone, joined, latin, english, other, misread, garbled, lost, lines, apart


def marks(given):
    """Tell whether an unseen character may stand in a text, and one that looks like a Latin letter."""
    cdef str text = PyUnicode_FromObject(given)
    cdef Text s = opened(text)
    cdef bint unseen = False, lookalike = False
    cdef Py_ssize_t i
    cdef Py_UCS4 c
    for i in range(s.size):
        c = at(s, i)
        if c < 0x370:
            continue
        if c < 0x530:  # Greek and Cyrillic.
            lookalike = True
        elif c >= 0x200B:
            unseen |= (
                c <= 0x200D
                or 0x202A <= c <= 0x202E
                or 0x2060 <= c <= 0x2064
                or 0xFE00 <= c <= 0xFE0F
                or c == 0xFEFF
                or 0xE0000 <= c <= 0xE01EF
            )
    return unseen, lookalike


def order(given, Py_ssize_t start, Words first not None):
    """Return the next place at or after `start` where an instruction may begin, or -1."""
    cdef str text = PyUnicode_FromObject(given)
    cdef Text s = opened(text)
    cdef Py_ssize_t i, j, length
    cdef uint64_t key
    cdef int here
    cdef Py_UCS4 c
    for i in range(max(start, 0), s.size):
        c = at(s, i)
        if c >= 128 or not look(c) & END:
            continue
        j = i + 1
        while j <= i + FILLERS and look(at(s, j)) & FILL:
            j += 1
        key, length = 0, 0
        here = folded(at(s, j))
        while here and length <= LONGEST:
            key = key << BITS | here
            length += 1
            here = folded(at(s, j + length))
        if 0 < length <= LONGEST and first.find(key):
            return i
    return -1


def normalize(texts, Words stems not None, american):
    """Return texts with single spaces and American spelling: the same object where nothing is to be done."""
    return [respelled(mended(PyUnicode_FromObject(text)), stems, american) for text in texts]


def respell(given, Words stems not None, american):
    """Return a text in American spelling: the same object where it was so already."""
    return respelled(PyUnicode_FromObject(given), stems, american)


cdef str mended(str text):
    cdef Text s = opened(text)
    cdef bint space, after = True, odd = False  # A space may not begin a text, end it, or follow another.
    cdef Py_ssize_t i
    cdef Py_UCS4 c
    for i in range(s.size):  # Without a branch on what comes next, which nobody can foresee.
        c = at(s, i)
        space = look(c) & SPACE != 0
        odd |= space & (after | (c != 32))
        after = space
    return " ".join(text.split()) if odd or after else text


cdef str respelled(str text, Words stems, american):
    """Put what `american` returns for each word that may be spelled the British way: all that are, and few others."""
    cdef Text s = opened(text)
    cdef Py_ssize_t i, length = 0, told = 0
    cdef uint64_t key = 0, one = 0, two = 0, three = 0  # The word so far, and one to three letters before.
    cdef int here
    cdef bint doubt = False
    cdef list parts = []
    for i in range(s.size + 1):
        here = packed(at(s, i))
        if here:
            one, two, three = key, one, two
            key = key << BITS | here
            if key & 0x3FF == (I << BITS | S):
                doubt |= length <= LONGEST and stems.find(two) & ISE and packed(at(s, i + 1)) in (A, E, I)
            elif key & 0x3FF == (L << BITS | L):
                doubt |= length <= LONGEST and stems.find(one) & LL and packed(at(s, i + 1)) in (E, I)
            elif key & 0x7FFF == (O << 2 * BITS | U << BITS | R):
                doubt |= length <= LONGEST and stems.find(three) & OUR
            length += 1
        elif length:
            if doubt or length <= LONGEST and stems.find(key) & WHOLE:
                word = text[i - length : i]
                other = american(word)
                if other != word:
                    parts += (text[told : i - length], other)
                    told = i
            length, key, doubt = 0, 0, False
    return "".join((*parts, text[told:])) if parts else text
