#include "CKernels.h"

#define BODY "peaks.inc"
#include "twice.h"

void ck_trace_peaks(const float *samples, size_t count, const struct ck_peak_filters *filters, float floor,
                    float *peaks) {
    DISPATCH(trace_peaks, samples, count, filters, floor, peaks);
}
