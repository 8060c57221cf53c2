// The innermost loops of AudioCore.
//
// Swift has no way to compile a function for two kinds of processor; here each kernel is compiled for any
// machine and for AVX2 with FMA, and the better one runs. Nothing is allocated, nothing is kept between
// calls. Lengths are multiples of 8 where not said otherwise, and buffers end with room for a whole vector.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Steps of a kept level in 1 dB.
#define CK_STEPS 128.0f
/// Mel bands of a frame.
#define CK_BANDS 128

/// Sums over a spectrum: Σ |X|, Σ k·|X|, Σ max(|X|², floor), Σ ln max(|X|², floor).
struct ck_moments {
    float magnitude, first, power;
    double logarithm;
};

/// Values that belong together: `length` of them from `first` on, with weights from `offset` on.
struct ck_span {
    uint32_t first, offset, length;
};

/// target[i] = frame[i] · window[i]; returns Σ frame[i]². `count` is a multiple of 32.
float ck_apply_window(const float *window, const float *frame, float *target, size_t count);

/// Fills power and magnitude of 64 · `groups` complex bins, and the sum of magnitudes of each group.
void ck_spectrum_moments(const float *spectrum, size_t groups, float floor, float *power, float *magnitude,
                         float *group_sums, struct ck_moments *moments);

/// Σ magnitude[k] · (k − centre)²; `count` is a multiple of 16.
float ck_second_moment(const float *magnitude, size_t count, float centre);

/// Σ a[i]·b[i].
float ck_dot(const float *a, const float *b, size_t count);

/// target[s] = Σ over span s of values · weights; `target` has room for a multiple of 8.
void ck_band_sums(const float *values, const struct ck_span *spans, size_t count, const float *weights, float *target);

/// Turns powers into dB, not below −100, in place and in steps; returns the largest, or `largest`.
float ck_decibels(float *values, int16_t *steps, size_t count, float largest);

/// Σ of the rises of all bands, of those weighted by `is_high`, and of the squares.
struct ck_rises {
    float full, high, squared;
};

/// The rises of a frame since `previous`, both raised to `floor`; replaces `previous`.
struct ck_rises ck_rise(const float *decibels, float *previous, const float *is_high, size_t count, float floor);

/// Means of the `count` largest and smallest of `total` values that are not negative; any numbers.
/// `scratch` has room for all of them.
void ck_extremes(const float *values, size_t total, size_t count, float *scratch, float *peak, float *valley);

/// Takes a row out of sorted columns and puts another one in. `columns` is a multiple of 16.
void ck_replace_ranks(int16_t *ranks, size_t length, size_t columns, const int16_t *old, const int16_t *new);

/// Harmonic and percussive energy of 16 frames, one a lane, by their medians over time and over bands.
void ck_harmonic_split(const int16_t *frames, const int16_t *over_time, const int16_t *over_bands, const float *widths,
                       size_t bands, float *held, float *struck);

/// The first `count` rows (halves of 64 values) of a DCT of a frame raised to `floor`; returns the sum of its
/// rises since `previous`, which it replaces.
float ck_cepstrum(const int16_t *frame, float floor, float *previous, const float *rows, size_t count, float *target);

/// A recursive filter of two channels: y = x + r with r[n] = c₁·x[n−1] + c₂·x[n−2] − a₁·r[n−1] − a₂·r[n−2].
struct ck_filter {
    double c1, c2, a1, a2;
    /// x[n−1], x[n−2], r[n−1] and r[n−2] of each channel.
    double x1[2], x2[2], r1[2], r2[2];
};

/// The two filters of K-weighting, one after the other.
struct ck_k_weighting {
    struct ck_filter shelf, high_pass;
    /// Σ y²: of even samples one a channel, then of odd ones.
    double sum[4];
    /// Whether the next sample is an odd one.
    int is_odd;
};

/// Filters on; any number of samples, the same sums however they are portioned.
void ck_k_weight(struct ck_k_weighting *k, const float *first, const float *second, size_t count);

/// Ends a tail that only dies away: it would end in denormal numbers, which are slow.
void ck_k_settle(struct ck_k_weighting *k);

/// The lowest and highest of some samples, and the sum of their squares.
struct ck_level {
    float least, most;
    double energy;
};

/// Takes more samples into `level`; any number, at any alignment.
void ck_measure_level(const float *samples, size_t count, struct ck_level *level);

/// sums[k] += |spectrum[k]|².
void ck_add_power(const float *spectrum, size_t count, float *sums);

#define CK_PEAK_TAPS 32
#define CK_PEAK_PAIRS 4
#define CK_PEAK_MIDDLES 2

/// Halves of symmetric interpolators: of phases that mirror each other, their even and their odd part; and of
/// phases at ½.
struct ck_peak_filters {
    float even[CK_PEAK_PAIRS][CK_PEAK_TAPS / 2], odd[CK_PEAK_PAIRS][CK_PEAK_TAPS / 2];
    float middle[CK_PEAK_MIDDLES][CK_PEAK_TAPS / 2];
    /// No value exceeds the largest sample around it times this.
    float gain;
};

/// peaks[i] = max(peaks[i], |x|, |values between x and the next sample|) for x = samples[i + 15]; values between
/// samples are left out where none can exceed `floor`. `samples` holds `count` + 32.
void ck_trace_peaks(const float *samples, size_t count, const struct ck_peak_filters *filters, float floor,
                    float *peaks);

/// Σ (query[i] − row[i])² of each of `count` rows of `length` values; the same sum whatever the other rows are.
void ck_squared_distances(const float *query, const float *rows, size_t length, size_t count, float *squares);

/// Numbers of a vector, and steps of its code and of a query to 1.
#define CK_VECTOR_LENGTH 96
#define CK_CODE_STEPS 64
#define CK_QUERY_STEPS 1024

/// bounds[i] = distance of the query from the code of row i − errors[i] − slack. Queries are within ±2 × CK_QUERY_STEPS.
/// `bounds` has room for `count` rounded up to a multiple of eight.
void ck_lower_bounds(const int16_t *query, const int8_t *codes, const float *errors, size_t count, float slack,
                     float *bounds);

/// Bands of a step of a fingerprint, and steps of its levels in 1 dB.
#define CK_PRINT_BANDS 24
#define CK_PRINT_STEPS 5.0f

/// How two stretches of levels differ, dB: level for level after the gain of each step is taken off, the mean gain, and
/// how far the steps' gains are from it. Loud levels weigh most.
struct ck_print_difference {
    float residual, gain, gain_deviation;
};

/// Compares `steps` steps of 24 levels each, at most 1,024; any alignment. `b` is taken `fraction` of a step later, and
/// has a step more where that is not 0.
struct ck_print_difference ck_compare_prints(const uint8_t *a, const uint8_t *b, size_t steps, float fraction);
