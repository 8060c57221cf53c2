import Foundation

/// Pretty JSON with sorted keys on standard output.
enum JSONOutput {
    static func write(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // What is printed here is finite by construction, so this cannot fail.
        guard let data = try? encoder.encode(value) else { return }
        print(String(decoding: data, as: UTF8.self))
    }
}
