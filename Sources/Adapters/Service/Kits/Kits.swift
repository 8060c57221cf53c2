import AudioCore
import Auth
import SampleLibrary
import Storage

/// An account's kits: which sample is on which pad, and how it plays.
public struct Kits: Sendable {
    let database: any Database
    let clock: any WallClock
    let catalog = KitCatalog()

    /// Newest first.
    public func kits(of caller: Principal, _ page: PageRequest) async throws -> Page<KitSummary> {
        let account = try caller.may(.readLibrary)
        return try await database.read { try catalog.list(of: account, page, in: $0) }
    }

    public func kit(_ id: KitID, of caller: Principal) async throws -> LibraryKit {
        try await find(id, of: caller.may(.readLibrary))
    }

    /// - Parameters:
    ///   - kit: its pads' `sample` is the identifier of a sample of theirs.
    ///   - ticket: of a request with an idempotency key: where it was received before, this is the same kit.
    /// - Throws: ``ServiceError`` `.invalid` for what no sampler takes, `.notFound` for a sample.
    public func create(
        _ kit: Kit, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> LibraryKit {
        let account = try caller.may(.changeLibrary)
        return try await keep(kit, of: account, ticket)
    }

    func keep(_ kit: Kit, of account: AccountID, _ ticket: IdempotencyTicket?) async throws -> LibraryKit {
        if let id: KitID = try ticket?.receipt() { return try await find(id, of: account) }
        for pad in kit.pads { try Self.check(pad) }
        let now = clock.now()
        return try await change { session in
            let kept = try catalog.create(kit, of: account, at: now, in: session)
            try ticket?.record(kept.id, in: session)
            return kept
        }
    }

    /// Makes a second kit with the same pads.
    public func duplicate(
        _ id: KitID, as name: String?, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> LibraryKit {
        let account = try caller.may(.changeLibrary)
        if let id: KitID = try ticket?.receipt() { return try await find(id, of: account) }
        let now = clock.now()
        return try await change { session in
            let old = try catalog.find(id, of: account, in: session)
            let copy = try catalog.duplicate(
                id, as: name ?? old?.kit.name ?? "Kit", of: account, at: now, in: session)
            try ticket?.record(copy.id, in: session)
            return copy
        }
    }

    /// Changes what is said of the whole kit: what is nil stays; banks that are `.some(nil)` are taken away.
    public func update(
        _ id: KitID, name: String? = nil, bpm: Double? = nil, banks: [KitBank]?? = nil, of caller: Principal
    ) async throws -> LibraryKit {
        let account = try caller.may(.changeLibrary)
        return try await change(id, of: account) {
            try catalog.update(id, name: name, bpm: bpm, banks: banks, of: account, in: $0)
        }
    }

    /// Removes a kit; samples stay.
    public func delete(_ id: KitID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        try await change { session in
            guard try catalog.find(id, of: account, in: session) != nil else { throw ServiceError.notFound("kit") }
            try catalog.delete(id, of: account, in: session)
        }
    }

    /// Puts a sample on a pad, in place of what is there.
    public func setPad(_ pad: KitPad, of id: KitID, for caller: Principal) async throws -> LibraryKit {
        let account = try caller.may(.changeLibrary)
        try Self.check(pad)
        return try await change(id, of: account) { try catalog.setPad(pad, of: id, owner: account, in: $0) }
    }

    /// Takes the sample off a pad; an empty one stays so.
    public func clearPad(_ pad: PadAddress, of id: KitID, for caller: Principal) async throws -> LibraryKit {
        let account = try caller.may(.changeLibrary)
        return try await change(id, of: account) { try catalog.clearPad(pad, of: id, owner: account, in: $0) }
    }

    /// Lets what is on two pads change places.
    public func exchangePads(
        _ one: PadAddress, _ other: PadAddress, of id: KitID, for caller: Principal
    ) async throws -> LibraryKit {
        let account = try caller.may(.changeLibrary)
        return try await change(id, of: account) {
            try catalog.exchangePads(one, other, of: id, owner: account, in: $0)
        }
    }

    /// Everything that a device would not take of a kit, or would play otherwise; nothing is decoded.
    public func check(
        _ id: KitID, for device: ExportTarget.Device, of caller: Principal
    ) async throws -> KitCheckReport {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            guard let kit = try catalog.find(id, of: account, in: session) else { throw ServiceError.notFound("kit") }
            let order = ExportOrder(target: ExportTarget(device), name: kit.kit.name, kit: kit.kit, samples: [])
            return try KitCheckReport(kit, order, try ExportSound.all(order.needed, of: account, in: session))
        }
    }

    private static func check(_ pad: KitPad) throws(ServiceError) {
        for (field, text) in [("name", pad.name), ("reason", pad.reason)] where text?.hasControlCharacter == true {
            throw .invalid(field: field, "\(pad.address): '\(field)' has control characters: leave them out")
        }
    }

    private func change(
        _ id: KitID, of account: AccountID, _ body: @escaping @Sendable (any WriteSession) throws -> Void
    ) async throws -> LibraryKit {
        try await change { session in
            try body(session)
            guard let kit = try catalog.find(id, of: account, in: session) else { throw ServiceError.notFound("kit") }
            return kit
        }
    }

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await ServiceError.translating { try await database.write(body) }
    }

    func find(_ id: KitID, of account: AccountID) async throws -> LibraryKit {
        guard let kit = try await database.read({ try catalog.find(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("kit")
        }
        return kit
    }
}

/// What is wrong with a kit.
public struct KitCheckReport: Equatable, Sendable {
    public struct Problem: Equatable, Sendable {
        /// Nil for what concerns the whole kit.
        public let pad: PadAddress?
        public let problem: String
        /// What to do.
        public let remedy: String
    }

    /// What keeps a pad, or the whole kit, off the card.
    public let problems: [Problem]
    /// What is left out or changed on its way to the device, in words.
    public let notes: [String]
    /// Pads that would be on the card.
    public let pads: Int
    /// Of the card at most.
    public let bytes: Int

    init(_ kit: LibraryKit, _ order: ExportOrder, _ sounds: [SampleID: ExportSound]) throws {
        let found =
            kit.kit.problems.filter { $0.pad == nil }
            + kit.kit.pads.flatMap { pad -> [KitProblem] in
                guard let sound = SampleID(pad.sample).flatMap({ sounds[$0] }) else { return [] }
                return pad.problems(
                    of: sound.length, named: sound.sample.filename, lengthensShort: order.target.lengthens)
            }
        problems = found.map { Problem(pad: $0.pad, problem: $0.problem, remedy: $0.remedy) }
        let plan = try? ExportPlan(order, sounds)
        (notes, bytes) = (plan?.notes ?? [], plan?.bytes ?? 0)
        let refused = Set(found.compactMap(\.pad))
        pads = plan?.items.count { $0.pad.map { !refused.contains($0) } ?? true } ?? 0
    }
}
