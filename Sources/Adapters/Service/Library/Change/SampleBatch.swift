import Auth
import Jobs
import SampleLibrary
import Storage

/// One change of many samples.
public struct SampleBatch: Sendable {
    public enum Action: String, CaseIterable, Sendable {
        case tag, untag, hide, restore, purge, analyze
    }

    public static let most = 100

    let action: Action
    /// In order, each once; nil for a text that names nothing.
    let samples: [(text: String, id: SampleID?)]
    let tags: Set<SampleTag>

    /// - Throws: ``ServiceError`` `.invalid` naming the field.
    public init(action: String, ids: [String], tags: [String]? = nil) throws(ServiceError) {
        guard let action = Action(rawValue: action) else {
            let known = Action.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(field: "action", "'action' is one of \(known)")
        }
        guard (1...Self.most).contains(ids.count) else {
            throw .invalid(field: "ids", "'ids' are 1 to \(Self.most) samples: send the rest after them")
        }
        guard ids.allSatisfy({ $0.utf8.count <= 64 && !$0.hasControlCharacter }) else {
            throw .invalid(field: "ids", "'ids' are names of samples")
        }
        let needsTags = action == .tag || action == .untag
        guard needsTags == (tags != nil), tags?.isEmpty != true else {
            throw .invalid(
                field: "tags", needsTags ? "'tags' are missing: name one at least" : "'tags' go with 'tag' and 'untag'")
        }
        var seen: Set<String> = []
        samples = ids.filter { seen.insert($0).inserted }.map { ($0, SampleID($0)) }
        (self.action, self.tags) = (action, try SampleTag.checked(tags ?? []))
    }
}

/// What became of one of many samples.
public struct SampleOutcome: Equatable, Sendable {
    public enum Result: Equatable, Sendable {
        case done
        case accepted(JobID)
        case notFound
        /// With the reason.
        case refused(String)
    }

    /// As it was asked for.
    public let id: String
    public let result: Result
}

extension SampleWork {
    /// Changes many samples; those that are not there hold up no others. Analyses are begun one by one, all else is one
    /// transaction.
    public func change(_ batch: SampleBatch, of caller: Principal) async throws -> [SampleOutcome] {
        if batch.action == .analyze { return try await analyze(batch, of: caller) }
        let account = try caller.may(.changeLibrary)
        let now = clock.now()
        return try await database.write { session in
            try batch.samples.map { text, id in
                guard let id else { return SampleOutcome(id: text, result: .notFound) }
                return SampleOutcome(id: text, result: try apply(batch, to: id, of: account, at: now, in: session))
            }
        }
    }

    private func apply(
        _ batch: SampleBatch, to id: SampleID, of account: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws -> SampleOutcome.Result {
        let catalog = library.catalog
        let isKnown: Bool
        var event: ((AccountEvent.SampleFacts) -> AccountEvent)?
        switch batch.action {
        case .tag, .untag:
            let present = Set(try catalog.tags(of: id, owner: account, in: session))
            let wanted = batch.action == .tag ? present.union(batch.tags) : present.subtracting(batch.tags)
            do {
                isKnown = try catalog.setTags(wanted, of: id, owner: account, in: session)
                if wanted != present { event = { .sampleChanged($0) } }
            } catch let error as LibraryError {
                return .refused(error.description)
            }
        case .hide: (isKnown, event) = (try catalog.hide(id, of: account, at: now, in: session), { .sampleHidden($0) })
        case .restore: (isKnown, event) = (try catalog.restore(id, of: account, in: session), { .sampleRestored($0) })
        case .purge: isKnown = try library.remove(id, of: account, in: session)
        case .analyze: isKnown = false
        }
        guard isKnown else { return .notFound }
        if let event { try library.tell(id, of: account, in: session, event) }
        return .done
    }

    private func analyze(_ batch: SampleBatch, of caller: Principal) async throws -> [SampleOutcome] {
        _ = (try caller.may(.changeLibrary), try caller.may(.process))
        var outcomes: [SampleOutcome] = []
        for (text, id) in batch.samples {
            outcomes.append(SampleOutcome(id: text, result: try await begin(id, of: caller)))
        }
        return outcomes
    }

    private func begin(_ id: SampleID?, of caller: Principal) async throws -> SampleOutcome.Result {
        guard let id else { return .notFound }
        do {
            return .accepted(try await analyze(id, of: caller).job)
        } catch let error as ServiceError {
            switch error {
            case .notFound: return .notFound
            case .quotaExceeded, .unavailable: return .refused(error.description)
            default: throw error
            }
        }
    }
}
