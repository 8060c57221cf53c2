#include "CKernels.h"

#define BODY "timbre.inc"
#include "twice.h"

void ck_extremes(const float *values, size_t total, size_t count, float *scratch, float *peak, float *valley) {
    DISPATCH(extremes, values, total, count, scratch, peak, valley);
}

void ck_replace_ranks(int16_t *ranks, size_t length, size_t columns, const int16_t *old, const int16_t *new) {
    DISPATCH(replace_ranks, ranks, length, columns, old, new);
}

void ck_harmonic_split(const int16_t *frames, const int16_t *over_time, const int16_t *over_bands, const float *widths,
                       size_t bands, float *held, float *struck) {
    DISPATCH(harmonic_split, frames, over_time, over_bands, widths, bands, held, struck);
}

float ck_cepstrum(const int16_t *frame, float floor, float *previous, const float *rows, size_t count, float *target) {
    return DISPATCH(cepstrum, frame, floor, previous, rows, count, target);
}
