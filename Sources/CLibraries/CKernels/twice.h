// Compiles the kernels of the file BODY twice: for every machine, and for x86-64 with AVX2 and FMA.
//
// Which of the two runs is decided at run time by DISPATCH. Vectors are the compiler's own (eight floats
// are two SSE or NEON registers, or one of AVX), so each kernel is written once. Sums run in a fixed
// number of lanes: the same machine gives the same bits.
#include "lanes.h"

// Everything that takes or returns vectors is inlined: there is no call whose convention could differ.
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#define NAME(kernel) kernel##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "inline.h"
#include BODY
#pragma clang attribute pop
#undef NAME
#define DISPATCH(kernel, ...)                                                       \
    (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) ? kernel##_avx2(__VA_ARGS__) \
                                                                     : kernel##_base(__VA_ARGS__)
#else
#define DISPATCH(kernel, ...) kernel##_base(__VA_ARGS__)
#endif

#define NAME(kernel) kernel##_base
#include "inline.h"
#include BODY
#undef NAME
