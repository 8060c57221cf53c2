#include "CKernels.h"

#define BODY "likeness.inc"
#include "twice.h"

void ck_squared_distances(const float *query, const float *rows, size_t length, size_t count, float *squares) {
    DISPATCH(squared_distances, query, rows, length, count, squares);
}

void ck_lower_bounds(const int16_t *query, const int8_t *codes, const float *errors, size_t count, float slack,
                     float *bounds) {
    DISPATCH(lower_bounds, query, codes, errors, count, slack, bounds);
}

struct ck_print_difference ck_compare_prints(const uint8_t *a, const uint8_t *b, size_t steps, float fraction) {
    return DISPATCH(compare_prints, a, b, steps, fraction);
}
