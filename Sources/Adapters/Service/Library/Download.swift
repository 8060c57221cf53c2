import Billing
import Logging
import Storage

/// Stored bytes on their way to somebody: what of them is handed on counts as sent by whose they are.
public struct Download: Sendable {
    private let body: ObjectBody
    private let account: AccountID?
    private let egress: Egress

    public var info: ObjectInfo { body.info }
    /// The bytes that ``write(to:)`` gives.
    public var range: Range<Int> { body.range }

    init(_ body: ObjectBody, of account: AccountID?, _ egress: Egress) {
        (self.body, self.account, self.egress) = (body, account, egress)
    }

    /// - Parameter write: takes one part after the other. When it throws, as nobody listens any more, what it took until
    ///   then counts, with the part that it took last.
    public func write(to write: ([UInt8]) async throws -> Void) async throws {
        var sent = 0
        do {
            for try await chunk in body.stream {
                sent += chunk.count
                try await write(chunk)
            }
        } catch {
            await egress.count(sent, of: account)
            throw error
        }
        await egress.count(sent, of: account)
    }
}

/// Counts what is sent out, and what that costs the operator.
public struct Egress: Sendable {
    let database: any Database
    let usage: UsageLog
    let prices: CostPrices
    let logger: Logger

    /// An object that is read by a link: its key names whose it is.
    public func download(_ body: ObjectBody) -> Download {
        let parts = body.info.key.text.split(separator: "/")
        return Download(body, of: parts.count > 2 ? AccountID(String(parts[1])) : nil, self)
    }

    /// In one statement. No download fails for it, and none that broke off is forgotten.
    fileprivate func count(_ bytes: Int, of account: AccountID?) async {
        guard let account, bytes > 0 else { return }
        let cost = prices.egressCost(bytes: bytes)
        do {
            // Not in the present task, which a client that goes away cancels.
            try await Task {
                try await database.write(.readCommitted) { session in
                    try usage.add(.egress, count: bytes, cost: cost, for: account, in: session)
                }
            }.value
        } catch {
            logger.warning("what was sent is not counted", metadata: ["bytes": "\(bytes)", "reason": "\(error)"])
        }
    }
}
