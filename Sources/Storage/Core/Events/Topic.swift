/// The name of one sequence of events, as `user/{account}` or `job/{job}`: 1…200 bytes of UTF-8.
public struct Topic: Hashable, Sendable {
    public static let longest = 200

    public let text: String

    public init(_ text: String) throws(EventLogError) {
        guard (1...Self.longest).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw .invalidTopic(bytes: text.utf8.count)
        }
        self.text = text
    }

    /// `user/{account}`: what one account's clients follow.
    public static func user(_ account: AccountID) -> Topic { Topic(wellFormed: "user/\(account)") }

    /// What readers of the topic are told by.
    package var signal: SignalTopic { SignalTopic(wellFormed: "events:\(text)") }

    // By bytes, as databases compare: `String` takes two spellings of one letter for the same.
    public static func == (a: Topic, b: Topic) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    private init(wellFormed text: String) { self.text = text }
}

extension Topic: CustomStringConvertible {
    public var description: String { text }
}
