#define _GNU_SOURCE
#include "dg_runtime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *core_name = "";
static const char *configuration = "";
static char library_path[4096];

/* OpenBLAS chooses its kernels while it loads, and older builds do not know newer processors: they fall back to kernels
   without AVX-512, at half the speed. The choice is ours only where the user has made none. */
static void choose_core_type(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq"))
        setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 0);
#endif
}

static void *open_library(void)
{
    const char *chosen = getenv("DG_BLAS");
    if (chosen && *chosen) return dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libcblas.so.3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

int dg_blas_load(dg_blas *blas, char *message, size_t capacity)
{
    choose_core_type();
    void *library = open_library();
    if (!library) {
        const char *reason = dlerror();
        snprintf(message, capacity, "%s", reason ? reason : "not found");
        return 1;
    }
    blas->sgemm = (__typeof__(blas->sgemm))dlsym(library, "cblas_sgemm");
    blas->dgemm = (__typeof__(blas->dgemm))dlsym(library, "cblas_dgemm");
    if (!blas->sgemm || !blas->dgemm) {
        snprintf(message, capacity, "the library has no cblas_sgemm");
        return 1;
    }
    /* Our own threads call it; its threads would only stand in their way. */
    void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    if (set_threads) set_threads(1);
    char *(*get_core)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    if (get_core) core_name = get_core();
    char *(*get_configuration)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
    if (get_configuration) configuration = get_configuration();
    Dl_info info;
    if (dladdr((void *)blas->sgemm, &info) && info.dli_fname) snprintf(library_path, sizeof library_path, "%s", info.dli_fname);
    return 0;
}

const char *dg_blas_core_name(void) { return core_name; }

const char *dg_blas_configuration(void) { return configuration; }

const char *dg_blas_path(void) { return library_path; }
