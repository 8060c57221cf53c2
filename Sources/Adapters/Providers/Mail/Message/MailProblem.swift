/// Why a message cannot be written. Names the field and never shows what is in it.
public enum MailProblem: Error, Equatable, Sendable {
    case address
    /// A line break or another control character where one line is expected.
    case control(field: String)
    case tooLong(field: String, limit: Int)
    case identifier
    case unsubscribe
    case recipients(limit: Int)

    /// What becomes a line of the head could otherwise bring lines of its own.
    static func checkLine(_ text: String, of field: String, limit: Int = 998) throws(MailProblem) {
        guard text.utf8.count <= limit else { throw .tooLong(field: field, limit: limit) }
        let isClean = text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        guard isClean else { throw .control(field: field) }
    }
}

extension MailProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address: "a mail address must read name@domain, without spaces, quotes or brackets"
        case .control(let field): "\(field) has a line break or another control character: remove it"
        case .tooLong(let field, let limit): "\(field) is longer than \(limit) bytes: shorten it"
        case .identifier: "the message's id must be 1 to 128 letters, digits, dots, hyphens and underscores"
        case .unsubscribe: "the address to unsubscribe at must begin with https:// and be at most 900 plain characters"
        case .recipients(let limit): "a message goes to 1 to \(limit) recipients: send several"
        }
    }
}
