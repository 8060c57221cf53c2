// The least any analysis can cost: decode, mono mix and one windowed real FFT a frame.
//
//   cc -O3 Floor/floor.c -o /tmp/floor $(pkg-config --cflags --libs sndfile fftw3f) -lm
//   /tmp/floor RUNS FILE…
//
// Frames of 2048 every 512, as in the features. Works through all files RUNS times and prints the wall
// time of each run as JSON; the checksum keeps the compiler from leaving the work out.
#include <fftw3.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { frame_length = 2048, hop = 512, block = 16384 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double analyse(const char *path, fftwf_plan plan, float *in, fftwf_complex *out, const float *window) {
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file) exit(1);
    float *samples = malloc(sizeof(float) * block * info.channels);
    float *mono = calloc(frame_length + block + frame_length, sizeof(float));
    int filled = frame_length / 2;
    double sum = 0;
    sf_count_t n;
    while ((n = sf_readf_float(file, samples, block)) > 0) {
        for (int i = 0; i < n; i++) {
            float x = 0;
            for (int c = 0; c < info.channels; c++) x += samples[i * info.channels + c];
            mono[filled + i] = x / info.channels;
        }
        filled += n;
        int start = 0;
        for (; start + frame_length <= filled; start += hop) {
            for (int i = 0; i < frame_length; i++) in[i] = mono[start + i] * window[i];
            fftwf_execute(plan);
            sum += out[10][0];
        }
        filled -= start;
        memmove(mono, mono + start, sizeof(float) * filled);
    }
    free(samples);
    free(mono);
    sf_close(file);
    return sum;
}

int main(int argc, char **argv) {
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    if (runs < 1) return 2;
    float *in = fftwf_alloc_real(frame_length), *window = fftwf_alloc_real(frame_length);
    fftwf_complex *out = fftwf_alloc_complex(frame_length / 2 + 1);
    fftwf_plan plan = fftwf_plan_dft_r2c_1d(frame_length, in, out, FFTW_ESTIMATE);
    for (int i = 0; i < frame_length; i++) window[i] = 0.5 - 0.5 * cos(2 * M_PI * i / frame_length);
    double sum = 0;
    printf("{\"seconds\": [");
    for (int run = 0; run < runs; run++) {
        double start = now();
        for (int i = 2; i < argc; i++) sum += analyse(argv[i], plan, in, out, window);
        printf("%s%.6f", run ? ", " : "", now() - start);
    }
    printf("], \"checksum\": %.3f}\n", sum);
    return 0;
}
