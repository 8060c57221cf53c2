import Auth
import Billing
import Foundation
import Jobs
import Storage

/// All that the service has of an account, as one JSON document, for its owner to take away (GDPR article 20).
///
/// Written page by page while it is read, so that its size costs no memory; what changes meanwhile may be in it or not. The
/// bytes of samples, files and songs are not in it, but where they are read.
public struct AccountArchive: Sendable {
    let account: AccountID
    let accounts: Accounts

    public typealias Sink = ([UInt8]) async throws -> Void

    /// - Parameter write: takes one part of the document after the other.
    public func write(to write: Sink) async throws {
        // The closing bracket comes at the end of all.
        try await write(Array(try Self.encoded(try await head()).dropLast()))
        try await writeLibrary(to: write)
        try await writeActivity(to: write)
        try await write(Array("}\n".utf8))
    }

    private func head() async throws -> Head {
        let (account, accounts) = (account, accounts)
        return try await accounts.database.read { session in
            guard let export = try accounts.users.export(account, in: session) else {
                throw ServiceError.notFound("user")
            }
            let entitlement = try accounts.entitlements.find(account, in: session)
            return Head(
                account: export, identities: try accounts.identities.list(of: account, in: session),
                plan: entitlement.planName,
                quota: try accounts.ledger.balances(of: account, under: entitlement, in: session).map {
                    Balance(unit: $0.unit.rawValue, used: $0.used, held: $0.held)
                }, subscriptions: try accounts.subscriptions.list(of: account, in: session))
        }
    }

    private struct Head: Encodable {
        let account: AccountExport
        let identities: [LinkedIdentity]
        let plan: String
        let quota: [Balance]
        let subscriptions: [Subscription]
    }

    private struct Balance: Encodable {
        let unit: String
        let used: Int
        let held: Int
    }
}

extension AccountArchive {
    /// A further member of what is being written: `,"name":[…]`.
    ///
    /// - Parameter size: how many are in memory at once.
    func list<Item: Encodable & Sendable>(
        _ name: String, by size: Int = PageRequest.largest, to write: Sink,
        _ read: @escaping @Sendable (any ReadSession, PageRequest) throws -> Page<Item>
    ) async throws {
        var (text, separator) = (Array(",\"\(name)\":[".utf8), [UInt8]())
        try await eachPage(by: size, read) { items in
            for item in items {
                text += try separator + Self.encoded(item)
                separator = [UInt8(ascii: ",")]
            }
            try await write(text)
            text = []
        }
        try await write([UInt8(ascii: "]")])
    }

    func eachPage<Item: Sendable>(
        by size: Int = PageRequest.largest,
        _ read: @escaping @Sendable (any ReadSession, PageRequest) throws -> Page<Item>,
        _ take: ([Item]) async throws -> Void
    ) async throws {
        var after: PageCursor?
        repeat {
            try Task.checkCancellation()
            let page = try await accounts.database.read { [after] in
                try read($0, PageRequest(limit: size, after: after))
            }
            try await take(page.items)
            after = page.next
        } while after != nil
    }

    static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

extension Accounts {
    /// - Throws: ``ServiceError`` `.forbidden` for credentials that may not read account, library, jobs and what is kept in step,
    ///   or not enter rooms.
    public func archive(of caller: Principal) throws(ServiceError) -> AccountArchive {
        for permission in [Permission.readLibrary, .readJobs, .readSync, .useRooms] { _ = try caller.may(permission) }
        return AccountArchive(account: try caller.may(.readAccount), accounts: self)
    }
}
