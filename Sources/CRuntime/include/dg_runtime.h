#ifndef DG_RUNTIME_H
#define DG_RUNTIME_H

#include <stddef.h>

/* Matrix products with the signature of cblas_sgemm and cblas_dgemm; the generated code of a plan declares the same. */
typedef struct {
    void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
    void (*dgemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
} dg_blas;

/* The library of a plan's kernels. */
typedef struct dg_library dg_library;

/* Loads a BLAS with one thread per call; returns 0, or writes why not into `message`. The first call decides. */
int dg_blas_load(dg_blas *blas, char *message, size_t capacity);

/* The kernel set that the BLAS chose, such as "SkylakeX", or an empty string. */
const char *dg_blas_core_name(void);

/* What the BLAS says of how it was built, beginning with its name and version, or an empty string. */
const char *dg_blas_configuration(void);

/* The file that the BLAS was loaded from. */
const char *dg_blas_path(void);

/* Opens a plan's shared library; returns NULL and writes why not into `message`. */
dg_library *dg_library_open(const char *path, char *message, size_t capacity);
void dg_library_close(dg_library *library);

/* Bytes that each thread needs in the region after the workspace. */
size_t dg_library_thread_scratch(const dg_library *library);

/* Numbers that a step of this epoch writes, to be checked when the epoch is over. */
typedef struct {
    unsigned epoch, region;
    unsigned long offset, count;
    /* Bytes per number: 4 for float, 8 for double; infinities may be there on purpose. */
    unsigned width, only_nan;
} dg_span;

/* What one call runs; the generated code of a plan declares the same. */
typedef struct {
    /* The steps from `first` up to `end`; an `end` behind the last step means all. */
    unsigned first, end;
    /* If not NULL, receives for each thread and step of the whole entry the start and the end in seconds. */
    double *times;
    /* In order of epochs. The call ends after the first epoch whose numbers are not all finite: memory stays as it was
       then, and `found` is one more than the number of such a span; otherwise it is 0. */
    const dg_span *spans;
    unsigned span_count, found;
} dg_request;

/* Runs steps of one entry over the memory regions; returns 0 if the library has such an entry. */
int dg_library_run(const dg_library *library, unsigned entry, dg_request *request, void *const *regions, const dg_blas *blas,
                   int threads);

/* Memory aligned to 64 bytes and filled with zeros, or NULL. */
void *dg_memory_allocate(size_t bytes);
void dg_memory_free(void *memory);

#endif
