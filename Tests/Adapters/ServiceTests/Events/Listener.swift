import Auth
import Jobs
import Storage

@testable import WaxwingService

/// Reads a feed item by item.
struct Listener {
    private var feed: AccountFeed.Iterator
    private var items: [AccountFeed.Item] = []

    init(_ events: Events, _ caller: Principal, after number: Int64? = nil) throws {
        feed = try events.feed(for: caller, after: number).makeAsyncIterator()
    }

    /// The next thing that is told; nil at the end.
    mutating func next() async throws -> AccountFeed.Item? {
        while items.isEmpty {
            guard let batch = try await feed.next() else { return nil }
            items = batch
        }
        return items.removeFirst()
    }

    /// What is told up to the first of a kind.
    mutating func until(_ kind: EventKind) async throws -> [AccountFeed.Item] {
        var heard: [AccountFeed.Item] = []
        while let item = try await next() {
            heard.append(item)
            if item.kind == kind.rawValue { break }
        }
        return heard
    }
}
