/// The library itself, in C: it stands between a program and the C library.
///
/// The calls are those by which Swift, Foundation and the C core reach files and memory on Linux.
extension FaultShim {
    static let source = #"""
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <malloc.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <sys/stat.h>
        #include <unistd.h>

        enum call {
            OPEN, OPEN_TO_READ, READ, WRITE, PWRITE, STAT, LIST, MAP, MKDIR, UNLINK, CLOSE, FSYNC, RENAME, TRUNCATE, REGION,
            SMALL, MEDIUM, LARGE, CALLS
        };
        static const char *const names[CALLS] = {
            "open", "openToRead", "read", "write", "pwrite", "stat", "list", "map", "mkdir", "unlink", "close", "fsync", "rename",
            "truncate", "region", "small", "medium", "large"};
        /* In all, and before the folder of the run was there. */
        static int counts[CALLS], early[CALLS];
        static const char *under, *failure;
        static int is_ready, number, wanted = CALLS;

        __attribute__((constructor)) static void start(void)
        {
            const char *call = getenv("DG_FAULT_CALL"), *at = getenv("DG_FAULT_NUMBER");
            under = getenv("DG_FAULT_UNDER");
            failure = getenv("DG_FAULT_FAILURE");
            number = at ? atoi(at) : 0;
            while (call && failure && --wanted >= 0 && strcmp(call, names[wanted])) {}
            is_ready = 1;
        }

        /* Below one of the paths, between which colons stand. */
        static int is_under(const char *path)
        {
            const char *start = path ? under : NULL;
            while (start) {
                const size_t length = strcspn(start, ":");
                if (!strncmp(path, start, length)) return 1;
                start = start[length] ? start + length + 1 : NULL;
            }
            return 0;
        }

        static int is_file_under(int descriptor)
        {
            const int error = errno;
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            const ssize_t length = readlink(link, path, sizeof path - 1);
            errno = error;
            if (length < 0) return 0;
            path[length] = 0;
            return is_under(path);
        }

        /* 0: goes on; 1: fails, with errno set; 2: is done by half. */
        static int fault(enum call call)
        {
            if (!is_ready || __sync_add_and_fetch(&counts[call], 1) != number || (int)call != wanted) return 0;
            if (!strcmp(failure, "short")) return 2;
            errno = atoi(failure);
            return 1;
        }

        #define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        static int open_any(const char *path, int flags, unsigned mode, int (*next)(const char *, int, ...))
        {
            const enum call call = (flags & O_ACCMODE) == O_RDONLY ? OPEN_TO_READ : OPEN;
            return is_under(path) && fault(call) ? -1 : next(path, flags, mode);
        }

        int open(const char *path, int flags, ...)
        {
            va_list list;
            va_start(list, flags);
            const unsigned mode = va_arg(list, unsigned);
            va_end(list);
            return open_any(path, flags, mode, NEXT(open));
        }

        int open64(const char *path, int flags, ...)
        {
            va_list list;
            va_start(list, flags);
            const unsigned mode = va_arg(list, unsigned);
            va_end(list);
            return open_any(path, flags, mode, NEXT(open64));
        }

        /* The descriptor is gone, whatever is returned. */
        int close(int descriptor)
        {
            const int fails = is_file_under(descriptor) && fault(CLOSE), error = errno;
            const int result = NEXT(close)(descriptor);
            if (!fails) return result;
            errno = error;
            return -1;
        }

        ssize_t read(int descriptor, void *bytes, size_t count)
        {
            const int kind = is_file_under(descriptor) ? fault(READ) : 0;
            return kind == 1 ? -1 : NEXT(read)(descriptor, bytes, kind == 2 ? (count + 1) / 2 : count);
        }

