// What every kernel is made of; included once for each machine.

#define INLINE static inline __attribute__((always_inline))

INLINE lanes NAME(load)(const float *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void NAME(store)(float *p, lanes v) { memcpy(p, &v, sizeof v); }

INLINE lanes NAME(all)(float x) { return (lanes)(x); }

INLINE lanes NAME(larger)(lanes a, lanes b) { return a > b ? a : b; }

INLINE lanes NAME(smaller)(lanes a, lanes b) { return a < b ? a : b; }

INLINE lanes NAME(magnitude)(lanes a) { return (lanes)((patterns)a & 0x7fffffff); }

INLINE float NAME(sum)(lanes v) {
    float __attribute__((ext_vector_type(4))) four = v.lo + v.hi;
    float __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
    return two.x + two.y;
}

INLINE float NAME(greatest)(lanes v) {
    float __attribute__((ext_vector_type(4))) four = v.lo > v.hi ? v.lo : v.hi;
    float a = four.x > four.y ? four.x : four.y, b = four.z > four.w ? four.z : four.w;
    return a > b ? a : b;
}

INLINE float NAME(least)(lanes v) { return -NAME(greatest)(-v); }

/// Sums of eight vectors, one a lane.
INLINE lanes NAME(sums)(const lanes *v) {
    lanes a[4], b[2];
    for (int i = 0; i < 4; i++)
        a[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 2, 8, 10, 4, 6, 12, 14) +
               __builtin_shufflevector(v[2 * i], v[2 * i + 1], 1, 3, 9, 11, 5, 7, 13, 15);
    for (int i = 0; i < 2; i++)
        b[i] = __builtin_shufflevector(a[2 * i], a[2 * i + 1], 0, 2, 8, 10, 4, 6, 12, 14) +
               __builtin_shufflevector(a[2 * i], a[2 * i + 1], 1, 3, 9, 11, 5, 7, 13, 15);
    lanes c = __builtin_shufflevector(b[0], b[1], 0, 1, 2, 3, 8, 9, 10, 11);
    lanes d = __builtin_shufflevector(b[0], b[1], 4, 5, 6, 7, 12, 13, 14, 15);
    return c + d;
}

/// Natural logarithm of normal positive numbers, right to about 2 units in the last place.
/// Source: S. Moshier, Cephes Mathematical Library, `logf`.
INLINE lanes NAME(logarithm)(lanes x) {
    // Split at √½ so that the mantissa lies in √½…√2, where the series is short.
    patterns shifted = (patterns)x - 0x3f3504f3;
    lanes e = __builtin_convertvector((integers)shifted >> 23, lanes);
    lanes f = (lanes)((shifted & 0x007fffff) + 0x3f3504f3) - 1, z = f * f;
    lanes p = f * 7.0376836292e-2f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    return f + (p * f * z - e * 2.12194440e-4f - z * 0.5f) + e * 0.693359375f;
}

/// 2 to the power of numbers, clamped to −126…127, right to about 3 units in the last place.
/// Source: S. Moshier, Cephes Mathematical Library, `exp2f`.
INLINE lanes NAME(exponential2)(lanes x) {
    x = NAME(smaller)(NAME(larger)(x, NAME(all)(-126)), NAME(all)(127));
    // Adding 1.5·2²³ rounds to a whole number and leaves it in the low bits.
    lanes shifted = x + 12582912.0f, f = x - (shifted - 12582912.0f);
    lanes p = f * 1.535336188319500e-4f + 1.339887440266574e-3f;
    p = p * f + 9.618437357674640e-3f;
    p = p * f + 5.550332471162809e-2f;
    p = p * f + 2.402264791363012e-1f;
    p = p * f + 6.931472028550421e-1f;
    p = p * f + 1;
    return (lanes)((patterns)p + ((patterns)shifted << 23));
}

/// Whole numbers nearest to values of a magnitude below 2²².
INLINE integers NAME(nearest)(lanes x) { return (integers)(x + 12582912.0f) - 0x4b400000; }

/// Real and imaginary parts of eight complex numbers.
INLINE void NAME(split)(const float *complex, lanes *real, lanes *imaginary) {
    pairs v;
    memcpy(&v, complex, sizeof v);
    *real = v.even;
    *imaginary = v.odd;
}

INLINE levels NAME(load_levels)(const int16_t *p) {
    levels v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void NAME(store_levels)(int16_t *p, levels v) { memcpy(p, &v, sizeof v); }

INLINE lanes NAME(steps)(const int16_t *p) {
    half_levels v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, lanes);
}
