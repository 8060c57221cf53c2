/// What a server answered, whatever its status.
public struct OutboundAnswer: Sendable {
    public let status: Int
    /// As the server wrote them.
    public let headers: [(name: String, value: String)]
    /// As it was sent: never unpacked, though packing was not asked for.
    public let body: [UInt8]
    /// More came than the limit allows; ``body`` holds the beginning.
    public let isCut: Bool
    /// Where it came from, after the redirects.
    public let url: OutboundURL

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first header of that name, in any case.
    public subscript(name: String) -> String? { header(name) }
}

/// What an answer begins with.
protocol AnswerHead: Sendable {
    var status: Int { get }
    var headers: [(name: String, value: String)] { get }
}

extension AnswerHead {
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension OutboundAnswer: AnswerHead {}
