import Hummingbird
import Storage

extension Request {
    /// A parameter of the query that there may be one of.
    ///
    /// Parameters that a route does not know are passed over, as links pick them up on their way. One that is there twice
    /// is refused, as readers differ in which they take.
    ///
    /// - Throws: ``InvalidRequest`` where it is there twice, or is no text.
    func parameter(_ name: String) throws -> String? {
        var found: String?
        for pair in (uri.query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = Substring(pair).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, PercentEncoding.decode(first, plusIsSpace: true) == name else { continue }
            guard found == nil else {
                throw InvalidRequest(field: name, message: "'\(name)' is there twice: give it once")
            }
            let value = parts.count > 1 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : ""
            guard let value, !value.utf8.contains(0) else {
                throw InvalidRequest(field: name, message: "'\(name)' is no text: percent-encode UTF-8")
            }
            found = value
        }
        return found
    }
}
