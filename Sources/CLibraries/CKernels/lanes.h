#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float lanes __attribute__((ext_vector_type(8)));
typedef float pairs __attribute__((ext_vector_type(16)));
typedef double pair __attribute__((ext_vector_type(2)));
typedef double quad __attribute__((ext_vector_type(4)));
typedef int32_t integers __attribute__((ext_vector_type(8)));
typedef int32_t wide_integers __attribute__((ext_vector_type(16)));
typedef uint32_t patterns __attribute__((ext_vector_type(8)));
typedef int16_t levels __attribute__((ext_vector_type(16)));
typedef int16_t half_levels __attribute__((ext_vector_type(8)));
