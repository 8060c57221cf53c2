import Storage

/// The row of a key: what was asked for, who runs it until when, and what came of it.
struct KeptRequest: Sendable {
    let name: String
    let head: String
    /// Nil until the body was read, before which nothing is done.
    let body: BodyFingerprint?
    let run: IdempotencyTicket.RunID
    let salt: [UInt8]
    /// Nil once it is done.
    let leaseUntil: Timestamp?
    /// Sealed.
    let receipt: [UInt8]?
    /// Sealed; nil also for an answer that is too long to be kept.
    let answer: [UInt8]?
}

extension KeptRequest {
    enum Standing: Equatable {
        case otherRequest
        case running
        /// Whoever ran it has not been heard of for a lease.
        case interrupted
        case done
    }

    /// How it stands when `request` comes with the same key.
    func standing(for request: RequestFingerprint, at now: Timestamp) -> Standing {
        guard head == request.head else { return .otherRequest }
        if let body, let other = request.body, body != other { return .otherRequest }
        guard let leaseUntil else { return .done }
        return now < leaseUntil ? .running : .interrupted
    }
}

extension KeptRequest {
    init(_ row: Row) throws {
        (name, head, salt) = (try row.get("name"), try row.get("head"), try row.get("salt"))
        (body, run) = (try row.get(optional: "body"), try row.get("run"))
        leaseUntil = try row.get(optional: "lease_until")
        (receipt, answer) = (try row.get(optional: "receipt"), try row.get(optional: "answer"))
    }
}
