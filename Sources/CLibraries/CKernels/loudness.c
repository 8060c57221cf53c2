#include "CKernels.h"

#define BODY "loudness.inc"
#include "twice.h"

void ck_k_weight(struct ck_k_weighting *k, const float *first, const float *second, size_t count) {
    DISPATCH(k_weight, k, first, second, count);
}

static void settle(struct ck_filter *filter) {
    double *states[] = {filter->x1, filter->x2, filter->r1, filter->r2};
    double size = 0;
    for (int i = 0; i < 4; i++) size += states[i][0] * states[i][0] + states[i][1] * states[i][1];
    if (size >= 1e-60) return;
    for (int i = 0; i < 4; i++) states[i][0] = states[i][1] = 0;
}

void ck_k_settle(struct ck_k_weighting *k) {
    settle(&k->shelf);
    settle(&k->high_pass);
}
