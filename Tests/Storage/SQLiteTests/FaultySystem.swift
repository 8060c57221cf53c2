#if os(Linux) && canImport(Glibc)
import StorageTestKit
import Foundation
import Glibc

/// Lets chosen calls of the C library on the files of one folder fail, in a process that was started with its library
/// preloaded: the linker then gives its functions to everything, SQLite's own library included.
enum FaultySystem {
    /// Nil where there is none to build the library with.
    static let compiler = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").flatMap { folder in
        ["clang", "cc"].map { "\(folder)/\($0)" }
    }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Builds the library in `folder`, and has it loaded by every process that `work` starts.
    static func preloaded(in folder: String, _ work: () async throws -> Void) async throws {
        let (source, library) = (folder + "/faulty.c", folder + "/faulty.so")
        try Self.source.write(toFile: source, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: compiler ?? "cc")
        process.arguments = ["-shared", "-fPIC", "-o", library, source, "-ldl", "-pthread"]
        try process.start()
        guard await process.end() == 0 else { throw NotBuilt() }
        setenv("LD_PRELOAD", library, 1)
        defer { unsetenv("LD_PRELOAD") }
        try await work()
    }

    /// Which calls are counted, and may fail.
    enum Calls: Int32 {
        case changing, reading
    }

    /// Runs `work` while the calls of these numbers, counted from 1, fail with `code`.
    ///
    /// - Parameter folder: its real path, without links.
    /// - Returns: how many calls there were.
    static func failing(
        _ numbers: ClosedRange<Int>, of calls: Calls = .changing, with code: Int32, in folder: String,
        _ work: () async throws -> Void
    ) async throws -> Int {
        guard let start = dlsym(nil, "faulty_start"), let stop = dlsym(nil, "faulty_stop") else { throw NotBuilt() }
        unsafeBitCast(start, to: Start.self)(
            "\(folder)/", numbers.lowerBound, numbers.upperBound, code, calls.rawValue)
        do {
            try await work()
        } catch {
            _ = unsafeBitCast(stop, to: Stop.self)()
            throw error
        }
        return unsafeBitCast(stop, to: Stop.self)()
    }

    struct NotBuilt: Error {}

    private typealias Start = @convention(c) (UnsafePointer<CChar>, Int, Int, Int32, Int32) -> Void
    private typealias Stop = @convention(c) () -> Int

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>

        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        static char folder[4096];
        static long first, last, calls;
        static int code, kind, on;

        void faulty_start(const char *path, long from, long to, int error, int calls_of) {
            pthread_mutex_lock(&lock);
            snprintf(folder, sizeof folder, "%s", path);
            first = from, last = to, calls = 0, code = error, kind = calls_of, on = 1;
            pthread_mutex_unlock(&lock);
        }

        long faulty_stop(void) {
            pthread_mutex_lock(&lock);
            on = 0;
            pthread_mutex_unlock(&lock);
            return calls;
        }

        static int fails(const char *path, int reading) {
            pthread_mutex_lock(&lock);
            int counts = on && kind == reading && strncmp(path, folder, strlen(folder)) == 0;
            if (counts) calls++;
            int fault = counts && first <= calls && calls <= last;
            pthread_mutex_unlock(&lock);
            if (fault) errno = code;
            return fault;
        }

        static int fails_on(int descriptor, int reading) {
            char link[64], path[4096];
            if (!on) return 0;
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (length < 0) return 0;
            path[length] = 0;
            return fails(path, reading);
        }

        #define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        ssize_t write(int file, const void *bytes, size_t count) {
            return fails_on(file, 0) ? -1 : NEXT(write)(file, bytes, count);
        }
        ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
            return fails_on(file, 0) ? -1 : NEXT(pwrite64)(file, bytes, count, offset);
        }
        ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
            return fails_on(file, 1) ? -1 : NEXT(pread)(file, bytes, count, offset);
        }
        int fsync(int file) { return fails_on(file, 0) ? -1 : NEXT(fsync)(file); }
        int fdatasync(int file) { return fails_on(file, 0) ? -1 : NEXT(fdatasync)(file); }
        int ftruncate64(int file, off64_t length) { return fails_on(file, 0) ? -1 : NEXT(ftruncate64)(file, length); }
        int rename(const char *from, const char *to) { return fails(to, 0) ? -1 : NEXT(rename)(from, to); }
        int mkdir(const char *path, mode_t mode) { return fails(path, 0) ? -1 : NEXT(mkdir)(path, mode); }

        """
}
#endif
