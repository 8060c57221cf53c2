#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Starts a program with one input, one output and nothing else of this process.
///
/// - Parameter arguments: the first one is the program's absolute path.
func spawn(
    _ arguments: [String], input: CInt, output: CInt
) throws(AudioError) -> pid_t {
    // High numbers: where this process has closed its own 0, 1 or 2, an end of the pipe may be one of those.
    let (high, highOutput) = (fcntl(input, F_DUPFD_CLOEXEC, 10), fcntl(output, F_DUPFD_CLOEXEC, 10))
    defer { for descriptor in [high, highOutput] where descriptor >= 0 { close(descriptor) } }
    guard high >= 0, highOutput >= 0 else { throw .cannotRead(reason: systemMessage()) }
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
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, highOutput, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, high, DecoderProcess.inputDescriptor)
    for descriptor in openDescriptors where descriptor > DecoderProcess.inputDescriptor {
        posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // A server ignores broken pipes, and a terminal's Ctrl-C is for the group of its own program.
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

    let argv = arguments.map { strdup($0) } + [nil]
    let environment = [strdup("LC_ALL=C"), nil]
    defer { for pointer in argv + environment { free(pointer) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, arguments[0], &actions, &attributes, argv, environment)
    guard code == 0 else {
        throw .cannotRead(reason: "\(arguments[0]) cannot be started: \(String(cString: strerror(code)))")
    }
    return id
}

/// Numbers of the files that this process has open: libraries open some that a child would inherit.
private var openDescriptors: [CInt] {
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

/// A pipe that no child inherits which another thread starts at this moment: such a child would hold it open,
/// and its end would never be seen.
func uninheritedPipe() throws(AudioError) -> (reader: CInt, writer: CInt) {
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
    guard code == 0 else { throw .cannotRead(reason: systemMessage()) }
    return (ends[0], ends[1])
}

/// The program and arguments that run `arguments[0]` with limits on what it may take of the machine.
///
/// `prlimit` is part of every Linux (util-linux); elsewhere there is the deadline alone.
func limited(_ arguments: [String], seconds: Int64, memory: Int) -> [String] {
    #if os(Linux)
    let limits = [
        "as": lowered(RLIMIT_AS, to: memory), "cpu": lowered(RLIMIT_CPU, to: Int(clamping: max(1, seconds))),
        "nofile": lowered(RLIMIT_NOFILE, to: 16), "fsize": 0, "core": 0,
    ]
    return ["/usr/bin/prlimit"] + limits.map { "--\($0)=\($1)" } + arguments
    #else
    return arguments
    #endif
}

#if os(Linux)
#if canImport(Glibc)
private typealias Resource = __rlimit_resource
#else
private typealias Resource = CInt
#endif

/// `most`, or this process's own limit where that is lower: no limit can be raised.
private func lowered(_ resource: Resource, to most: Int) -> rlim_t {
    var own = rlimit()
    #if canImport(Glibc)
    let code = getrlimit(__rlimit_resource_t(resource.rawValue), &own)
    #else
    let code = getrlimit(resource, &own)
    #endif
    return code == 0 ? min(own.rlim_max, rlim_t(most)) : rlim_t(most)
}
#endif
