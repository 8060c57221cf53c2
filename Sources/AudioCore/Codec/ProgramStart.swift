import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program that is about to run as a child of this one, with the files it is given and nothing else.
///
/// It inherits no other open file, no signal handling, no variable that is not named here; a terminal's Ctrl-C
/// is for the group of its parent.
package struct ProgramStart {
    /// What a file of the child is.
    package enum File {
        case inherited(CInt)
        case nothing
    }

    private let arguments: [String]
    private let environment: [String]
    private let files: [CInt: File]

    /// - Parameters:
    ///   - arguments: the first one is the program's absolute path.
    ///   - environment: `NAME=value`.
    ///   - files: by number; the lowest ones, without a gap.
    package init(_ arguments: [String], environment: [String], files: [CInt: File]) {
        (self.arguments, self.environment, self.files) = (arguments, environment, files)
    }

    /// Why it did not start, in the words of the system.
    package struct Failure: Error {
        package let reason: String
    }

    package func run() throws(Failure) -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var high: [CInt] = []
        defer { for descriptor in high { close(descriptor) } }
        for (number, file) in files.sorted(by: { $0.key < $1.key }) {
            switch file {
            case .nothing: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            case .inherited(let descriptor):
                // High numbers first: where this process has closed its own 0, 1 or 2, one of these may be in the way.
                let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
                guard copy >= 0 else { throw Failure(reason: systemMessage()) }
                high.append(copy)
                posix_spawn_file_actions_adddup2(&actions, copy, number)
            }
        }
        #if !canImport(Darwin)
        if cs_close_from(&actions, CInt(files.count)) != 0 {
            for descriptor in Self.openDescriptors where Int(descriptor) >= files.count {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        }
        #endif
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        #if canImport(Darwin)
        flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let (argv, variables) = (arguments.map { strdup($0) } + [nil], environment.map { strdup($0) } + [nil])
        defer { for pointer in argv + variables { free(pointer) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, arguments[0], &actions, &attributes, argv, variables)
        guard code == 0 else {
            throw Failure(reason: "\(arguments[0]) cannot be started: \(String(cString: strerror(code)))")
        }
        return id
    }

    #if !canImport(Darwin)
    /// Numbers of the files that this process has open: libraries open some that a child would inherit. One that another
    /// thread opens just after this is not among them, so it is only for where the system cannot close all others.
    private static var openDescriptors: [CInt] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: [CInt] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = CInt(name) { found.append(number) }
        }
        return found
    }
    #endif
}

/// A pipe that no child inherits which another thread starts at this moment: such a child would hold it open,
/// and its end would never be seen.
package struct UninheritedPipe {
    package let reader: CInt
    package let writer: CInt

    /// `nil` where the system gives no more files.
    package init?() {
        var ends: [CInt] = [-1, -1]
        #if canImport(Glibc)
        // `pipe2` is not visible from Swift; a pair of sockets does as well.
        let code = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        #elseif canImport(Musl)
        let code = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, &ends)
        #else
        let code = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        guard code == 0 else { return nil }
        (reader, writer) = (ends[0], ends[1])
    }

    package func closeBoth() {
        close(reader)
        close(writer)
    }
}
