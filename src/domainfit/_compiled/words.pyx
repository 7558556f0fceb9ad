# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Words, word pairs and word triples of lines: the compiled twins of loops in `static` and `described`.

A line is copied into a buffer of code points with one spare place that holds 0, which is no part of any
word; every scan stops there at the latest.
"""

from cpython.unicode cimport PyUnicode_4BYTE_KIND, PyUnicode_AsUCS4, PyUnicode_FromKindAndData
from libc.math cimport sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memcpy, memset

import numpy as np


cdef extern from *:
    """
    /* The compiler makes one version for old processors and one for newer ones; the loader chooses. */
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
    __attribute__((target_clones("avx2", "default")))
    #endif
    static void add_row(double *total, const signed char *row, double unit, Py_ssize_t n) {
        for (Py_ssize_t d = 0; d < n; d++) total[d] += unit * row[d];
    }
    """
    bint PyUnicode_IS_ASCII(object)
    void add_row(double* total, const int8_t* row, double unit, Py_ssize_t n) noexcept nogil
    void prefetch "__builtin_prefetch"(const void* place) noexcept nogil


cdef class _Line:
    """The buffer: one line's code points and a closing 0."""

    cdef uint32_t* text
    cdef Py_ssize_t room

    def __dealloc__(self):
        free(self.text)

    cdef Py_ssize_t load(self, str line) except -1:
        cdef Py_ssize_t n = len(line)
        cdef uint32_t* more
        if n >= self.room:
            more = <uint32_t*>realloc(self.text, (n + 64) * sizeof(uint32_t))
            if more == NULL:
                raise MemoryError
            self.text, self.room = more, n + 64
        PyUnicode_AsUCS4(line, <Py_UCS4*>self.text, self.room, 1)
        return n

    cdef Py_ssize_t load_small(self, str line, bint fold) except -1:
        """Load a line in lower case or, to `fold`, case-folded: of ASCII it is the same."""
        if not PyUnicode_IS_ASCII(line):
            return self.load(line.casefold() if fold else line.lower())
        cdef Py_ssize_t i, n = self.load(line)
        for i in range(n):
            self.text[i] |= (self.text[i] - 65u < 26u) << 5
        return n


cdef inline bint _small(uint32_t c) noexcept nogil:
    """Tell whether a character is one of [a-z0-9]."""
    return c - 97u < 26u or c - 48u < 10u


cdef inline bint _letter(uint32_t c) noexcept:
    """Tell whether a character is one of [^\\W\\d_], as `re` has it."""
    if c < 128:
        return (c | 32) - 97u < 26u
    return (<Py_UCS4>c).isalnum() and not (<Py_UCS4>c).isdecimal()


cdef inline bint _digit(uint32_t c) noexcept:
    return c - 48u < 10u or (c >= 128 and (<Py_UCS4>c).isdecimal())


cdef inline Py_ssize_t _letters_end(const uint32_t* text, Py_ssize_t i) noexcept:
    while _letter(text[i]):
        i += 1
    return i


cdef inline uint64_t _mixed(uint64_t x) noexcept nogil:
    """Spread a key over all bits (the finalizer of MurmurHash3)."""
    x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDULL
    x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53ULL
    return x ^ (x >> 33)


# Rows of the table of static vectors.

cdef enum:
    AHEAD = 16  # So many rows are sent for before they are used.
    AT_ONCE = 64  # Words, or rows: what is sent for from memory before the first of them is used.
    SHORT = 10  # Letters that a key holds, six bits each.


ctypedef struct Word:
    uint64_t key  # 0 where the place is free.
    int32_t row  # -1 for a word that stands in pairs only.
    float unit  # What one unit of the row is worth; twenty binary digits, and so exact.


ctypedef struct Pair:
    int32_t first  # Places of the words; -1 where the place is free.
    int32_t second
    int32_t row
    float unit


ctypedef struct Rows:
    int32_t[AT_ONCE] rows
    double[AT_ONCE] units
    Py_ssize_t held  # Of those, not yet added.
    Py_ssize_t count


ctypedef struct Piece:
    uint64_t hash  # 0 where the place is free.
    int32_t start  # Where its letters stand.
    int32_t length
    int32_t row


cdef uint32_t _room(Py_ssize_t n) except 0:
    """Return a power of two that leaves a third of the places free."""
    cdef uint32_t size = 16
    if n > 2**28:
        raise ValueError("there are too many terms")
    while 2 * size < 3 * n:
        size *= 2
    return size


