import Crypto
import Storage

/// A request as Signature Version 4 sees it.
public struct SignableRequest: Equatable, Sendable {
    /// A header or a query parameter.
    public struct Field: Equatable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    public var method: String
    /// Percent-encoded, exactly as it goes over the wire: S3 encodes a key once and normalises nothing.
    public var path: String
    /// Not encoded, in any order.
    public var query: [Field]
    /// All that will be signed, `host` among them; names in any case.
    public var headers: [Field]

    public init(method: String, path: String, query: [Field] = [], headers: [Field]) {
        (self.method, self.path, self.query, self.headers) = (method, path, query, headers)
    }

    /// Values of the header, in order.
    public func values(of header: String) -> [String] {
        headers.filter { $0.name.lowercased() == header }.map(\.value)
    }
}

extension SignableRequest {
    /// Method, path, query, headers, their names and the payload, in the one spelling that both sides agree on.
    ///
    /// - Parameters:
    ///   - signedHeaders: lower-case names, sorted.
    ///   - payload: the value of `x-amz-content-sha256`, or what stands for it.
    func canonical(signedHeaders: [String], payload: String) -> String {
        let headers = signedHeaders.map { name in
            name + ":" + values(of: name).map(Self.collapsed).joined(separator: ",") + "\n"
        }
        return [
            method, path, canonicalQuery, headers.joined(), signedHeaders.joined(separator: ";"), payload,
        ].joined(separator: "\n")
    }

    /// Sorted by the bytes of the encoded names, then values; also what goes into the URL.
    var canonicalQuery: String {
        let pairs = query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
        return pairs.sorted { $0.0 == $1.0 ? $0.1.bytesPrecede($1.1) : $0.0.bytesPrecede($1.0) }
            .map { $0.0 + "=" + $0.1 }.joined(separator: "&")
    }

    var headerNames: [String] {
        Set(headers.map { $0.name.lowercased() }).sorted { $0.bytesPrecede($1) }
    }

    /// Without space at the ends, and each run of it inside as one space.
    private static func collapsed(_ value: String) -> String {
        value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension String {
    func bytesPrecede(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
