/// What is to be done so that here and there are alike: decided from what is known, and nothing but that.
struct SyncPlan: Equatable, Sendable {
    /// Contents that are new here, each with the path of one file.
    private(set) var uploads: [(digest: String, path: String)] = []
    private(set) var downloads: [RemoteSample] = []
    /// Samples whose file has gone here.
    private(set) var hidden: [RemoteSample] = []
    /// Files whose sample has gone there, and the sample.
    private(set) var trashed: [(path: String, digest: String)] = []
    /// Samples whose content is here.
    private(set) var inStep = 0

    /// - Parameters:
    ///   - here: digests by path.
    ///   - state: after it has looked at both sides.
    init(here: [String: String], there: [RemoteSample], state: SyncState, _ rules: SyncRules) {
        let samples = Dictionary(there.map { ($0.id, $0) }) { first, _ in first }
        let (alive, digests) = (state.known.filter { samples[$0.sample] != nil }, Set(here.values))
        let (present, known) = (Set(alive.map(\.digest)), Set(state.known.map(\.digest)))
        inStep = alive.count { digests.contains($0.digest) }

        if rules.direction.isUp {
            var taken = known.union(state.pending.keys)
            for (path, digest) in here.sorted(by: { $0.key < $1.key }) where taken.insert(digest).inserted {
                uploads.append((digest, path))
            }
        }
        let missing = alive.filter { !digests.contains($0.digest) }
        if rules.direction.isDown {
            let removed = Set(state.known.filter(\.wasHere).map(\.sample))
            let held = Set(alive.filter { digests.contains($0.digest) }.map(\.sample))
            downloads = there.filter { !removed.contains($0.id) && !held.contains($0.id) }
        }
        guard rules.deletes else { return }
        if rules.direction.isUp { hidden = missing.filter(\.wasHere).compactMap { samples[$0.sample] } }
        if rules.direction.isDown {
            let gone = Set(state.known.filter { samples[$0.sample] == nil }.map(\.digest)).subtracting(present)
            trashed = here.filter { gone.contains($0.value) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    /// Whether so much would go that it looks like a mistake: a disk that is not there, or another account.
    func deletesTooMuch(of state: SyncState) -> Bool {
        let count = hidden.count + trashed.count
        return count > 10 && count > state.known.count / 2
    }

    static func == (a: SyncPlan, b: SyncPlan) -> Bool {
        a.uploads.map(\.path) == b.uploads.map(\.path) && a.downloads == b.downloads && a.hidden == b.hidden
            && a.trashed.map(\.path) == b.trashed.map(\.path)
    }
}
