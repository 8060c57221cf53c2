import Foundation

/// JSON in one line, as columns of rows keep it.
package enum JSONText {
    /// - Throws: `EncodingError` for numbers that JSON has not.
    package static func encode(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
