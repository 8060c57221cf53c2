#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
