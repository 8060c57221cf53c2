import Storage

/// `work` for each element, up to `width` at once; the results in the elements' order. The first failure ends it all.
func inOrder<Element: Sendable, Value: Sendable>(
    _ elements: some Sequence<Element> & Sendable, width: Int,
    _ work: @escaping @Sendable (Element) async throws(ObjectStoreError) -> Value
) async throws(ObjectStoreError) -> [Value] {
    do {
        return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var results: [Int: Value] = [:]
            for (index, element) in elements.enumerated() {
                if index >= max(1, width), let (done, value) = try await group.next() { results[done] = value }
                group.addTask { (index, try await work(element)) }
            }
            while let (done, value) = try await group.next() { results[done] = value }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    } catch let error as ObjectStoreError {
        throw error
    } catch {
        throw .unavailable(S3Client.words(error))
    }
}
