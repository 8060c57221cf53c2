/// What is in a store, told without reading it.
struct StoreContent: Equatable, Sendable {
    /// Also the damaged ones.
    private(set) var objects = 0
    /// Of those that can be told.
    private(set) var bytes = 0
    /// Of which nothing can be told.
    private(set) var damaged: [ObjectKey] = []

    /// - Complexity: one request for each object.
    init(of store: any ObjectStore) async throws {
        var keys = KeyWalk(store, prefix: "")
        while let key = try await keys.next() {
            try Task.checkCancellation()
            objects += 1
            do throws(ObjectStoreError) {
                bytes += try await store.head(key).size
            } catch {
                guard case .corrupted = error else { throw error }
                damaged.append(key)
            }
        }
    }
}