        static ssize_t pread_any(int descriptor, void *bytes, size_t count, off64_t offset)
        {
            const int kind = is_file_under(descriptor) ? fault(READ) : 0;
            return kind == 1 ? -1 : NEXT(pread64)(descriptor, bytes, kind == 2 ? (count + 1) / 2 : count, offset);
        }

        ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) { return pread_any(descriptor, bytes, count, offset); }
        ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) { return pread_any(descriptor, bytes, count, offset); }

        ssize_t write(int descriptor, const void *bytes, size_t count)
        {
            const int kind = is_file_under(descriptor) ? fault(WRITE) : 0;
            return kind == 1 ? -1 : NEXT(write)(descriptor, bytes, kind == 2 ? (count + 1) / 2 : count);
        }

        static ssize_t pwrite_any(int descriptor, const void *bytes, size_t count, off64_t offset)
        {
            const int kind = is_file_under(descriptor) ? fault(PWRITE) : 0;
            return kind == 1 ? -1 : NEXT(pwrite64)(descriptor, bytes, kind == 2 ? (count + 1) / 2 : count, offset);
        }

        ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) { return pwrite_any(descriptor, bytes, count, offset); }
        ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) { return pwrite_any(descriptor, bytes, count, offset); }

        int stat(const char *path, struct stat *status) { return is_under(path) && fault(STAT) ? -1 : NEXT(stat)(path, status); }
        int lstat(const char *path, struct stat *status) { return is_under(path) && fault(STAT) ? -1 : NEXT(lstat)(path, status); }
        int fstat(int descriptor, struct stat *status) { return is_file_under(descriptor) && fault(STAT) ? -1 : NEXT(fstat)(descriptor, status); }
        int access(const char *path, int mode) { return is_under(path) && fault(STAT) ? -1 : NEXT(access)(path, mode); }
        DIR *opendir(const char *path) { return is_under(path) && fault(LIST) ? NULL : NEXT(opendir)(path); }

        int mkdir(const char *path, mode_t mode)
        {
            if (!is_under(path)) return NEXT(mkdir)(path, mode);
            memcpy(early, counts, sizeof early);
            return fault(MKDIR) ? -1 : NEXT(mkdir)(path, mode);
        }

        int unlink(const char *path) { return is_under(path) && fault(UNLINK) ? -1 : NEXT(unlink)(path); }
        int rmdir(const char *path) { return is_under(path) && fault(UNLINK) ? -1 : NEXT(rmdir)(path); }
        int fsync(int descriptor) { return is_file_under(descriptor) && fault(FSYNC) ? -1 : NEXT(fsync)(descriptor); }
        int rename(const char *from, const char *to) { return is_under(to) && fault(RENAME) ? -1 : NEXT(rename)(from, to); }
        int ftruncate(int descriptor, off_t size) { return is_file_under(descriptor) && fault(TRUNCATE) ? -1 : NEXT(ftruncate)(descriptor, size); }
        int ftruncate64(int descriptor, off64_t size) { return is_file_under(descriptor) && fault(TRUNCATE) ? -1 : NEXT(ftruncate64)(descriptor, size); }
        int truncate(const char *path, off_t size) { return is_under(path) && fault(TRUNCATE) ? -1 : NEXT(truncate)(path, size); }
        int truncate64(const char *path, off64_t size) { return is_under(path) && fault(TRUNCATE) ? -1 : NEXT(truncate64)(path, size); }

        void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset)
        {
            if (descriptor >= 0 && is_file_under(descriptor) && fault(MAP)) return MAP_FAILED;
            return NEXT(mmap)(address, size, protection, flags, descriptor, offset);
        }

        /* dlsym allocates memory itself, so the functions of the C library have to be named. */
        void *__libc_malloc(size_t);
        void *__libc_calloc(size_t, size_t);
        void *__libc_realloc(void *, size_t);
        void *__libc_memalign(size_t, size_t);

        static int lacks(size_t size) { return fault(size < 256 ? SMALL : size < 16384 ? MEDIUM : LARGE); }

        void *malloc(size_t size) { return lacks(size) ? NULL : __libc_malloc(size); }
        void *calloc(size_t count, size_t size) { return lacks(count * size) ? NULL : __libc_calloc(count, size); }
        void *realloc(void *memory, size_t size) { return lacks(size) ? NULL : __libc_realloc(memory, size); }

        int posix_memalign(void **memory, size_t alignment, size_t size)
        {
            return !lacks(size) && (*memory = __libc_memalign(alignment, size)) ? 0 : ENOMEM;
        }

        /* Regions of plans are aligned to cache lines. */
        void *aligned_alloc(size_t alignment, size_t size)
        {
            return (alignment == 64 ? fault(REGION) : lacks(size)) ? NULL : __libc_memalign(alignment, size);
        }

        __attribute__((destructor)) static void finish(void)
        {
            const char *path = getenv("DG_FAULT_COUNTS");
            FILE *file = path ? fopen(path, "w") : NULL;
            if (!file) return;
            for (int call = 0; call < CALLS; ++call) fprintf(file, "%s %d %d\n", names[call], counts[call], early[call]);
            fclose(file);
        }
        """#
}
