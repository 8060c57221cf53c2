import Crypto
import Storage

/// The right to run the request of a key; until its lease ends, or another run has taken its place.
///
/// What creates something writes a receipt in the transaction that creates it. So a run that was cut off before its answer
/// was kept leaves either nothing or the receipt, from which the next run answers instead of doing it again; and a run
/// whose place was taken changes nothing any more.
public struct IdempotencyTicket: Sendable {
    /// Of one try to run the request.
    public typealias RunID = Identifier<IdempotencyTicket>

    let name: String
    let run: RunID
    /// With which an earlier run was cut off; nil if none came in whole.
    public let body: BodyFingerprint?
    let seal: AnswerSeal
    private let salt: [UInt8]
    private let sealedReceipt: [UInt8]?

    init(_ kept: KeptRequest, seal: AnswerSeal) {
        (name, run, body) = (kept.name, kept.run, kept.body)
        (self.seal, salt, sealedReceipt) = (seal, kept.salt, kept.receipt)
    }

    /// The same in every run of the request, and in no other request: for effects elsewhere, which no transaction of ours
    /// holds, as the idempotency key of a provider.
    ///
    /// - Parameter effect: tells several of one request apart.
    /// - Returns: 43 letters, digits, `-` and `_`.
    public func name(of effect: String) -> String {
        Base64URL.encode(SHA256.digest(of: [name, Base64URL.encode(salt), effect]))
    }

    /// What an earlier run has written; nil if it has come to nothing.
    ///
    /// - Throws: ``IdempotencyRefusal/noAnswer``.
    public func receipt<Receipt: Decodable>(as type: Receipt.Type = Receipt.self) throws -> Receipt? {
        try sealedReceipt.map { try seal.open($0, as: "receipt \(name)") }
    }

    /// Writes down what was done, sealed, in the transaction that does it.
    ///
    /// - Throws: ``IdempotencyRefusal/takenOver``: then the transaction must not be kept.
    public func record(_ receipt: some Encodable, in session: any WriteSession) throws {
        let sealed = try seal.close(receipt, as: "receipt \(name)")
        let changed = try session.execute(
            """
            UPDATE idempotency_keys SET receipt = \(sealed)
            WHERE name = \(name) AND run = \(run) AND lease_until IS NOT NULL
            """)
        guard changed == 1 else { throw IdempotencyRefusal.takenOver }
    }
}

extension IdempotencyTicket: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "run \(run) of a request" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ByteStream {
    /// Reads to the end, and keeps nothing.
    func drain() async throws {
        for try await _ in self {}
    }
}
