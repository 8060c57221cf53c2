import Storage

/// What a server answered, whatever its status, with a body that is still to come.
public struct OutboundStream: AnswerHead {
    public let status: Int
    /// As the server wrote them.
    public let headers: [(name: String, value: String)]
    /// As it is sent: never unpacked. It can be read once.
    public let body: ByteStream
    /// Where it comes from, after the redirects.
    public let url: OutboundURL

    public var isSuccess: Bool { (200..<300).contains(status) }

    func with(_ body: ByteStream) -> OutboundStream {
        OutboundStream(status: status, headers: headers, body: body, url: url)
    }
}
