import Storage

/// The people who may use a service: addresses, and domains as `@example.org`. An empty one lets everybody in.
///
/// A domain stands for itself and not for those below it.
public struct EmailAllowlist: Sendable, Equatable {
    public static let everybody = EmailAllowlist(addresses: [], domains: [])
    /// Entries; more are refused.
    public static let mostEntries = 10_000

    private let addresses: Set<String>
    private let domains: Set<String>

    private init(addresses: Set<String>, domains: Set<String>) {
        (self.addresses, self.domains) = (addresses, domains)
    }

    /// - Parameter text: entries with commas or white space between them; blank for everybody.
    /// - Throws: ``EmailAllowlistError``, which stops the start: an entry that is not understood must not let in nobody,
    ///   and a list of none must not let in everybody.
    public init(_ text: String) throws(EmailAllowlistError) {
        let entries = text.split { $0 == "," || $0.isWhitespace }
        guard !entries.isEmpty || text.allSatisfy(\.isWhitespace) else { throw .empty }
        guard entries.count <= Self.mostEntries else { throw .tooMany }
        var (addresses, domains): (Set<String>, Set<String>) = ([], [])
        for (index, entry) in entries.enumerated() {
            let isDomain = entry.first == "@"
            // A star is a letter like others to mail, and meant for more by whoever writes it here.
            guard !entry.contains("*"), let address = try? EmailAddress(isDomain ? "any\(entry)" : String(entry)) else {
                throw .entry(index + 1)
            }
            if isDomain { domains.insert(address.domain) } else { addresses.insert(address.text) }
        }
        self.init(addresses: addresses, domains: domains)
    }

    public var allowsEverybody: Bool { addresses.isEmpty && domains.isEmpty }

    public func allows(_ address: EmailAddress) -> Bool {
        allowsEverybody || addresses.contains(address.text) || domains.contains(address.domain)
    }
}

extension EmailAllowlist {
    /// For an address as somebody typed it, before anything is done for it. What is no address is refused elsewhere.
    ///
    /// - Throws: ``AuthError/emailNotAllowed``, whoever is registered.
    public func check(_ text: String) throws(AuthError) {
        guard !allowsEverybody, let address = try? EmailAddress(text), !allows(address) else { return }
        throw .emailNotAllowed
    }
}

extension EmailAddress {
    /// What is behind the `@`.
    fileprivate var domain: String {
        text.split(separator: "@").last.map(String.init) ?? ""
    }
}

/// Why a list of addresses is refused.
public enum EmailAllowlistError: Error, Equatable, Sendable {
    /// Commas and nothing between them.
    case empty
    /// The first entry is number 1.
    case entry(Int)
    case tooMany
}

extension EmailAllowlistError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the e-mail allowlist has no entry: leave it out to let everybody in"
        case .entry(let number):
            "entry \(number) of the e-mail allowlist is no address: write name@example.com or @example.com"
        case .tooMany: "the e-mail allowlist has more than \(EmailAllowlist.mostEntries) entries: list domains"
        }
    }
}
