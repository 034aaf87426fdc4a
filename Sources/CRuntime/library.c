#include "dg_runtime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { abi_version = 2 };

typedef int (*run_function)(unsigned, dg_request *, unsigned char *const *, const dg_blas *, int);

struct dg_library {
    void *handle;
    run_function run;
    size_t thread_scratch;
};

/* Threads that wait for others at a barrier give way to whoever else wants the processor. By default LLVM's runtime only
   does so where it has more threads than processors itself, and on a machine that others use, too, a thread would spin away the
   time that the one it waits for needs. The choice is ours only where the user has made none. */
static void choose_waiting(void) { setenv("KMP_USE_YIELD", "2", 0); }

dg_library *dg_library_open(const char *path, char *message, size_t capacity)
{
    choose_waiting();
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *reason = dlerror();
        snprintf(message, capacity, "%s", reason ? reason : "cannot be loaded");
        return NULL;
    }
    unsigned (*version)(void) = (unsigned (*)(void))dlsym(handle, "dg_abi_version");
    run_function run = (run_function)dlsym(handle, "dg_run");
    unsigned long (*scratch)(void) = (unsigned long (*)(void))dlsym(handle, "dg_thread_scratch_bytes");
    dg_library *library = malloc(sizeof *library);
    if (!version || !run || !scratch || version() != abi_version || !library) {
        snprintf(message, capacity, "the library is not of this version of dg");
        free(library);
        dlclose(handle);
        return NULL;
    }
    library->handle = handle;
    library->run = run;
    library->thread_scratch = scratch();
    return library;
}

void dg_library_close(dg_library *library)
{
    if (!library) return;
    dlclose(library->handle);
    free(library);
}

size_t dg_library_thread_scratch(const dg_library *library) { return library->thread_scratch; }

int dg_library_run(const dg_library *library, unsigned entry, dg_request *request, void *const *regions, const dg_blas *blas,
                   int threads)
{
    return library->run(entry, request, (unsigned char *const *)regions, blas, threads);
}

void *dg_memory_allocate(size_t bytes)
{
    const size_t size = (bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size ? size : 64);
    if (memory) memset(memory, 0, size ? size : 64);
    return memory;
}

void dg_memory_free(void *memory) { free(memory); }
