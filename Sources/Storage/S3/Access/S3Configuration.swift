import Foundation

/// Which bucket, on which server, for whom; and how hard to try.
public struct S3Configuration: Sendable {
    public var endpoint: S3Endpoint
    /// `us-east-1`, `auto` for R2; servers with one region take any.
    public var region: String
    public let bucket: String
    public var credentials: S3Credentials
    public var retries = S3RetryPolicy()

    /// Until a connection stands.
    public var connectTimeout = Duration.seconds(10)
    /// From the end of a request to the first byte of its answer, and between two reads of an answer. For a request's
    /// body, a second is added for every 64 KiB.
    public var answerTimeout = Duration.seconds(60)
    /// At most, to the one server.
    public var connections = 64

    /// A body up to here is held in memory and put by one request; a longer one is kept in ``spoolFolder`` first, so
    /// that its length and checksum are known before the first byte is sent. 8 MiB.
    public var memoryLimit = 8 << 20
    /// Of a multipart upload; larger where 10,000 parts would not suffice. 8 MiB, at least 5.
    public var partSize = 8 << 20
    /// Parts under way at once: with ``partSize``, what an upload holds in memory.
    public var parallelParts = 4
    /// Needs room for the longest object that is put, on a disk.
    public var spoolFolder = FileManager.default.temporaryDirectory.path

    /// What S3 takes in one put or copy.
    var singleLimit = 5 << 30

    /// - Parameter bucket: 3…63 lower-case letters, digits, `-` and `.`.
    public init(
        endpoint: S3Endpoint, region: String, bucket: String, credentials: S3Credentials
    ) throws(S3ConfigurationError) {
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789")
        guard (3...63).contains(bucket.utf8.count),
            bucket.allSatisfy({ letters.contains($0) || $0 == "-" || $0 == "." }),
            let first = bucket.first, let last = bucket.last, letters.contains(first), letters.contains(last),
            !bucket.contains("..")
        else { throw .invalid("S3_BUCKET", "it has 3 to 63 lower-case letters, digits, '-' and '.'") }
        guard endpoint.scheme == "http" || endpoint.addressing == .path || !bucket.contains(".") else {
            throw .invalid("S3_BUCKET", "a name with dots has no certificate: use path addressing (S3_ADDRESSING=path)")
        }
        guard !region.isEmpty, region.allSatisfy({ letters.contains($0) || $0 == "-" || $0 == "_" }) else {
            throw .invalid("S3_REGION", "it is a name like us-east-1")
        }
        (self.endpoint, self.region, self.bucket, self.credentials) = (endpoint, region, bucket, credentials)
    }
}

/// Why S3 cannot be used as configured. Never shows a secret.
public enum S3ConfigurationError: Error, Equatable, Sendable {
    /// The variables that would name it.
    case missing(String)
    case invalid(String, String)
    /// A file of credentials cannot be read, or has no such profile.
    case profile(String)
}

extension S3ConfigurationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let names): "S3 needs \(names): set it"
        case .invalid(let name, let rule): "\(name) is not right: \(rule)"
        case .profile(let reason): "\(reason): correct AWS_PROFILE or the file"
        }
    }
}
