/// The header by which a browser saves what it is given, under a name.
package enum ContentDisposition {
    /// With a plain name for old clients and the whole one as RFC 8187 wants it.
    package static func attachment(named name: String) -> String {
        let plain = String(name.unicodeScalars.map { isPlain($0) ? Character($0) : "_" })
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.encode(name))"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        UInt8(exactly: scalar.value).map(PercentEncoding.isUnreserved) == true && scalar != "~"
    }
}
