/// An address, and perhaps the name of who reads there.
public struct Mailbox: Hashable, Sendable {
    public let name: String?
    public let address: MailAddress

    public init(_ address: MailAddress, name: String? = nil) throws(MailProblem) {
        if let name { try MailProblem.checkLine(name, of: "a name") }
        (self.address, self.name) = (address, name?.isEmpty == true ? nil : name)
    }
}
