import Storage

/// `application/x-www-form-urlencoded`, as queries and posted forms have it.
enum FormFields {
    /// Bytes; a longer text is not looked at.
    static let longest = 16_384
    static let mostFields = 64

    static func encode(_ fields: [(String, String)]) -> String {
        fields.map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }

    /// Nil for what is no form, or has a field twice: nothing tells which of the two was meant (RFC 6749 §3.1).
    static func decode(_ text: String) -> [String: String]? {
        guard text.utf8.count <= longest else { return nil }
        let pairs = text.split(separator: "&")
        guard pairs.count <= mostFields else { return nil }
        var fields: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decode(parts.count == 2 ? parts[1] : "", plusIsSpace: true),
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return fields
    }
}
