import Jobs
import Storage

/// The database as an engine with a mistake uses it.
struct FaultyDatabase: Database {
    let base: any Database
    let fault: PlantedFault
    let errand: Errand

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await base.read { try body(FaultyReadSession(base: $0, fault: fault)) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = try await base.write { session in
            do {
                return .success(try body(FaultySession(base: session, fault: fault, errand: errand)))
            } catch let error as LeaseLost where fault == .refusedEffectsAreKept {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

private struct FaultyReadSession: ReadSession {
    let base: any ReadSession
    let fault: PlantedFault

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] { try base.rows(fault.statement(sql)) }
}

private struct FaultySession: WriteSession {
    let base: any WriteSession
    let fault: PlantedFault
    let errand: Errand

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        let rows = try base.rows(fault.statement(sql))
        let text = sql.text
        switch fault {
        case .commitComparesNoToken, .commitRemembers:
            return text.hasPrefix("SELECT * FROM jobs WHERE id = ") ? rows.map(remembered) : rows
        case .signalsWakeNobody:
            guard case .signal = errand.purpose, text.hasPrefix("SELECT * FROM workflows WHERE id = ") else {
                return rows
            }
            return rows.map { $0.replacing(["awaited": .null]) }
        default: return rows
        }
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        if let dropped = fault.droppedStatement, sql.text.hasPrefix(dropped) { return 1 }
        return try base.execute(fault.statement(sql))
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) { base.afterCommit(action) }

    /// The job as it was when it was leased.
    private func remembered(_ row: Row) -> Row {
        let job: Job
        switch errand.purpose {
        case .attempt(let held), .heartbeat(let held): job = held
        default: return row
        }
        guard case .leased(let lease) = job.course.state else { return row }
        return row.replacing([
            "state": .text("leased"), "lease_token": lease.token.sqlValue, "lease_worker": .text(lease.worker),
            "lease_until": lease.until.sqlValue,
        ])
    }
}

extension PlantedFault {
    fileprivate func statement(_ sql: SQL) -> SQL {
        let isInsertion = self == .uniquenessIsForgotten && sql.text.hasPrefix("INSERT INTO jobs")
        return sql.mapParts { part in
            switch part {
            case .text(let text): .text(replacements.reduce(text) { $0.replacing($1.0, with: $1.1) })
            case .value(.text(let text)) where isInsertion && (text.hasPrefix("open:") || text.hasPrefix("window:")):
                .value(.null)
            default: part
            }
        }
    }
}

extension SQL {
    /// Without its values.
    fileprivate var text: String {
        parts.reduce(into: "") { text, part in
            if case .text(let some) = part { text += some }
        }
    }
}

extension Row {
    fileprivate func replacing(_ other: [String: SQLValue]) -> Row {
        Row(columns: columns, values: zip(columns, values).map { other[$0] ?? $1 })
    }
}
