#include "CKernels.h"

#define BODY "loudness.inc"
#include "twice.h"

void ck_k_weight(struct ck_k_weighting *weighting, const float *first, const float *second, size_t count) {
    DISPATCH(k_weight, weighting, first, second, count);
}

void ck_k_settle(struct ck_k_weighting *weighting) {
    double size = 0;
    for (int lane = 0; lane < 4; lane++)
        size += weighting->r1[lane] * weighting->r1[lane] + weighting->r2[lane] * weighting->r2[lane] +
                weighting->x1[lane] * weighting->x1[lane] + weighting->x2[lane] * weighting->x2[lane];
    if (size < 1e-60) weighting->x1 = weighting->x2 = weighting->r1 = weighting->r2 = (quad)0.0;
}
