# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Products of matrices whose every sum is made in one order: the compiled twin of `scoring.product`."""

from libc.stdlib cimport calloc, free

import numpy as np


cdef extern from *:
    """
    #include <string.h>

    enum { COLUMNS = 16, ROWS = 4 };

    #if defined(__GNUC__)
    typedef float Strip __attribute__((vector_size(4 * COLUMNS), aligned(4)));

    static inline __attribute__((always_inline)) void
    tile(const int rows, const float *x, Py_ssize_t width, const float *panel, float *out) {
        Strip sums[ROWS];
        for (int r = 0; r < rows; r++) sums[r] = (Strip){0};
        for (Py_ssize_t k = 0; k < width; k++) {
            Strip weights = *(const Strip *)(panel + k * COLUMNS);
            for (int r = 0; r < rows; r++) sums[r] += x[r * width + k] * weights;
        }
        memcpy(out, sums, rows * sizeof(Strip));
    }
    #else
    static void tile(const int rows, const float *x, Py_ssize_t width, const float *panel, float *out) {
        memset(out, 0, rows * COLUMNS * sizeof(float));
        for (int r = 0; r < rows; r++)
            for (Py_ssize_t k = 0; k < width; k++)
                for (int c = 0; c < COLUMNS; c++) out[r * COLUMNS + c] += x[r * width + k] * panel[k * COLUMNS + c];
    }
    #endif

    /* The compiler makes one version for each kind of processor; the loader chooses. */
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
    __attribute__((target_clones("avx512f", "avx2", "default")))
    #endif
    static void product(const float *x, const float *weights, float *panel, float *out,
                        Py_ssize_t n, Py_ssize_t width, Py_ssize_t columns) {
        float sums[ROWS * COLUMNS];
        for (Py_ssize_t c = 0; c < columns; c += COLUMNS) {
            size_t held = sizeof(float) * (columns - c < COLUMNS ? columns - c : COLUMNS);
            for (Py_ssize_t k = 0; k < width; k++) memcpy(panel + k * COLUMNS, weights + k * columns + c, held);
            for (Py_ssize_t i = 0; i < n; i += ROWS) {
                int rows = n - i < ROWS ? (int)(n - i) : ROWS;
                if (rows == ROWS) tile(ROWS, x + i * width, width, panel, sums);
                else for (int r = 0; r < rows; r++) tile(1, x + (i + r) * width, width, panel, sums + r * COLUMNS);
                for (int r = 0; r < rows; r++) memcpy(out + (i + r) * columns + c, sums + r * COLUMNS, held);
            }
        }
    }
    """
    enum:
        COLUMNS
    void fill "product"(
        const float* x, const float* weights, float* panel, float* out, Py_ssize_t n, Py_ssize_t width, Py_ssize_t columns
    ) noexcept nogil


def product(const float[:, ::1] x, const float[:, ::1] weights):
    """Multiply: ``out[i, j]`` is the sum over k, from the first on, of ``x[i, k] * weights[k, j]``.

    Parameters
    ----------
    x : ndarray of shape (n, width), float32
    weights : ndarray of shape (width, n_columns), float32

    Returns
    -------
    ndarray of shape (n, n_columns), float32
    """
    cdef Py_ssize_t n = x.shape[0], width = x.shape[1], columns = weights.shape[1]
    if weights.shape[0] != width:
        raise ValueError(f"rows of {width} values cannot be multiplied by {weights.shape[0]} rows of weights")
    result = np.zeros((n, columns), np.float32)
    cdef float[:, ::1] out = result
    if n == 0 or width == 0 or columns == 0:
        return result
    cdef float* panel = <float*>calloc(width * COLUMNS, sizeof(float))
    if panel == NULL:
        raise MemoryError
    with nogil:
        fill(&x[0, 0], &weights[0, 0], panel, &out[0, 0], n, width, columns)
    free(panel)
    return result
