import Foundation

/// How many files and connections a process may have open.
enum OpenFiles {
    /// Asks for as many as the system allows: what it gives by default is for programs with few connections.
    ///
    /// - Returns: how many there may be.
    static func raiseLimit(to wanted: Int = 65_536) -> Int {
        var limit = rlimit()
        #if os(Linux)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        let highest = min(limit.rlim_max, rlim_t(wanted))
        if limit.rlim_cur < highest {
            var raised = limit
            raised.rlim_cur = highest
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
