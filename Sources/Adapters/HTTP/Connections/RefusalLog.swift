import Addresses
import Logging
import NIOCore
import Synchronization
import WaxwingService

/// Tells the operator whom connections were closed to before any route could tell: each is counted, and one line a second
/// and reason is logged, so that nobody fills the disk by being refused.
final class RefusalLog: Sendable {
    private let metrics: MetricRegistry
    private let logger: Logger
    private let tallies = Mutex<[RefusalReason: RefusalTally]>([:])

    init(metrics: MetricRegistry, logger: Logger) {
        (self.metrics, self.logger) = (metrics, logger)
    }

    /// - Parameters:
    ///   - address: of the peer, which may be a proxy; nil where none is known.
    ///   - eventLoop: tells of those that a line is too early for.
    func note(_ reason: RefusalReason, from address: IPAddress?, on eventLoop: any EventLoop) {
        metrics.add(to: .httpRefusals, reason.rawValue)
        let now = eventLoop.now
        switch tallies.withLock({ $0[reason, default: RefusalTally()].add(at: now) }) {
        case .tell(let count): write(reason, address, count)
        case .later(let time):
            eventLoop.scheduleTask(deadline: time) {
                guard let rest = self.tallies.withLock({ $0[reason]?.rest(at: time) }) else { return }
                self.write(reason, address, rest)
            }
        case .nothing: break
        }
    }

    private func write(_ reason: RefusalReason, _ address: IPAddress?, _ count: Int) {
        logger.info(
            "refused",
            metadata: [
                "reason": "\(reason.rawValue)", "address": "\(address.map { "\($0)" } ?? "unknown")",
                "count": .stringConvertible(count),
            ])
    }
}

/// How often something was refused since it was last told: at most once a second.
struct RefusalTally: Equatable {
    enum Outcome: Equatable {
        /// So many, with those that were not told yet.
        case tell(Int)
        /// Then ``rest(at:)`` is to be asked for.
        case later(NIODeadline)
        case nothing
    }

    static let pause = TimeAmount.seconds(1)

    private var told: NIODeadline?
    private var untold = 0

    mutating func add(at now: NIODeadline) -> Outcome {
        untold += 1
        guard let told, now < told + Self.pause else { return .tell(take(at: now)) }
        return untold == 1 ? .later(told + Self.pause) : .nothing
    }

    /// Those that no line has told of; nil where there are none, or one told of them meanwhile and it is too early for the next.
    mutating func rest(at now: NIODeadline) -> Int? {
        guard untold > 0, let told, now >= told + Self.pause else { return nil }
        return take(at: now)
    }

    private mutating func take(at now: NIODeadline) -> Int {
        defer { untold = 0 }
        told = now
        return untold
    }
}

/// Why a connection or a request was refused, in one word each for logs and metrics.
enum RefusalReason: String, CaseIterable, Sendable {
    case malformed, version, method, expectation, silent, tls, overloaded
    case targetTooLong = "target_too_long"
    case headTooLarge = "head_too_large"
    case bodyTooLarge = "body_too_large"
    case tooSlow = "too_slow"
    case slowReader = "slow_reader"
    case tooManyConnections = "too_many_connections"
}

extension Refusal {
    var reason: RefusalReason {
        switch self {
        case .malformed: .malformed
        case .targetTooLong: .targetTooLong
        case .headTooLarge: .headTooLarge
        case .bodyTooLarge: .bodyTooLarge
        case .unknownVersion: .version
        case .methodRefused: .method
        case .expectationRefused: .expectation
        case .tooSlow: .tooSlow
        case .tooManyConnections: .tooManyConnections
        case .overloaded: .overloaded
        }
    }
}
