/// One request to an address that somebody named.
public struct OutboundRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public struct Limits: Sendable {
        /// For each of the host's addresses.
        public var connect = Duration.seconds(5)
        /// For everything, the look-up of names and all redirects included.
        public var total = Duration.seconds(30)
        /// Of the answer, in bytes.
        public var head = 32 << 10
        /// Of the answer, in bytes; a longer one is cut there. 0: the answer is whole with its head, whatever becomes of the
        /// rest.
        public var body = 1 << 20

        public init() {}
    }

    public let method: Method
    /// Read by ``OutboundURL`` when it is sent.
    public let url: String
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    public var limits = Limits()
    /// How many to follow, of `GET` and `HEAD` only; 0 gives a redirect to the caller as any other answer.
    public var redirects = 0

    /// - Throws: for a header that is not plain text, or that belongs to the connection: `Host`, `Content-Length`, ….
    public init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) throws(OutboundHeaderProblem) {
        for header in headers { try OutboundHeaderProblem.check(header.name, header.value) }
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
    }
}
