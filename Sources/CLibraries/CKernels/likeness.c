#include "CKernels.h"

#define BODY "likeness.inc"
#include "twice.h"

void ck_squared_distances(const float *query, const float *rows, size_t length, size_t count, float *squares) {
    DISPATCH(squared_distances, query, rows, length, count, squares);
}
