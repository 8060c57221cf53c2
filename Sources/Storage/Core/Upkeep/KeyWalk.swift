/// All keys below a prefix in byte order, a page at a time. A damaged object does not end the walk.
package struct KeyWalk {
    static let page = 1000

    private var keys: Pages<ObjectKey>

    /// - Parameter start: the walk begins with the key that follows it.
    package init(_ store: any ObjectStore, prefix: String, after start: ObjectKey? = nil) {
        keys = Pages { last in try await store.listKeys(prefix: prefix, after: last ?? start, limit: Self.page) }
    }

    package mutating func next() async throws -> ObjectKey? {
        try await keys.next()
    }
}

/// Elements of a list that comes in pages; a page shorter than it may be is the last.
struct Pages<Element: Sendable> {
    private let fetch: (Element?) async throws -> [Element]
    private var rest: ArraySlice<Element> = []
    private var last: Element?
    private var isAtEnd = false

    /// - Parameter fetch: gives up to ``KeyWalk/page`` elements that follow the one it is given.
    init(_ fetch: @escaping (Element?) async throws -> [Element]) {
        self.fetch = fetch
    }

    mutating func next() async throws -> Element? {
        if rest.isEmpty, !isAtEnd {
            let page = try await fetch(last)
            isAtEnd = page.count < KeyWalk.page
            (rest, last) = (page[...], page.last)
        }
        return rest.popFirst()
    }
}
