import Storage

extension Rooms {
    /// Forgets what is old, rooms that nobody uses, and processes that are gone; for the service's upkeep.
    func forgetOld() async throws {
        let (now, limit) = (clock.now(), 1_000)
        while try await database.write(
            .readCommitted,
            {
                try records.forgetMessages(before: now - Self.memory, limit: limit, in: $0)
            }) == limit
        { try Task.checkCancellation() }
        _ = try await database.write { try records.forgetHosts(before: now - .seconds(3600), in: $0) }
        while try await database.write({
            try records.forgetRooms(before: now - Self.roomMemory, limit: limit, in: $0)
        }) == limit { try Task.checkCancellation() }
    }

    /// The rooms of a deleted account, and what it said in others.
    func erase(_ account: AccountID, in session: any WriteSession) throws {
        try records.erase(account, with: OwnRooms.namespace(of: account), in: session)
    }
}
