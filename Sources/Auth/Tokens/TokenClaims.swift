import Storage
import StrictJSON

/// What a token says that was checked.
public struct TokenClaims: Sendable {
    public let issuer: String
    public let subject: String
    public let expiresAt: Timestamp
    private let others: JSONObject

    init(issuer: String, subject: String, expiresAt: Timestamp, others: JSONObject) {
        (self.issuer, self.subject) = (issuer, subject)
        (self.expiresAt, self.others) = (expiresAt, others)
    }

    func has(_ name: String) -> Bool { others[name] != nil }

    /// A claim that is text.
    public func text(_ name: String) -> String? { others[name]?.string }

    /// A claim that is a list of texts, or one of them alone.
    public func texts(_ name: String) -> [String]? {
        switch others[name] {
        case .string(let text): [text]
        case .array(let values) where values.allSatisfy({ $0.string != nil }): values.compactMap(\.string)
        default: nil
        }
    }

    /// A claim that is true or false.
    public func flag(_ name: String) -> Bool? {
        if case .boolean(let flag) = others[name] { flag } else { nil }
    }

    /// A claim that is a time: seconds since 1970, up to the year 9999.
    public func time(_ name: String) -> Timestamp? { others[name]?.timestamp }
}

extension JSONValue {
    /// Seconds since 1970, with or without a fraction, up to the year 9999.
    var timestamp: Timestamp? {
        guard let seconds = double, (0...253_402_300_799).contains(seconds) else { return nil }
        return Timestamp(milliseconds: Int64(seconds * 1000))
    }
}
