#include "CKernels.h"

#define BODY "spectrum.inc"
#include "twice.h"

float ck_apply_window(const float *window, const float *frame, float *target, size_t count) {
    return DISPATCH(apply_window, window, frame, target, count);
}

void ck_spectrum_moments(const float *spectrum, size_t groups, float floor, float *power, float *magnitude,
                         float *group_sums, struct ck_moments *moments) {
    DISPATCH(spectrum_moments, spectrum, groups, floor, power, magnitude, group_sums, moments);
}

float ck_second_moment(const float *magnitude, size_t count, float centre) {
    return DISPATCH(second_moment, magnitude, count, centre);
}

float ck_dot(const float *a, const float *b, size_t count) { return DISPATCH(dot, a, b, count); }

void ck_band_sums(const float *values, const struct ck_span *spans, size_t count, const float *weights, float *target) {
    DISPATCH(band_sums, values, spans, count, weights, target);
}

float ck_decibels(float *values, int16_t *steps, size_t count, float largest) {
    return DISPATCH(decibels, values, steps, count, largest);
}

struct ck_rises ck_rise(const float *decibels, float *previous, const float *is_high, size_t count, float floor) {
    return DISPATCH(rise, decibels, previous, is_high, count, floor);
}
