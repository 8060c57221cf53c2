extension Set {
    /// In parts that fit into a statement.
    func inParts<Found: Hashable>(_ find: ([Element]) throws -> [Found]) rethrows -> Set<Found> {
        let all = Array(self)
        var found: Set<Found> = []
        for start in stride(from: 0, to: all.count, by: 500) {
            found.formUnion(try find(Array(all[start..<Swift.min(start + 500, all.count)])))
        }
        return found
    }
}
