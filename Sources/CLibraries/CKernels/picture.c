#include "CKernels.h"

#define BODY "picture.inc"
#include "twice.h"

void ck_measure_level(const float *samples, size_t count, struct ck_level *level) {
    DISPATCH(level, samples, count, level);
}

void ck_add_power(const float *spectrum, size_t count, float *sums) { DISPATCH(add_power, spectrum, count, sums); }