cdef enum:
    MOST_PIECES = 4  # Of a word: the first ones stand for it.
    WHOLE = 0x4BF29CE4  # What the hash of a piece that begins a word begins with.
    REST = 0x04222325  # And of one that goes on.


cdef inline uint64_t _hashed(uint64_t hash, uint32_t c) noexcept nogil:
    """Take one more letter into a hash (FNV-1a)."""
    return (hash ^ c) * 0x100000001B3ULL


cdef class Pieces:
    """The pieces that stand for a word: the longest that fits, again and again (WordPiece, of BERT).

    Parameters
    ----------
    vocabulary : dict of str to int
        The row of each piece; one that goes on a word begins with ``##``.
    unknown : int
        The row of a word, or of a part of it between two signs, that no pieces spell.
    most : int
        A longer word counts as unknown.
    """

    cdef Piece* places
    cdef uint32_t mask
    cdef bytes letters
    cdef Py_ssize_t longest, most
    cdef int32_t unknown

    def __cinit__(self, dict vocabulary, int32_t unknown, Py_ssize_t most):
        self.mask = _room(len(vocabulary)) - 1
        self.places = <Piece*>calloc(self.mask + 1, sizeof(Piece))
        if self.places == NULL:
            raise MemoryError

    def __init__(self, dict vocabulary, int32_t unknown, Py_ssize_t most):
        self.unknown, self.most = unknown, most
        # Words of other letters than ASCII's are not split here.
        plain = [(piece, row) for piece, row in vocabulary.items() if piece.isascii()]
        self.letters = "".join([piece for piece, _ in plain]).encode()
        cdef const uint8_t* letters = self.letters
        cdef Py_ssize_t i, start = 0, length
        cdef uint64_t hash
        cdef Piece* place
        for piece, row in plain:
            length = len(piece)
            goes_on = length > 2 and piece.startswith("##")
            if goes_on:
                start, length = start + 2, length - 2
            hash = REST if goes_on else WHOLE
            for i in range(start, start + length):
                hash = _hashed(hash, letters[i])
            place = &self.places[<uint32_t>_mixed(hash) & self.mask]
            while place.hash:
                place = self._next(place)
            place.hash, place.start, place.length, place.row = hash | 1, <int32_t>start, <int32_t>length, row
            self.longest = max(self.longest, length)
            start += length

    def __dealloc__(self):
        free(self.places)

    def split(self, str word):
        """Return the rows of a word of ``[a-z0-9+#./'&-]``; None for any other."""
        cdef _Line line = _Line()
        cdef int32_t[MOST_PIECES] rows
        cdef Py_ssize_t n = self._split(line.text, line.load(word), rows)
        return [rows[i] for i in range(n)] if n >= 0 else None

    cdef inline Piece* _next(self, Piece* place) noexcept:
        return place + 1 if place < &self.places[self.mask] else self.places

    cdef inline int32_t _row(self, uint64_t hash, const uint32_t* text, Py_ssize_t n) noexcept:
        """Return the row of a piece, -1 where it is none."""
        cdef const uint8_t* letters = self.letters
        cdef Piece* place = &self.places[<uint32_t>_mixed(hash) & self.mask]
        cdef Py_ssize_t i
        while place.hash:
            if place.hash == hash | 1 and place.length == n:
                i = 0
                while i < n and letters[place.start + i] == text[i]:
                    i += 1
                if i == n:
                    return place.row
            place = self._next(place)
        return -1

    cdef Py_ssize_t _split(self, const uint32_t* text, Py_ssize_t n, int32_t* rows) noexcept:
        """Find the first rows of a word and return how many; -1 where it has other characters."""
        cdef Py_ssize_t i, start = 0, found = 0
        for i in range(n):
            if not _small(text[i]) and not _joins(text[i]) and text[i] != c"+" and text[i] != c"#":
                return -1
        while start < n and found < MOST_PIECES:
            i = start + 1
            if _small(text[start]):  # A sign is a part of its own.
                while i < n and _small(text[i]):
                    i += 1
            found = self._split_part(text + start, i - start, rows, found)
            start = i
        return found

    cdef Py_ssize_t _split_part(self, const uint32_t* text, Py_ssize_t n, int32_t* rows, Py_ssize_t before) noexcept:
        cdef uint64_t[32] hashes
        cdef Py_ssize_t start = 0, found = before, length, most
        cdef int32_t row
        while n <= self.most and start < n:
            most = min(self.longest, n - start, 31)
            hashes[0] = REST if start else WHOLE
            for length in range(1, most + 1):
                hashes[length] = _hashed(hashes[length - 1], text[start + length - 1])
            length, row = most, -1
            while length and row < 0:
                row = self._row(hashes[length], text + start, length)
                if row < 0:
                    length -= 1
            if row < 0:
                break
            if found < MOST_PIECES:
                rows[found] = row
                found += 1
            start += length
        if start == n:
            return found
        rows[before] = self.unknown
        return before + 1


