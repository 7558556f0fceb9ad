# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Compiled twin of `domainfit.segments`: the same segments, without a pattern run over every line.

What each rule is for is said there, beside its pattern. Here a text is classed once, a byte a character,
and the bytes are read from then on: the character itself only where its class leaves a question open.
The headings that name a section are few; the plain functions tell them, after a cheap test that none of them fails.
"""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyTypeObject
from cpython.unicode cimport (
    PyUnicode_DATA, PyUnicode_FromObject, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring, Py_UNICODE_ISALNUM,
    Py_UNICODE_ISDECIMAL, Py_UNICODE_ISDIGIT, Py_UNICODE_ISLOWER, Py_UNICODE_ISSPACE, Py_UNICODE_ISTITLE,
    Py_UNICODE_ISUPPER,
)
from libc.string cimport memcmp

from ..headings import heading, inline_heading

cdef extern from "Python.h":
    object PyType_GenericAlloc(PyTypeObject *, Py_ssize_t)
    int PyObject_GenericSetAttr(object, object, object) except -1

cdef enum:  # As in `segments` and `headings`.
    MAX_WORDS = 45
    MIN_WIDTH = 45
    NEAR = 20
    KEPT = 64  # Lines kept at a time: a power of two, more than twice `NEAR`.
    LONGEST_HEADING = 60
    LONGEST_OPENER = 16
    LONGEST_WORD = 6  # Of abbreviations and of words that lead on.

cdef enum:  # Classes of characters. Letters are those of ASCII, but spaces and `WORD` are what `re` takes for them.
    SPACE = 1
    BREAK = 2  # A space that ends a line.
    LOWER = 4
    UPPER = 8
    DIGIT = 16
    WORD = 32  # A letter or a digit of any script.
    MARK = 64  # A stop, a comma, or a bullet within a line.
    SEPARATOR = 128

cdef struct Line:
    Py_ssize_t start, end, words, separators
    Py_ssize_t twin  # The last line near before it that reads the same; -1 for none.
    bint small  # Whether it begins with a small letter.

cdef struct Block:  # Lines joined so far.
    Py_ssize_t start, end, lines, words
    Py_ssize_t line, line_words, line_separators  # Its last line: where it begins, and what is in it.


cdef unsigned char class_of(Py_UCS4 c) noexcept:
    cdef unsigned char found = 0
    if Py_UNICODE_ISSPACE(c):
        found |= SPACE
    if c in u"\r\n\f\v\x85\u2028\u2029":
        found |= BREAK
    if u"a" <= c <= u"z":
        found |= LOWER
    if u"A" <= c <= u"Z":
        found |= UPPER
    if u"0" <= c <= u"9":
        found |= DIGIT
    if Py_UNICODE_ISALNUM(c):
        found |= WORD
    if c in u".!?:;,•●◦▪■➢➤►‣❖✓":
        found |= MARK
    if c in u",;|•/":
        found |= SEPARATOR
    return found


cdef bint is_bullet(Py_UCS4 c) noexcept:
    return c in u"-–—*+•●○◦▪▫■□→⇒➔➜➢➤►▶‣⁃∗·✓✔»❖§\uf0b7\uf0a7"


cdef bint is_decoration(Py_UCS4 c) noexcept:
    return c in u" \t#*_=~-–—:•|"


cdef unsigned char folded(Py_UCS4 c) noexcept:
    """Return the small ASCII letter that patterns without case take a character for; 255 beyond ASCII."""
    if c < 128:
        return <unsigned char> c | 32 * (u"A" <= c <= u"Z")
    if c in u"İı":
        return c"i"
    return c"s" if c == u"ſ" else c"k" if c == u"\u212a" else 255


cdef unsigned char[256] CLASSES
# The first four letters of a heading, of words that may stand further on in one, and of words before its first.
cdef unsigned int[128] FIRST
cdef unsigned int[16] LATER, LEADS
cdef unsigned int EEO = int.from_bytes(b"eeo", "big"), MY = int.from_bytes(b"my ", "big")  # The shorter ones.


cdef void keep(unsigned int *keys, str words):
    for word in words.split():
        keys[0] = int.from_bytes(word.replace("_", " ").encode().ljust(4, b"\0"), "big")
        keys += 1


for _c in range(256):
    CLASSES[_c] = class_of(_c)
keep(
    FIRST,
    "abou acad acco achi acti addi appl appo area awar basi bene bonu cert comp conf cont core cour day- day_ "
    "decl desi disc dive duti educ equa esse exec extr good hack hobb hono how_ idea in_t inte intr job_ key_ "
    "lang lead lega lice mini must nice obje open our_ over pape pate pay_ perk pers plus port posi pref priv "
    "prof prog publ qual refe rele requ resp rewa role sala sele stan stat summ talk task tech the_ thes to_a "
    "tool top_ trai volu we_o what who_ why_ you_ your",
)
keep(LATER, "care empl expe proj skil work")
keep(LEADS, "addi core key_ main our_ rele sele")


cdef bint is_among(unsigned int key, const unsigned int *keys) noexcept:
    while keys[0] and keys[0] != key:
        keys += 1
    return keys[0] != 0


@cython.final
cdef class Cutter:
    """One text on its way to its segments."""

    cdef str text
    cdef type make
    cdef object section
    cdef dict openers
    cdef frozenset leads_on, abbreviations
    cdef list out
    cdef int kind
    cdef const void *data
    cdef unsigned char *classes
    cdef Py_ssize_t length
    cdef Line[KEPT] lines
    cdef Py_ssize_t found, reached  # How many lines were found, and where the next is looked for.
    cdef Py_ssize_t last  # Where the piece begins that is being read.

    def __cinit__(self, str text not None, type make not None, dict openers not None, frozenset leads_on not None,
                  frozenset abbreviations not None):
        cdef Py_ssize_t i
        cdef Py_UCS4 c
        self.text = text
        self.make, self.openers, self.leads_on, self.abbreviations = make, openers, leads_on, abbreviations
        self.section, self.out = "other", []
        self.kind, self.data, self.length = PyUnicode_KIND(text), PyUnicode_DATA(text), len(text)
        self.classes = <unsigned char *> PyMem_Malloc(self.length)
        if self.classes is NULL:
            raise MemoryError
        for i in range(self.length):
            c = self.at(i)
            self.classes[i] = CLASSES[c] if c < 256 else class_of(c)

    def __dealloc__(self):
        PyMem_Free(self.classes)

    cdef inline Py_UCS4 at(self, Py_ssize_t i) noexcept:
        return PyUnicode_READ(self.kind, self.data, i)

    cdef inline str slice(self, Py_ssize_t start, Py_ssize_t end):
        return PyUnicode_Substring(self.text, start, end)

    cdef inline Py_ssize_t past(self, int classes, Py_ssize_t i, Py_ssize_t end) noexcept:
        """Return where a run of characters of some classes ends."""
        while i < end and self.classes[i] & classes:
            i += 1
        return i

    cdef inline Py_ssize_t stripped(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Return where a stretch ends without the spaces at its end."""
        while end > start and self.classes[end - 1] & SPACE:
            end -= 1
        return end

    cdef inline bint is_word(self, Py_ssize_t i) noexcept:
        return self.classes[i] & WORD or self.at(i) == u"_"

    cdef inline bint is_decimal(self, Py_ssize_t i) noexcept:
        return self.classes[i] & WORD and Py_UNICODE_ISDECIMAL(self.at(i))

    cdef void count(self, Py_ssize_t start, Py_ssize_t end, Py_ssize_t *words, Py_ssize_t *separators) noexcept:
        cdef Py_ssize_t i
        cdef unsigned char c, before = SPACE
        words[0] = separators[0] = 0
        for i in range(start, end):
            c = self.classes[i]
            words[0] += before & ~c & SPACE
            separators[0] += c >= SEPARATOR
            before = c

    # Lines and blocks.

    cdef int read(self) except -1:
        cdef Py_ssize_t i = -1, start, end, bullet, words, separators
        cdef Line *line
        cdef Block block, here
        block.lines = 0
        while True:
            i += 1
            self.find_lines(i + NEAR)
            if i == self.found:
                return self.end_block(&block)
            line = &self.lines[i & (KEPT - 1)]
            bullet = self.past_bullet(line.start, line.end)
            start = bullet if bullet >= 0 else self.past(SPACE, line.start, line.end)
            end = self.stripped(line.start, line.end)
            if start >= end:
                self.end_block(&block)
                continue
            self.count(line.start, start, &words, &separators)
            words, separators = line.words - words, line.separators - separators
            if start > line.start and not self.classes[start - 1] & SPACE:
                words += 1  # A bullet is glued to it.
            here = Block(start, end, 1, words, start, words, separators)
            if bullet >= 0 or not self.join(&block, &here, i):
                self.end_block(&block)
                block = here

    cdef bint join(self, Block *block, Block *here, Py_ssize_t i) except -1:
        """Add the `i`-th line to the block before it where it continues that; tell whether it does."""
        cdef Py_ssize_t k, newlines = 0, newline = -1
        if not block.lines:
            return False
        for k in range(block.end, here.start):
            if self.at(k) == u"\n":
                newlines, newline = newlines + 1, k
        if newlines > 1 or not self.goes_on(block, here, i):
            return False
        block.end, block.lines, block.words = here.end, block.lines + 1, block.words + here.words
        if newlines:
            block.line, block.line_words, block.line_separators = newline + 1, here.words, here.line_separators
        else:
            block.line_words += here.words
            block.line_separators += here.line_separators
        return True

    cdef void find_lines(self, Py_ssize_t many) noexcept:
        """Find lines until there are so many, or the text has ended."""
        cdef Py_ssize_t i, k
        cdef Line *line
        cdef Line *other
        while self.found < many:
            self.reached = self.past(BREAK, self.reached, self.length)
            if self.reached == self.length:
                return
            line = &self.lines[self.found & (KEPT - 1)]
            line.start = i = self.reached
            while i < self.length and not self.classes[i] & BREAK:
                i += 1
            line.end = self.reached = i
            self.count(line.start, line.end, &line.words, &line.separators)
            i = self.past(SPACE, line.start, line.end)
            line.small = i < line.end and Py_UNICODE_ISLOWER(self.at(i))
            line.twin = -1
            for k in range(self.found - 1, max(-1, self.found - 2 * NEAR), -1):
                other = &self.lines[k & (KEPT - 1)]
                if other.end - other.start == line.end - line.start and self.same(other.start, line.start, line.end):
                    line.twin = k
                    break
            self.found += 1

    cdef bint same(self, Py_ssize_t other, Py_ssize_t start, Py_ssize_t end) noexcept:
        cdef const char *data = <const char *> self.data
        return memcmp(data + other * self.kind, data + start * self.kind, (end - start) * self.kind) == 0

    cdef Py_ssize_t past_bullet(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Return where the text begins after a bullet at `start`, -1 where there is none."""
        cdef Py_ssize_t i = start, k
        while i < end and (self.at(i) == u" " or self.at(i) == u"\t"):
            i += 1
        if i == end:
            return -1
        cdef Py_UCS4 c = self.at(i)
        if is_bullet(c):
            return self.past(SPACE, i + 1, end)
        if c == u"o" or c == u"O":
            k = self.past(SPACE, i + 1, end)
            return k if 1 <= k - i - 1 <= 3 and k < end and self.classes[k] & UPPER else -1
        if c not in u"ﬀü":
            i += c == u"("
            k = i
            while k < end and k < i + 2 and self.is_decimal(k):
                k += 1
            if k == i or k == end or self.at(k) not in u".)":
                return -1
            i = k
        return self.past(SPACE, i + 1, end) if self.is_alone(i, end) else -1

    cdef bint goes_on(self, Block *before, Block *here, Py_ssize_t i) except -1:
        return (
            self.runs_on(before, here, i)
            and self.heading_at(here.start, here.end) is None
            and (
                before.line > before.start
                # Too long for a heading by the line breaks alone; and not to be looked through again and again.
                or before.lines > LONGEST_HEADING
                or self.heading_at(before.start, before.end) is None
            )
        )

    cdef bint runs_on(self, Block *before, Block *here, Py_ssize_t i) except -1:
        cdef Py_ssize_t width = before.end - before.line
        cdef double full
        cdef bint goes_on
        cdef Py_UCS4 tail = self.at(before.end - 1)
        if tail in u".!?:" and not self.abbreviated(before.line, before.end):
            return False
        if tail in u",&(/":
            return True
        cdef bint listed = self.is_list(before) != self.is_list(here)
        if (
            Py_UNICODE_ISLOWER(self.at(here.start))
            or tail == u";"
            or (tail in u"-–" and not self.is_open_range(before.line, before.end))
        ):
            return width >= 0.5 * self.around(i)[0] and not (
                listed and tail != u"-" and self.is_labelled_list(before.line, before.end)
            )
        if width < MIN_WIDTH or listed:
            return False
        full, goes_on = self.around(i)
        return goes_on and width >= full

    cdef bint is_list(self, Block *block) noexcept:
        return 5 * block.line_separators > block.line_words

    cdef bint is_labelled_list(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Tell whether a line begins with some characters and a colon, and has three separators after it."""
        cdef Py_ssize_t i = start, separators = 0
        while i < end and i - start <= 30 and self.at(i) not in u",;|•/:\n":
            i += 1
        if i == end or self.at(i) != u":" or not 2 <= i - start <= 30:
            return False
        while i < end and separators < 3:
            separators += self.at(i) in u",;|•"
            i += 1
        return separators == 3

    cdef bint is_open_range(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        end -= 2
        if end > start and self.classes[end] & SPACE:
            end -= 1
        return end >= start and self.is_decimal(end)

    cdef (double, bint) around(self, Py_ssize_t i) noexcept:
        """Return the least width of a full line near line `i`, and whether lines of prose go on there."""
        cdef Py_ssize_t first = max(0, i - NEAR), n = 0, small = 0, k, widest, width = 0
        cdef Py_ssize_t[2 * NEAR] widths
        cdef Line *line
        for k in range(first, min(self.found, i + NEAR)):
            line = &self.lines[k & (KEPT - 1)]
            if line.twin < first and 5 * line.separators <= line.words:
                widths[n] = line.end - line.start
                n += 1
                small += line.small
        if n == 0:
            return 0.0, True
        # The few widest are passed over.
        for _ in range(n - <Py_ssize_t> (0.9 * (n - 1))):
            widest = 0
            for k in range(1, n):
                if widths[k] > widths[widest]:
                    widest = k
            width = widths[widest]
            widths[widest] = -1
        return 0.72 * width, small >= 0.08 * n

    # Headings.

    cdef object heading_at(self, Py_ssize_t start, Py_ssize_t end):
        cdef Py_ssize_t first = start, stop = end, words, separators
        self.undecorate(&first, &stop)
        if first == stop or stop - first > LONGEST_HEADING or self.at(stop - 1) in u".,;":
            return None
        self.count(first, stop, &words, &separators)
        if words > 7:
            return None
        if self.may_name_section(first, stop):
            return heading(self.slice(start, end))
        # A heading of unknown kind, if it is marked as one.
        if self.at(end - 1) == u":" or self.at(start) == u"#" or (stop - first > 3 and self.is_upper(first, stop)):
            return None if self.has_details(first, stop) else ""
        return None

    cdef object inline_heading_at(self, Py_ssize_t start, Py_ssize_t end):
        cdef Py_ssize_t colon = start, first = start, stop = min(end, start + 40)
        while colon < stop and self.at(colon) != u":":
            colon += 1
        if self.past(SPACE, colon + 1, stop) >= stop:
            return None
        self.undecorate(&first, &colon)
        return inline_heading(self.slice(start, stop)) if self.may_name_section(first, colon) else None

    cdef void undecorate(self, Py_ssize_t *start, Py_ssize_t *end) noexcept:
        while start[0] < end[0] and is_decoration(self.at(start[0])):
            start[0] += 1
        while end[0] > start[0] and is_decoration(self.at(end[0] - 1)):
            end[0] -= 1

    cdef bint is_upper(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        cdef Py_ssize_t i
        cdef Py_UCS4 c
        cdef bint upper = False
        for i in range(start, end):
            c = self.at(i)
            if Py_UNICODE_ISLOWER(c) or Py_UNICODE_ISTITLE(c):
                return False
            upper = upper or Py_UNICODE_ISUPPER(c)
        return upper

    cdef bint has_details(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        cdef Py_ssize_t i
        for i in range(start, end):
            if Py_UNICODE_ISDIGIT(self.at(i)) or self.at(i) in u",[":
                return True
        return False

    cdef bint may_name_section(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Tell, without missing one, whether this may be a heading by its words."""
        cdef Py_ssize_t i, k, nth = 0
        cdef unsigned int key, lead = 0
        for i in range(start, end):
            if i > start and self.at(i - 1) != u" ":
                continue
            key = 0
            for k in range(i, i + 4):
                key = key << 8 | (folded(self.at(k)) if k < end else 0)
            if nth == 0:
                lead = key
            if is_among(key, LATER) or (
                (nth == 0 or (nth == 1 and (is_among(lead, LEADS) or lead >> 8 == MY)))
                and (is_among(key, FIRST) or key >> 8 == EEO)
            ):
                return True
            nth += 1
        return False

    # Pieces of a block.

    cdef int end_block(self, Block *block) except -1:
        """Cut the block into segments, and begin anew."""
        if not block.lines:
            return 0
        block.lines = 0
        found = self.heading_at(block.start, block.end)
        if found is not None:
            self.section = found or self.section
            return self.add(block.start, block.end, True)
        self.section = self.inline_heading_at(block.start, block.end) or self.section
        return self.cut(block.start, block.end, block.words > MAX_WORDS)

    cdef int cut(self, Py_ssize_t start, Py_ssize_t end, bint is_long) except -1:
        cdef Py_ssize_t i = start + 1
        cdef unsigned char c
        cdef bint dashes = is_long and self.has_dashes(start, end)
        self.last = start
        while i < end:
            c = self.classes[i]
            if c & SPACE:
                i = self.cut_at_space(start, i, end, dashes)
                continue
            if c & UPPER:
                if self.ends_word(start, i) and not self.cut_at_opener(i, i, end) and self.is_gerund(start, i, end):
                    self.cut_at(start, i, i)
            elif c & MARK:
                self.cut_at_mark(start, i, end)
            i += 1
        return self.soften(self.last, end)

    cdef bint has_dashes(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        cdef Py_ssize_t i, n = 0
        for i in range(start + 1, end):
            if self.classes[i - 1] & SPACE and self.at(i) in u"-–—" and self.spaced_capital(i + 1, end):
                n += 1
        return n >= 3

    cdef bint spaced_capital(self, Py_ssize_t i, Py_ssize_t end) noexcept:
        cdef Py_ssize_t k = self.past(SPACE, i, end)
        return i < k < end and self.classes[k] & UPPER

    cdef bint ends_word(self, Py_ssize_t start, Py_ssize_t i) noexcept:
        """Tell whether a small letter or a closing bracket stands before `i`."""
        return i > start and (self.classes[i - 1] & LOWER or self.at(i - 1) == u")")

    cdef Py_ssize_t cut_at_space(self, Py_ssize_t start, Py_ssize_t i, Py_ssize_t end, bint dashes) except -1:
        """Cut where a sentence or a run-on bullet ends with the spaces at `i`; return where the spaces end."""
        cdef Py_ssize_t then = self.past(SPACE, i, end), stop = i - 1
        cdef Py_UCS4 before = self.at(i - 1), c = self.at(then)
        if before in u"\"')]" and stop > start:
            stop -= 1
        if self.at(stop) in u".!?" and (
            self.opens_sentence(then) or (c in u"\"'([" and then + 1 < end and self.opens_sentence(then + 1))
        ):
            self.cut_at(start, stop + 1, then)
        if (
            (self.classes[then] & MARK and c > 127 and then + 1 < end)
            or (c in u"*·" and self.spaced_capital(then + 1, end))
            or (dashes and c in u"-–—" and self.spaced_capital(then + 1, end))
        ):
            self.cut_at(start, i, then)
        elif self.classes[then] & UPPER and (self.classes[i - 1] & (LOWER | DIGIT) or before in u")%+#"):
            self.cut_at_opener(i, then, end)
        return then

    cdef bint opens_sentence(self, Py_ssize_t i) noexcept:
        return self.classes[i] & (UPPER | DIGIT) or self.at(i) in u"•●-*"

    cdef int cut_at_mark(self, Py_ssize_t start, Py_ssize_t i, Py_ssize_t end) except -1:
        """Cut at a bullet, after a stop or at a comma, where the next word is glued to it."""
        cdef Py_UCS4 c = self.at(i)
        if i + 1 == end:
            return 0
        if c > 127:
            return 0 if self.classes[i - 1] & SPACE else self.cut_at(start, i, i)
        if c != u",":
            if (self.ends_word(start, i) or self.at(i - 1) == u"]") and self.is_glued(i + 1, end):
                self.cut_at(start, i + 1, i + 1)
        elif self.ends_word(start, i):
            if self.classes[i + 1] & UPPER:
                self.cut_at_opener(i, i + 1, end)
            if self.is_glued_phrase(i + 1, end):
                self.cut_at(start, i + 1, i + 1)
        return 0

    cdef bint is_glued(self, Py_ssize_t i, Py_ssize_t end) noexcept:
        cdef Py_ssize_t k = self.past(LOWER, i + 1, end)
        return self.classes[i] & UPPER and i + 1 < k < end and (self.classes[k] & SPACE or self.at(k) in u",'’")

    cdef bint is_glued_phrase(self, Py_ssize_t i, Py_ssize_t end) except -1:
        cdef Py_ssize_t k = i
        if self.classes[i] & UPPER:
            k = self.past(LOWER, i + 1, end)
            if k == i + 1 or k == end or not self.classes[k] & SPACE:
                return False
            i = k + 1
            k = self.past(LOWER, i, end)
            return i < k < end and self.classes[k] & SPACE
        while k < end and self.is_decimal(k):
            k += 1
        if k == i:
            return False
        if k < end and self.at(k) == u"+":
            k += 1
        return k < end and self.classes[k] & SPACE and self.slice(k + 1, min(k + 6, end)) in ("years", "Years")

    cdef bint is_gerund(self, Py_ssize_t start, Py_ssize_t i, Py_ssize_t end) except -1:
        if i < start + 2 or not self.classes[i - 1] & self.classes[i - 2] & LOWER:
            return False
        cdef Py_ssize_t k = self.past(LOWER, i + 1, end)
        return (
            i + 4 < k < end - 1
            and self.classes[k] & SPACE
            and self.classes[k + 1] & LOWER
            and self.slice(k - 3, k) == "ing"
        )

    cdef bint cut_at_opener(self, Py_ssize_t stop, Py_ssize_t i, Py_ssize_t end) except -1:
        """Cut before the word at `i` where it opens a bullet; tell whether it is one of the words that may."""
        cdef Py_ssize_t k = i + 1, then
        while k < end and k - i <= LONGEST_OPENER and not self.classes[k] & SPACE:
            k += 1
        if k == end or not self.classes[k] & SPACE:
            return False
        then = self.past(SPACE, k, end)
        if not (self.classes[then] & (LOWER | DIGIT) or self.at(then) in u"(&"):
            return False
        is_name = self.openers.get(self.slice(i, k))
        if is_name is None:
            return False
        if stop > self.last and self.opens(stop, is_name):
            self.soften(self.last, i)
            self.last = i
        return True

    cdef bint opens(self, Py_ssize_t end, bint is_name) except -1:
        """Tell whether an opener opens a bullet after what ends at `end`, and is not part of a name there."""
        cdef Py_ssize_t start = max(self.last, end - 40), words, separators, first = end, k, i
        cdef char[LONGEST_WORD] word
        self.count(start, end, &words, &separators)
        if words <= 2:
            return False
        while not self.classes[first - 1] & SPACE:
            first -= 1
        if is_name and self.classes[first] & UPPER:
            for k in range(first + 1, end):
                if self.classes[k] & LOWER:
                    return False
        k = end
        while k > start and end - k <= LONGEST_WORD and self.is_word(k - 1):
            k -= 1
        if end - k > LONGEST_WORD:
            return True
        for i in range(k, end):
            word[i - k] = <char> (folded(self.at(i)) & 127)
        return word[: end - k].decode("ascii") not in self.leads_on

    cdef int cut_at(self, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t then) except -1:
        """End a piece at `stop` and begin the next at `then`, unless an abbreviation ends there."""
        if stop > self.last and not self.abbreviated(start, stop):
            self.soften(self.last, then)
            self.last = then
        return 0

    cdef bint abbreviated(self, Py_ssize_t start, Py_ssize_t end) except -1:
        cdef Py_ssize_t stop = end - 1, first = stop, second
        if stop <= start or self.at(stop) != u".":
            return False
        while first > start and stop - first <= LONGEST_WORD and self.is_word(first - 1):
            first -= 1
        if not 0 < stop - first <= LONGEST_WORD:
            return False
        if (stop - first == 1 and self.classes[first] & UPPER) or self.slice(first, stop) in self.abbreviations:
            return True
        if first == start or self.at(first - 1) != u".":
            return False
        second = first - 1
        while second > start and first - second <= 3 and self.is_word(second - 1):
            second -= 1
        return self.slice(second, stop) in self.abbreviations

    cdef int soften(self, Py_ssize_t start, Py_ssize_t end) except -1:
        """Cut an overlong piece at semicolons, commas and bars, near `MAX_WORDS` words apart."""
        cdef Py_ssize_t i, words = 0, soft = -1, before_soft = 0, cut
        cdef Py_UCS4 tail = 0
        if end - start > 2 * MAX_WORDS:
            for i in range(start, end):
                if self.classes[i] & SPACE or (i > start and not self.classes[i - 1] & SPACE):
                    continue
                # A word begins. It may come after a soft place, or be one itself.
                if words > MAX_WORDS // 2:
                    tail = self.at(self.stripped(start, i) - 1)
                    if tail in u";:,|/" or (words < MAX_WORDS and self.at(i) in u"|/•–—" and self.is_alone(i, end)):
                        soft, before_soft = i, words
                if words == MAX_WORDS:
                    cut = i if soft < 0 else soft
                    words -= MAX_WORDS if soft < 0 else before_soft
                    self.add_stripped(start, cut)
                    start, soft = cut, -1
                words += 1
        return self.add_stripped(start, end)

    cdef bint is_alone(self, Py_ssize_t i, Py_ssize_t end) noexcept:
        return i + 1 < end and self.classes[i + 1] & SPACE

    cdef int add_stripped(self, Py_ssize_t start, Py_ssize_t end) except -1:
        cdef Py_ssize_t bullet = self.past_bullet(start, end), i
        i = start = bullet if 0 <= bullet < end else self.past(SPACE, start, end)
        end = self.stripped(start, end)
        while i < end and not self.classes[i] & WORD:
            i += 1
        return self.add(start, end, False) if i < end else 0

    cdef int add(self, Py_ssize_t start, Py_ssize_t end, bint is_heading) except -1:
        # As the class would make it, but without a call for each field: it is frozen.
        segment = PyType_GenericAlloc(<PyTypeObject *> self.make, 0)
        PyObject_GenericSetAttr(segment, "text", self.slice(start, end))
        PyObject_GenericSetAttr(segment, "start", start)
        PyObject_GenericSetAttr(segment, "end", end)
        PyObject_GenericSetAttr(segment, "section", self.section)
        PyObject_GenericSetAttr(segment, "heading", is_heading)
        self.out.append(segment)
        return 0


def segments(text, make, openers, leads_on, abbreviations):
    """Cut a text into segments, each of the class `make`; the words are those of `domainfit.segments`."""
    cdef Cutter cutter = Cutter(PyUnicode_FromObject(text), make, openers, leads_on, abbreviations)
    cutter.read()
    return cutter.out
