import Addresses
import NIOPosix
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The system's own resolver: its hosts file, then its name servers.
///
/// It blocks, and cannot be stopped; so it has threads of its own, on which slow name servers hold up no file and no other
/// work than names.
public struct SystemResolver: HostResolver {
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 32)
        pool.start()
        return pool
    }()

    public init() {}

    public func addresses(of name: String) async throws -> [IPAddress] {
        let answer = Answer()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                answer.hold(continuation)
                Self.threads.submit { state in
                    // Nobody waits any more for what was cancelled in the queue.
                    guard case .active = state, !answer.isGiven else { return answer.give(.success([])) }
                    answer.give(.success(Self.look(up: name)))
                }
            }
        } onCancel: {
            answer.give(.failure(CancellationError()))
        }
    }

    private static func look(up name: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = list
        while let current = entry {
            if let address = IPAddress(current.pointee), !addresses.contains(address) { addresses.append(address) }
            entry = current.pointee.ai_next
        }
        return addresses
    }

    /// Given once: by the thread that looked the name up, or by the task's cancellation.
    private final class Answer: Sendable {
        private enum State {
            case open
            case awaited(CheckedContinuation<[IPAddress], any Error>)
            case given(Result<[IPAddress], any Error>)
        }

        private let state = Mutex(State.open)

        var isGiven: Bool {
            state.withLock { if case .given = $0 { true } else { false } }
        }

        func hold(_ continuation: CheckedContinuation<[IPAddress], any Error>) {
            let result: Result<[IPAddress], any Error>? = state.withLock { state in
                if case .given(let result) = state { return result }
                state = .awaited(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }

        func give(_ result: Result<[IPAddress], any Error>) {
            let waiting: CheckedContinuation<[IPAddress], any Error>? = state.withLock { state in
                switch state {
                case .given: return nil
                case .open:
                    state = .given(result)
                    return nil
                case .awaited(let continuation):
                    state = .given(result)
                    return continuation
                }
            }
            waiting?.resume(with: result)
        }
    }
}

extension IPAddress {
    fileprivate init?(_ entry: addrinfo) {
        guard let pointer = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let address = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self)
            self = .v4(UInt32(bigEndian: address.sin_addr.s_addr))
        case AF_INET6:
            var address = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in6.self)
            self = .v6(withUnsafeBytes(of: &address.sin6_addr) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } })
        default: return nil
        }
    }
}
