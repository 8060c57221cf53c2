import AudioCore
import Foundation

/// What goes to an analysis child: one line of JSON.
struct AnalysisRequest: Codable {
    let path: String
    let waveformPoints: Int?
}

/// What comes back: one line of JSON.
enum AnalysisResponse: Codable {
    case features(AudioFeatures)
    case rejected(String)
}

enum AnalysisMessage {
    /// A line longer than this was not written by a sane child.
    static let longest = 4 << 20

    static func encode(_ message: some Encodable) throws -> [UInt8] {
        // JSON escapes line feeds in strings, so the line ends where the message does.
        Array(try JSONEncoder().encode(message)) + [UInt8(ascii: "\n")]
    }

    static func decode<Message: Decodable>(_ line: [UInt8], as type: Message.Type = Message.self) -> Message? {
        try? JSONDecoder().decode(type, from: Data(line))
    }
}