cdef class Vocabulary:
    """The rows of words and of word pairs; a word without a row stands as the rows that `split` gives.

    Parameters
    ----------
    terms : sequence of str
        Words, and word pairs with one space.
    first : int
        The row of the first term.
    table : ndarray of shape (n_rows, n_dimensions), int8
    scale : ndarray of shape (n_rows,), float64
        What one unit of a row is worth, in twenty binary digits at most.
    pieces : callable
        Makes the `Pieces` that split words, or None where they are split in another way.
    split : callable
        A word to the list of its pieces' rows, where `Pieces` cannot tell.
    """

    cdef Word* words
    cdef Pair* pairs
    cdef uint32_t word_mask, pair_mask
    cdef dict longer  # Numbers of the words that no key holds.
    cdef const int8_t[:, ::1] table
    cdef const double[::1] scale
    cdef object make_pieces, split
    cdef Pieces pieces  # Made when the first word without a row comes.
    cdef dict parts

    MOST = 2**18  # Words whose pieces are remembered; then the memory is emptied.

    def __cinit__(self, terms, Py_ssize_t first, table, scale, pieces, split):
        words = {word for term in terms for word in term.split(" ", 2)[:2]}
        self.word_mask = _room(len(words)) - 1
        self.pair_mask = _room(sum(" " in term for term in terms)) - 1
        self.words = <Word*>calloc(self.word_mask + 1, sizeof(Word))
        self.pairs = <Pair*>malloc((self.pair_mask + 1) * sizeof(Pair))
        if self.words == NULL or self.pairs == NULL:
            raise MemoryError
        memset(self.pairs, 0xFF, (self.pair_mask + 1) * sizeof(Pair))

    def __init__(self, terms, Py_ssize_t first, table, scale, pieces, split):
        self.table, self.scale, self.make_pieces, self.split = table, scale, pieces, split
        self.longer, self.parts = {}, {}
        if len(table) != len(scale) or first + len(terms) > len(table):
            raise ValueError("the table must have a row and a scale for each term")
        cdef _Line line = _Line()
        cdef Py_ssize_t row, place
        cdef Pair* pair
        for row, term in enumerate(terms, first):
            parts = term.split(" ")
            if len(parts) > 2 or "" in parts:
                continue  # No text has such a word.
            place = self._enter(line, parts[0])
            if len(parts) == 1:
                self.words[place].row, self.words[place].unit = <int32_t>row, <float>self.scale[row]
            else:
                second = self._enter(line, parts[1])
                pair = self._pair(place, second, self._pair_place(place, second))
                pair.first, pair.second = <int32_t>place, second
                pair.row, pair.unit = <int32_t>row, <float>self.scale[row]

    def __dealloc__(self):
        free(self.words)
        free(self.pairs)

    cdef Py_ssize_t _enter(self, _Line line, str word) except -1:
        """Return the place of a word, entered if it is new."""
        cdef Py_ssize_t n = line.load(word)
        if _packed(line.text, n) == 0:
            self.longer.setdefault(word, len(self.longer))
        cdef uint64_t key = self._key(line.text, n)
        cdef Word* found = self._word(key)
        if found.key == 0:
            found.key, found.row = key, -1
        return found - self.words

    cdef inline uint64_t _key(self, const uint32_t* text, Py_ssize_t n):
        """Return what stands for a word, 0 for one that is in no term."""
        cdef uint64_t key = _packed(text, n)
        if key:
            return key
        number = self.longer.get(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text, n))
        return 0 if number is None else <uint64_t>1 << 63 | <uint64_t>number

    cdef inline uint32_t _place(self, uint64_t key) noexcept:
        return <uint32_t>_mixed(key) & self.word_mask

    cdef inline Word* _word(self, uint64_t key) noexcept:
        """Return where a word is, or the free place where it would be."""
        cdef uint32_t place = self._place(key)
        while self.words[place].key and self.words[place].key != key:
            place = (place + 1) & self.word_mask
        return &self.words[place]

    cdef inline uint32_t _pair_place(self, Py_ssize_t first, Py_ssize_t second) noexcept:
        return <uint32_t>_mixed(<uint64_t>first << 32 | <uint64_t>second) & self.pair_mask

    cdef inline Pair* _pair(self, Py_ssize_t first, Py_ssize_t second, uint32_t place) noexcept:
        """Return where a pair is, from its place on, or the free place where it would be."""
        while self.pairs[place].first >= 0 and not (
            self.pairs[place].first == first and self.pairs[place].second == second
        ):
            place = (place + 1) & self.pair_mask
        return &self.pairs[place]

    def vectors(self, texts):
        """Add up the vectors of each text's words and pairs of words, over the root of their number.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        ndarray of shape (n_texts, n_dimensions), float32
        """
        cdef Py_ssize_t i, d, count, width = self.table.shape[1]
        cdef double root
        cdef double[::1] total = np.zeros(width)
        out = np.empty((len(texts), width), np.float32)
        cdef float[:, ::1] vectors = out
        cdef _Line line = _Line()
        cdef str text
        for i, text in enumerate(texts):
            total[:] = 0
            count = self._sum(line.text, line.load_small(text, False), &total[0])
            root = sqrt(<double>max(1, count))
            for d in range(width):
                vectors[i, d] = <float>(total[d] / root)
        return out

    cdef Py_ssize_t _sum(self, const uint32_t* text, Py_ssize_t n, double* total) except -1:
        """Add up one text, some words at a time: their places are sent for, then their rows and pairs."""
        cdef uint64_t[AT_ONCE] keys
        cdef Py_ssize_t[AT_ONCE] starts, ends, places
        cdef uint32_t[AT_ONCE] pair_places
        cdef Py_ssize_t i, many, start = 0, end = 0, last = -1, before
        cdef Word* word
        cdef Pair* pair
        cdef Rows rows
        rows.held = rows.count = 0
        while True:
            many = 0
            while many < AT_ONCE and _next_word(text, n, &start, &end):
                starts[many], ends[many] = start, end
                keys[many] = self._key(text + start, end - start)
                prefetch(&self.words[self._place(keys[many])])
                many += 1
            if many == 0:
                break
            before = last
            for i in range(many):
                word = self._word(keys[i])
                places[i] = word - self.words if keys[i] and word.key else -1
                if places[i] >= 0 and word.row >= 0:
                    self._add(&rows, word.row, word.unit, total)
                else:
                    self._add_pieces(&rows, text + starts[i], ends[i] - starts[i], total)
                if last >= 0 and places[i] >= 0:
                    pair_places[i] = self._pair_place(last, places[i])
                    prefetch(&self.pairs[pair_places[i]])
                last = places[i]
            for i in range(many):
                if before >= 0 and places[i] >= 0:
                    pair = self._pair(before, places[i], pair_places[i])
                    if pair.first >= 0:
                        self._add(&rows, pair.row, pair.unit, total)
                before = places[i]
        self._empty(&rows, total)
        return rows.count

    cdef inline void _add(self, Rows* rows, int32_t row, double unit, double* total) noexcept:
        """Send for a row; some rows later it has come, and is added."""
        if rows.held == AT_ONCE:
            self._empty(rows, total)
        prefetch(&self.table[row, 0])
        prefetch(&self.table[row, self.table.shape[1] // 2])
        rows.rows[rows.held], rows.units[rows.held] = row, unit
        rows.held += 1
        rows.count += 1

    cdef void _empty(self, Rows* rows, double* total) noexcept:
        cdef Py_ssize_t i
        for i in range(rows.held):
            add_row(total, &self.table[rows.rows[i], 0], rows.units[i], self.table.shape[1])
        rows.held = 0

    cdef int _add_pieces(self, Rows* rows, const uint32_t* text, Py_ssize_t n, double* total) except -1:
        """Add what stands for a word without a row."""
        cdef int32_t[MOST_PIECES] own
        cdef Py_ssize_t i, found
        cdef int32_t row
        if self.make_pieces is not None:
            self.pieces, self.make_pieces = self.make_pieces(), None
        found = -1 if self.pieces is None else self.pieces._split(text, n, own)
        for i in range(found):
            if 0 <= own[i] < self.table.shape[0]:
                self._add(rows, own[i], self.scale[own[i]], total)
        if found < 0:
            for row in self._split(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text, n)):
                self._add(rows, row, self.scale[row], total)
        return 0

    cdef list _split(self, str word):
        found = self.parts.get(word)
        if found is None:
            if len(self.parts) >= self.MOST:
                self.parts.clear()
            found = self.parts[word] = [row for row in self.split(word) if 0 <= row < self.table.shape[0]]
        return found


cdef bint _next_word(const uint32_t* text, Py_ssize_t n, Py_ssize_t* start, Py_ssize_t* end) noexcept:
    """Find the next word from `end` on, as `static.words` has them; False where there is none."""
    cdef Py_ssize_t i = end[0]
    while i < n and not _small(text[i]) and not _letter(text[i]):
        i += 1
    if i == n:
        return False
    start[0] = i
    if not _small(text[i]):
        end[0] = _letters_end(text, i)
        return True
    while _small(text[i]):
        i += 1
    if text[i] == c"+" or text[i] == c"#":
        while text[i] == c"+" or text[i] == c"#":
            i += 1
    else:
        while _joins(text[i]) and _small(text[i + 1]):
            i += 1
            while _small(text[i]):
                i += 1
    end[0] = i
    return True


cdef inline bint _joins(uint32_t c) noexcept nogil:
    return c == c"-" or c == c"." or c == c"/" or c == c"'" or c == c"&"


cdef uint64_t _packed(const uint32_t* text, Py_ssize_t n) noexcept nogil:
    """Pack a word of at most ten of [a-z0-9+#-./'&] into a key; return 0 for any other."""
    cdef uint64_t key = 0
    cdef uint32_t c
    cdef Py_ssize_t i
    if n > SHORT:
        return 0
    for i in range(n):
        c = text[i]
        if c - 97u < 26u:
            key = key << 6 | (c - 96u)
        elif c - 48u < 10u:
            key = key << 6 | (c - 20u)  # 28 to 37
        elif c == c"#":
            key = key << 6 | 27
        elif c - 38u < 10u:  # & ' ( ) * + , - . /
            key = key << 6 | c
        else:
            return 0
    return key


# Which lines describe work.

cdef uint32_t[256] _CRC


cdef void _fill_crc() noexcept:
    cdef uint32_t value
    cdef int i, bit
    for i in range(256):
        value = i
        for bit in range(8):
            value = value >> 1 ^ (0xEDB88320u if value & 1 else 0)
        _CRC[i] = value


_fill_crc()


cdef inline uint32_t _crc(uint32_t state, const uint32_t* text, Py_ssize_t n) noexcept nogil:
    """Go on with a CRC-32 over the UTF-8 of characters below U+0080, or of the bullet."""
    cdef Py_ssize_t i
    for i in range(n):
        if text[i] == 0x2022u:
            state = _CRC[(state ^ 0xE2) & 0xFF] ^ state >> 8
            state = _CRC[(state ^ 0x80) & 0xFF] ^ state >> 8
            state = _CRC[(state ^ 0xA2) & 0xFF] ^ state >> 8
        else:
            state = _CRC[(state ^ text[i]) & 0xFF] ^ state >> 8
    return state


cdef class WorkSums:
    """The weights of a line's words, word pairs and shape, added up; see `described.buckets`.

    Parameters
    ----------
    weights : ndarray of shape (n_buckets,), int32
        The number of buckets is a power of two.
    one : float
        So many units of the weights make a log-odds of one.
    rare : collection of str
        Words in small ASCII letters: `of` tells which lines have none of them.
    """

    cdef const int32_t[::1] weights
    cdef uint64_t[::1] seen  # A bit a bucket: whether the line has it.
    cdef double one
    cdef frozenset rare
    cdef uint8_t[::1] rare_start  # Which pairs of first letters a rare word has.
    cdef Py_ssize_t longest
    cdef uint32_t* hashes
    cdef Py_ssize_t held, room

    def __dealloc__(self):
        free(self.hashes)

    def __init__(self, weights, double one, rare):
        if len(weights) & (len(weights) - 1) or not len(weights):
            raise ValueError("the number of buckets must be a power of two")
        self.weights, self.seen = weights, np.zeros(len(weights) // 64 + 1, np.uint64)
        self.one = one
        self.rare, self.longest = frozenset(rare), max(map(len, rare))
        starts = np.zeros(32 * 32, np.uint8)
        for word in rare:
            starts[(ord(word[0]) & 31) << 5 | (ord(word[1]) & 31)] = 1
        self.rare_start = starts

    def of(self, texts):
        """Add up the weights of each text, over the root of their number.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        sums : ndarray of shape (n_texts,), float64
        words : ndarray of shape (n_texts,), int64
            How many runs of letters it has.
        plain : ndarray of shape (n_texts,), bool
            True where surely none of them is a rare word.
        hashes : ndarray of uint32
            The CRC-32 of every word, word pair and shape, line by line.
        ends : ndarray of shape (n_texts,), int64
            Where each line's hashes end.
        """
        n = len(texts)
        out, many, plain = np.empty(n), np.empty(n, np.int64), np.ones(n, bool)
        cdef double[::1] sums = out
        cdef int64_t[::1] words = many
        cdef uint8_t[::1] common = plain.view(np.uint8)
        last = np.empty(n, np.int64)
        cdef int64_t[::1] ends = last
        cdef _Line line = _Line()
        cdef Py_ssize_t i, length
        cdef int64_t total, count
        cdef str text
        self.held = 0
        for i, text in enumerate(texts):
            words[i] = self._letters(line.text, line.load(text), &common[i])
            total = count = 0
            length = line.load_small(text, False)
            self._make_room(2 * length + 2)  # A word takes a letter, and gives itself and a pair.
            self._add_up(line.text, length, &total, &count)
            sums[i] = total / self.one / sqrt(<double>count)
            ends[i] = self.held
        hashes = np.empty(self.held, np.uint32)
        cdef uint32_t[::1] copy = hashes
        if self.held:
            memcpy(&copy[0], self.hashes, self.held * sizeof(uint32_t))
        return out, many, plain, hashes, last

    cdef int _make_room(self, Py_ssize_t more) except -1:
        cdef Py_ssize_t room = self.held + more
        cdef uint32_t* moved
        if room > self.room:
            moved = <uint32_t*>realloc(self.hashes, 2 * room * sizeof(uint32_t))
            if moved == NULL:
                raise MemoryError
            self.hashes, self.room = moved, 2 * room
        return 0

    cdef void _add_up(self, const uint32_t* text, Py_ssize_t n, int64_t* total, int64_t* count) noexcept:
        cdef Py_ssize_t i = 0, start, words = 0, separators = 0
        cdef uint32_t[1] zero, end, shape
        zero[0], end[0] = c"0", c"$"
        cdef uint32_t before = _CRC[(0xFFFFFFFFu ^ c"^") & 0xFF] ^ 0xFFFFFFu  # The line's beginning.
        cdef uint32_t c
        memset(&self.seen[0], 0, self.seen.shape[0] * sizeof(uint64_t))
        while i < n:
            c = text[i]
            start = i
            i += 1
            if c - 97u < 26u:
                while _small(text[i]) or text[i] == c"+" or text[i] == c"#" or text[i] == c"-":
                    i += 1
                before = self._word(text + start, i - start, before, total, count)
            elif _digit(c):
                while _digit(text[i]):
                    i += 1
                before = self._word(zero, 1, before, total, count)
            elif c == c"," or c == c";" or c == c":" or c == c"|" or c == c"/" or c == 0x2022u:
                separators += 1
                before = self._word(text + start, 1, before, total, count)
            elif c == c"(" or c == c")":
                before = self._word(text + start, 1, before, total, count)
            else:
                continue
            words += 1
        self._count(_crc(_CRC[(before ^ c" ") & 0xFF] ^ before >> 8, end, 1), total, count)
        shape[0] = <uint32_t>(48 + min(9, (words + 2) // (separators + 1)))
        self._count(_crc(_CRC[(0xFFFFFFFFu ^ c"#") & 0xFF] ^ 0xFFFFFFu, shape, 1), total, count)

    cdef inline uint32_t _word(
        self, const uint32_t* text, Py_ssize_t n, uint32_t before, int64_t* total, int64_t* count
    ) noexcept:
        """Count a word, and the pair with the one before it; return the state of its CRC."""
        cdef uint32_t own = _crc(0xFFFFFFFFu, text, n)
        self._count(own, total, count)
        self._count(_crc(_CRC[(before ^ c" ") & 0xFF] ^ before >> 8, text, n), total, count)
        return own

    cdef inline void _count(self, uint32_t state, int64_t* total, int64_t* count) noexcept:
        cdef uint32_t hash = state ^ 0xFFFFFFFFu
        cdef Py_ssize_t bucket = hash & (self.weights.shape[0] - 1)
        self.hashes[self.held] = hash
        self.held += 1
        cdef uint64_t bit = <uint64_t>1 << (bucket & 63)
        if not self.seen[bucket >> 6] & bit:
            self.seen[bucket >> 6] |= bit
            total[0] += self.weights[bucket]
            count[0] += 1

    cdef Py_ssize_t _letters(self, const uint32_t* text, Py_ssize_t n, uint8_t* plain) except -1:
        """Count the runs of letters, and see whether one of them is rare, or has letters that are not of ASCII."""
        cdef Py_ssize_t i = 0, k, start, words = 0
        while i < n:
            if not _letter(text[i]):
                i += 1
                continue
            start, i = i, _letters_end(text, i)
            words += 1
            for k in range(start, i):
                if text[k] >= 128:
                    plain[0] = False
            if (
                2 <= i - start <= self.longest
                and plain[0]
                and self.rare_start[(text[start] & 31) << 5 | (text[start + 1] & 31)]
            ):
                word = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text + start, i - start)
                plain[0] = word.lower() not in self.rare
        return words


cdef class BagSums:
    """The weights of a document's words, each counted once; see `bag_of_words`.

    Parameters
    ----------
    weights : ndarray of shape (n_buckets, n_disciplines), int16
        65,536 buckets: the lower half of a hash.
    owner : ndarray of shape (n_buckets,), int32
        The upper half of the hash whose bucket it is; -1 for none. Other words do not count.
    """

    cdef const int16_t[:, ::1] weights
    cdef const int32_t[::1] owner
    cdef uint64_t[::1] seen  # A bit a bucket: whether the document has it.

    def __init__(self, weights, owner):
        if len(weights) != 65536 or len(owner) != 65536:
            raise ValueError("there must be 65,536 buckets")
        self.weights, self.owner, self.seen = weights, owner, np.zeros(1024, np.uint64)

    def of(self, const uint32_t[::1] hashes, const int64_t[::1] ends, const uint8_t[::1] work):
        """Add up the buckets of the lines that describe work, then those that only the others have.

        Returns
        -------
        sums : ndarray of shape (2, n_disciplines), int64
        counts : ndarray of shape (2,), int64
            How many buckets they are.
        """
        cdef Py_ssize_t disciplines = self.weights.shape[1], last = hashes.shape[0] - 1, other, line, i, k, bucket
        cdef uint64_t bit
        out, many = np.zeros((2, disciplines), np.int64), np.zeros(2, np.int64)
        cdef int64_t[:, ::1] sums = out
        cdef int64_t[::1] counts = many
        memset(&self.seen[0], 0, self.seen.shape[0] * sizeof(uint64_t))
        for other in range(2):
            for line in range(ends.shape[0]):
                if (work[line] == 0) != other:
                    continue
                for i in range(ends[line - 1] if line else 0, ends[line]):
                    prefetch(&self.owner[hashes[min(i + 2 * AHEAD, last)] & 0xFFFF])
                    bucket = hashes[min(i + AHEAD, last)] & 0xFFFF
                    if self.owner[bucket] == <int32_t>(hashes[min(i + AHEAD, last)] >> 16):
                        prefetch(&self.weights[bucket, 0])
                    bucket = hashes[i] & 0xFFFF
                    if self.owner[bucket] != <int32_t>(hashes[i] >> 16):
                        continue
                    bit = <uint64_t>1 << (bucket & 63)
                    if not self.seen[bucket >> 6] & bit:
                        self.seen[bucket >> 6] |= bit
                        counts[other] += 1
                        for k in range(disciplines):
                            sums[other, k] += self.weights[bucket, k]
        return out, many


# Which lines repeat others.

ctypedef struct Triple:
    uint32_t[3] stems  # All 0 where the place is free.


cdef enum:
    OTHER = 1 << 25  # Five letters of five bits each have smaller numbers.
    UNKNOWN = 0x7FFFFFFF


cdef class Triples:
    """A growing set of the runs of three words of lines, each word by its first five letters."""

    cdef Triple* triples
    cdef uint32_t* stems  # Those of the line at hand.
    cdef Py_ssize_t length, room, used
    cdef uint32_t mask
    cdef dict others  # The numbers of stems that have other letters than [a-z].
    cdef _Line line

    def __cinit__(self):
        self.mask = 255
        self.triples = <Triple*>calloc(self.mask + 1, sizeof(Triple))
        if self.triples == NULL:
            raise MemoryError
        self.others, self.line = {}, _Line()

    def __dealloc__(self):
        free(self.triples)
        free(self.stems)

    def add(self, str text):
        """Put in the triples of a text."""
        self._enter_all(self._read(text, True))

    def shared(self, texts):
        """Count each text's triples that are in the set, and all of them.

        Returns
        -------
        known, of : ndarray of shape (n_texts,), int64
        """
        out = np.zeros((2, len(texts)), np.int64)
        cdef int64_t[:, ::1] counts = out
        cdef Py_ssize_t i, words
        cdef str text
        for i, text in enumerate(texts):
            words = self._read(text, False)
            counts[0, i], counts[1, i] = self._known(words), max(0, words - 2)
        return out[0], out[1]

    def again(self, texts):
        """Tell which lines say again what those before them said, and put them in."""
        out = np.zeros(len(texts), bool)
        cdef uint8_t[::1] repeated = out.view(np.uint8)
        cdef set short = set()
        cdef Py_ssize_t i, words
        cdef str text
        for i, text in enumerate(texts):
            words = self._read(text, True)
            if words < 3:
                whole = " ".join(self._runs())
                repeated[i] = whole in short
                short.add(whole)
            else:
                repeated[i] = self._known(words) >= 0.8 * (words - 2)
                self._enter_all(words)
        return out

    cdef Py_ssize_t _read(self, str text, bint keep) except -1:
        """Number the stems of a line's words and return how many there are; `keep` new ones."""
        cdef Py_ssize_t n = self.line.load_small(text, True), words = 0, start, end = 0
        cdef uint32_t* more
        self.length = n
        if n >= self.room:
            more = <uint32_t*>realloc(self.stems, (n + 64) * sizeof(uint32_t))  # A word takes a letter at least.
            if more == NULL:
                raise MemoryError
            self.stems, self.room = more, n + 64
        while end < n:
            start, end = end, _letters_end(self.line.text, end)
            if end == start:
                end += 1
                continue
            self.stems[words] = self._stem(self.line.text + start, end - start, keep)
            words += 1
        return words

    cdef list _runs(self):
        """Return the line's words as they stand."""
        cdef Py_ssize_t start, end = 0
        found = []
        while end < self.length:
            start, end = end, _letters_end(self.line.text, end)
            if end == start:
                end += 1
            else:
                found.append(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, self.line.text + start, end - start))
        return found

    cdef uint32_t _stem(self, const uint32_t* text, Py_ssize_t n, bint keep) except 0:
        """Number a stem: five bits a letter, or, with others than [a-z], in order of appearance."""
        cdef uint32_t number = 0
        cdef Py_ssize_t i
        n = min(n, 5)
        for i in range(n):
            if not 97 <= text[i] <= 122:
                word = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text, n)
                new = OTHER + len(self.others)
                return self.others.setdefault(word, new) if keep else self.others.get(word, UNKNOWN)
            number = number << 5 | (text[i] & 31)
        return number

    cdef Py_ssize_t _known(self, Py_ssize_t words) noexcept:
        cdef Py_ssize_t i, known = 0
        for i in range(words - 2):
            known += self._find(self.stems + i).stems[0] != 0
        return known

    cdef Triple* _find(self, const uint32_t* stems) noexcept:
        """Return the place of a triple, or the free place where it would stand."""
        cdef uint64_t key = _mixed(<uint64_t>stems[0] << 32 | stems[1]) ^ stems[2]
        cdef uint32_t place = <uint32_t>_mixed(key) & self.mask
        while self.triples[place].stems[0] and memcmp(self.triples[place].stems, stems, sizeof(Triple)):
            place = (place + 1) & self.mask
        return &self.triples[place]

    cdef int _enter_all(self, Py_ssize_t words) except -1:
        cdef Py_ssize_t i
        cdef Triple* place
        for i in range(words - 2):
            if 2 * self.used > self.mask:
                self._grow()
            place = self._find(self.stems + i)
            self.used += place.stems[0] == 0
            memcpy(place.stems, self.stems + i, sizeof(Triple))
        return 0

    cdef int _grow(self) except -1:
        cdef Triple* old = self.triples
        cdef Py_ssize_t i, size = self.mask + 1
        cdef Triple* more = <Triple*>calloc(2 * size, sizeof(Triple))
        if more == NULL:
            raise MemoryError
        self.triples, self.mask = more, 2 * size - 1
        for i in range(size):
            if old[i].stems[0]:
                memcpy(self._find(old[i].stems).stems, old[i].stems, sizeof(Triple))
        free(old)
        return 0
