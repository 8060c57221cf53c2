/// What a link lets its holder do, once its signature is checked.
public struct SignedLink: Equatable, Sendable {
    public enum Access: Codable, Equatable, Sendable {
        /// Read the object, whole or in ranges, or ask about it.
        case read(downloadName: String?)
        /// Put an object of exactly `size` bytes with these attributes.
        ///
        /// - Parameter replacing: whether one that is there already gives way.
        case put(size: Int, attributes: ObjectAttributes, replacing: Bool)
        /// Send one part of exactly `size` bytes.
        ///
        /// - Parameter upload: ``MultipartUpload/id``.
        case part(number: Int, size: Int, upload: String)
    }

    public let key: ObjectKey
    public let access: Access
    public let issued: Timestamp
    public let expires: Timestamp
}

extension SignedLink.Access {
    var methods: [String] {
        switch self {
        case .read: ["GET", "HEAD"]
        case .put, .part: ["PUT"]
        }
    }

    /// Bytes that must come; nil where none do.
    var size: Int? {
        switch self {
        case .read: nil
        case .put(let size, _, _), .part(_, let size, _): size
        }
    }

    /// The content type that must be declared; nil where any may be.
    var contentType: String? {
        if case .put(_, let attributes, _) = self { attributes.contentType } else { nil }
    }
}

/// What an HTTP server knows of a request before its body.
public struct LinkRequest: Sendable {
    public let method: String
    /// As it came: percent-encoded, from the first `/`, without the query.
    public let path: String
    /// As it came, without the `?`.
    public let query: String
    /// `Content-Length`.
    public let length: Int?
    public let contentType: String?

    public init(method: String, path: String, query: String, length: Int?, contentType: String?) {
        (self.method, self.path, self.query) = (method, path, query)
        (self.length, self.contentType) = (length, contentType)
    }
}

/// Why a request by link is not let in. Nothing but the first two is told to somebody without a good signature.
public enum SignedLinkRefusal: Error, Equatable, Sendable {
    case malformed
    case wrongSignature
    case expired(Timestamp)
    case wrongMethod(allowed: [String])
    case lengthRequired
    case wrongLength(expected: Int)
    case wrongType(expected: String)
}

extension SignedLinkRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed:
            "this is no whole link: use it exactly as it was given"
        case .wrongSignature:
            "the link is not one of this service, or was changed: ask for a new one"
        case .expired(let moment):
            "the link was good until \(moment): ask for a new one"
        case .wrongMethod(let allowed):
            "the link is for \(allowed.joined(separator: " and ")): ask for one for what you want to do"
        case .lengthRequired:
            "the length is missing: send Content-Length"
        case .wrongLength(let expected):
            "the link is for exactly \(expected) bytes: send those, or ask for a link for another length"
        case .wrongType(let expected):
            "the link is for content of the type \(expected): send that type, or ask for a link for another"
        }
    }
}
