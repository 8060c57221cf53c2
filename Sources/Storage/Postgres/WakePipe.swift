import Storage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Lets a thread wait for a socket, and another end the wait.
final class WakePipe: Sendable {
    enum Event {
        case readable, nudged, timeout, closed
    }

    private let reading: Int32
    private let writing: Int32
    private let isClosed = Mutex(false)

    /// Nil when the process has too many files open.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        _ = systemClose(reading)
        _ = systemClose(writing)
    }

    /// Ends one wait, now or the next.
    func nudge() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    /// Ends every wait, now and later.
    func close() {
        isClosed.withLock { $0 = true }
        nudge()
    }

    /// - Parameter socket: nil to wait for the end only.
    func wait(on socket: Int32?, atMost time: Duration) -> Event {
        let end = ContinuousClock.now + time
        while true {
            if isClosed.withLock({ $0 }) { return .closed }
            let left = Int32(clamping: (end - .now).wholeMilliseconds)
            guard left > 0 else { return .timeout }
            // A negative descriptor is passed over.
            var waited = [
                pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: socket ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waited, 2, left) > 0 else { continue }
            guard waited[0].revents != 0 else { return .readable }
            var nudges: UInt64 = 0
            _ = read(reading, &nudges, MemoryLayout.size(ofValue: nudges))
            return isClosed.withLock { $0 } ? .closed : .nudged
        }
    }
}

/// The system's, which a method of the same name hides.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
