import Logging
import Synchronization

/// Keeps what was logged, as one line each.
public final class LogCollector: Sendable {
    private let kept = Mutex<[(level: Logger.Level, text: String)]>([])

    public init() {}

    public var lines: [String] { kept.withLock { $0.map(\.text) } }
    /// Those about faults of the service.
    public var errors: [String] { kept.withLock { $0.filter { $0.level >= .error }.map(\.text) } }

    public var logger: Logger {
        Logger(label: "test") { _ in Handler(collector: self) }
    }

    private struct Handler: LogHandler {
        let collector: LogCollector
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            let line = "\(event.message) \(all.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
            collector.kept.withLock { $0.append((event.level, line)) }
        }
    }
}
