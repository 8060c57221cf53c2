import Foundation
import Logging
import Storage

/// One line of JSON an event, on standard error. Nothing in a value can start a line of its own.
struct JSONLogHandler: LogHandler {
    /// Longer values are cut.
    private static let longest = 4096

    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(level: Logger.Level) {
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = [
            ("timestamp", Self.quoted(Timestamp(Date()).description)), ("level", Self.quoted(event.level.rawValue)),
            ("message", Self.quoted(event.message.description)),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            fields.append((key, Self.json(value)))
        }
        let line = fields.map { "\(Self.quoted($0)):\($1)" }.joined(separator: ",")
        FileHandle.standardError.write(Data("{\(line)}\n".utf8))
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let number as any BinaryInteger): "\(number)"
        case .stringConvertible(let number as Double) where number.isFinite: "\(number)"
        case .stringConvertible(let other): quoted(other.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            "{" + values.map { "\(quoted($0)):\(json($1))" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String { JSONLogText.quoted(text, atMost: longest) }
}
