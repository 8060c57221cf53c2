#include "CKernels.h"

#define BODY "loudness.inc"
#include "twice.h"

void ck_k_weight(struct ck_k_weighting *weighting, const float *first, const float *second, size_t count) {
    DISPATCH(k_weight, weighting, first, second, count);
}

void ck_k_settle(struct ck_k_weighting *k) {
    double *states[] = {k->x1, k->x2, k->u1, k->r1, k->r2, k->r3};
    double size = 0;
    for (int state = 0; state < 6; state++)
        for (int lane = 0; lane < 4; lane++) size += states[state][lane] * states[state][lane];
    if (size >= 1e-60) return;
    for (int state = 0; state < 6; state++) memset(states[state], 0, sizeof k->x1);
}
