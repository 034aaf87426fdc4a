import Foundation
import Testing

/// A library that is loaded before all others and lets one chosen system call fail once.
///
/// Only calls on files below a folder count, found by the path or by what the descriptor stands for.
struct FaultShim {
    let library: String

    /// What may fail when files are written or memory is allocated.
    enum Call: String, CaseIterable {
        case open, write, pwrite, fsync, rename, truncate, allocate
    }

    enum Failure: Hashable {
        case error(Int32)
        /// Half of the bytes are written, as when a disk becomes full on the way.
        case short

        var text: String {
            switch self {
            case .error(let number): "\(number)"
            case .short: "short"
            }
        }
    }

    init(in folder: TemporaryFolder) throws {
        let source = try folder.write(Self.source, as: "faults.c")
        library = folder.path("faults.so")
        let manifest = try JSONText(String(contentsOfFile: Fixtures.graphPlan() + "/manifest.json", encoding: .utf8))
        let compiler = Process()
        compiler.executableURL = URL(
            fileURLWithPath: (manifest.members["compiler"] as? [String: Any])?["path"] as? String ?? "/usr/bin/cc")
        compiler.arguments = ["-O1", "-shared", "-fPIC", source, "-o", library, "-ldl"]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
    }

    /// The environment in which a call fails once, or in which calls are only counted.
    func environment(
        under folder: String, _ fault: (call: Call, number: Int, failure: Failure)? = nil, counts: String? = nil
    ) -> [String: String] {
        var environment = ["LD_PRELOAD": library, "DG_FAULT_UNDER": folder]
        environment["DG_FAULT_COUNTS"] = counts
        if let fault {
            environment["DG_FAULT_CALL"] = fault.call.rawValue
            environment["DG_FAULT_NUMBER"] = "\(fault.number)"
            environment["DG_FAULT_FAILURE"] = fault.failure.text
        }
        return environment
    }

    /// How often each call came, as a run has written it.
    static func counts(_ file: String) throws -> [Call: Int] {
        var counts: [Call: Int] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let call = Call(rawValue: String(words[0])) { counts[call] = Int(words[1]) }
        }
        return counts
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        enum call { OPEN, WRITE, PWRITE, FSYNC, RENAME, TRUNCATE, ALLOCATE, CALLS };
        static const char *const names[CALLS] = {"open", "write", "pwrite", "fsync", "rename", "truncate", "allocate"};
        static int counts[CALLS];

        static int is_under(const char *path)
        {
            const char *folder = getenv("DG_FAULT_UNDER");
            return folder && path && !strncmp(path, folder, strlen(folder));
        }

        static int is_file_under(int descriptor)
        {
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            const ssize_t length = readlink(link, path, sizeof path - 1);
            if (length < 0) return 0;
            path[length] = 0;
            return is_under(path);
        }

        /* 0: goes on; 1: fails, with errno set; 2: is done by half. */
        static int fault(enum call call)
        {
            const int number = __sync_add_and_fetch(&counts[call], 1);
            const char *wanted = getenv("DG_FAULT_CALL"), *at = getenv("DG_FAULT_NUMBER"), *failure = getenv("DG_FAULT_FAILURE");
            if (!wanted || !at || !failure || strcmp(wanted, names[call]) || number != atoi(at)) return 0;
            if (!strcmp(failure, "short")) return 2;
            errno = atoi(failure);
            return 1;
        }

        #define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        static int open_any(const char *path, int flags, unsigned mode, int (*next)(const char *, int, ...))
        {
            if ((flags & O_ACCMODE) != O_RDONLY && is_under(path) && fault(OPEN)) return -1;
            return next(path, flags, mode);
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

        ssize_t write(int descriptor, const void *bytes, size_t count)
        {
            const int kind = is_file_under(descriptor) ? fault(WRITE) : 0;
            if (kind == 1) return -1;
            return NEXT(write)(descriptor, bytes, kind == 2 ? (count + 1) / 2 : count);
        }

        static ssize_t pwrite_any(int descriptor, const void *bytes, size_t count, off64_t offset)
        {
            const int kind = is_file_under(descriptor) ? fault(PWRITE) : 0;
            if (kind == 1) return -1;
            return NEXT(pwrite64)(descriptor, bytes, kind == 2 ? (count + 1) / 2 : count, offset);
        }

        ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) { return pwrite_any(descriptor, bytes, count, offset); }
        ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) { return pwrite_any(descriptor, bytes, count, offset); }

        int fsync(int descriptor) { return is_file_under(descriptor) && fault(FSYNC) ? -1 : NEXT(fsync)(descriptor); }
        int rename(const char *from, const char *to) { return is_under(to) && fault(RENAME) ? -1 : NEXT(rename)(from, to); }
        int ftruncate(int descriptor, off_t size) { return is_file_under(descriptor) && fault(TRUNCATE) ? -1 : NEXT(ftruncate)(descriptor, size); }
        int ftruncate64(int descriptor, off64_t size) { return is_file_under(descriptor) && fault(TRUNCATE) ? -1 : NEXT(ftruncate64)(descriptor, size); }
        int truncate(const char *path, off_t size) { return is_under(path) && fault(TRUNCATE) ? -1 : NEXT(truncate)(path, size); }
        int truncate64(const char *path, off64_t size) { return is_under(path) && fault(TRUNCATE) ? -1 : NEXT(truncate64)(path, size); }

        /* Regions of plans are aligned to cache lines. */
        void *aligned_alloc(size_t alignment, size_t size)
        {
            return alignment == 64 && fault(ALLOCATE) ? NULL : NEXT(aligned_alloc)(alignment, size);
        }

        __attribute__((destructor)) static void finish(void)
        {
            const char *path = getenv("DG_FAULT_COUNTS");
            FILE *file = path ? fopen(path, "w") : NULL;
            if (!file) return;
            for (int call = 0; call < CALLS; ++call) fprintf(file, "%s %d\n", names[call], counts[call]);
            fclose(file);
        }
        """#
}
