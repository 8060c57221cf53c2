import AudioCore
import SampleLibrary
import Storage

/// What is asked of a library often, each by one call.
struct LibraryQuestion: Sendable {
    let name: String
    /// Asks it for an account, and tells how many rows came back.
    let ask: @Sendable (AccountID, any ReadSession) throws -> Int

    private init(_ name: String, _ ask: @escaping @Sendable (AccountID, any ReadSession) throws -> Int) {
        (self.name, self.ask) = (name, ask)
    }

    /// A page of 50 of a search.
    private init(
        _ name: String, after cursor: SampleCursor? = nil, _ change: (inout SampleQuery) -> Void = { _ in }
    ) {
        let query = SampleQuery(change)
        self.init(name) { owner, session in
            try SampleCatalog().search(query, of: owner, after: cursor, in: session).items.count
        }
    }

    /// - Parameter owner: whose pages are walked, to begin others' deep ones at the same places.
    static func all(walking owner: AccountID, on database: any Database) async throws -> [LibraryQuestion] {
        var questions: [LibraryQuestion] = []
        for property in SampleOrder.Property.allCases {
            for direction in property == .added ? [.descending] : SampleOrder.Direction.allCases {
                let order = SampleOrder(property, direction)
                let cursors = try await cursors(through: order, of: owner, on: database)
                let name = "by \(property.rawValue), \(direction.rawValue)"
                questions.append(LibraryQuestion(name) { $0.order = order })
                for (place, cursor) in zip(["middle", "end"], cursors) {
                    questions.append(LibraryQuestion("\(name): \(place)", after: cursor) { $0.order = order })
                }
            }
        }
        return questions + filters + others
    }

    private static let filters = [
        LibraryQuestion("hidden") { $0.isHidden = true },
        LibraryQuestion("text: common word") { $0.text = "kick" },
        LibraryQuestion("text: one letter") { $0.text = "d" },
        LibraryQuestion("text: two words") { $0.text = "dusty snare" },
        LibraryQuestion("text: rare word") { $0.text = MadeSamples.rareWord },
        LibraryQuestion("text: no such word") { $0.text = "zyx" },
        LibraryQuestion("text: common word, by name") { ($0.text, $0.order) = ("kick", SampleOrder(.name)) },
        LibraryQuestion("tag") { $0.tags = tags("soul") },
        LibraryQuestion("two tags") { $0.tags = tags("soul", "vinyl") },
        LibraryQuestion("no such tag") { $0.tags = tags("polka") },
        LibraryQuestion("key") { $0.keys = [Key(.a, .minor)] },
        LibraryQuestion("compatible keys") { $0.keys = Key(.a, .minor).compatible },
        LibraryQuestion("tempo 90…100") { $0.tempo = 90...100 },
        LibraryQuestion("tempo 90…90.5, by tempo") { ($0.tempo, $0.order) = (90...90.5, SampleOrder(.tempo)) },
        LibraryQuestion("no such tempo") { $0.tempo = 300...301 },
        LibraryQuestion("kind") { $0.kinds = [.oneShot] },
        LibraryQuestion("role") { $0.roles = [.kick] },
        LibraryQuestion("duration under 0.3 s") { $0.duration = 0...0.3 },
        LibraryQuestion("duration under 0.3 s, by duration") {
            ($0.duration, $0.order) = (0...0.3, SampleOrder(.duration))
        },
        LibraryQuestion("tempo, compatible keys, tag, kind") { all in
            (all.tempo, all.keys, all.tags, all.kinds) = (90...110, Key(.a, .minor).compatible, tags("soul"), [.loop])
        },
        LibraryQuestion("text, tempo, keys, tag, kind, by name") { all in
            (all.text, all.tempo, all.keys) = ("dusty", 80...140, Key(.a, .minor).compatible)
            (all.tags, all.kinds, all.order) = (tags("soul"), [.loop], SampleOrder(.name))
        },
    ]

    private static let others = [
        LibraryQuestion("newest with all features") {
            try SampleCatalog().list(of: $0, PageRequest(), in: $1).items.count
        },
        LibraryQuestion("count of all") { try SampleCatalog().count(SampleQuery(), of: $0, in: $1) },
        LibraryQuestion("count: tempo, keys, tag") { owner, session in
            let query = SampleQuery { all in
                (all.tempo, all.keys, all.tags) = (90...110, Key(.a, .minor).compatible, tags("soul"))
            }
            return try SampleCatalog().count(query, of: owner, in: session)
        },
        LibraryQuestion("tags and their counts") { try SampleCatalog().tags(of: $0, in: $1).count },
    ]

    private static func tags(_ names: String...) -> Set<SampleTag> { Set(names.compactMap { SampleTag($0) }) }

    /// In the middle and before the last page.
    private static func cursors(
        through order: SampleOrder, of owner: AccountID, on database: any Database
    ) async throws -> [SampleCursor] {
        let query = SampleQuery { $0.order = order }
        var cursors: [SampleCursor] = []
        repeat {
            let last = cursors.last
            let page = try await database.read {
                try SampleCatalog().ids(query, of: owner, limit: 50, after: last, in: $0)
            }
            guard let next = page.next else { break }
            cursors.append(next)
        } while true
        return cursors.isEmpty ? [] : [cursors[cursors.count / 2], cursors[cursors.count - 1]]
    }
}

extension SampleQuery {
    fileprivate init(_ change: (inout SampleQuery) -> Void) {
        self.init()
        change(&self)
    }
}
