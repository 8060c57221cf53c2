import Foundation

extension LocalObjectStore {
    public func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await blocking { () throws(ObjectStoreError) in
            var walk = Walk(prefix: Array(prefix.utf8), after: last.map { Array($0.text.utf8) }, limit: limit)
            try walk.visit(objects, key: [])
            let more = walk.keys.count > limit
            let keys = walk.keys.prefix(limit)
            var found: [ObjectInfo] = []
            for (key, path) in keys {
                // One that was deleted since the folder was read is not listed.
                do throws(ObjectStoreError) {
                    found.append(try LocalObjectReader(key: key, path: path).info)
                } catch .notFound {}
            }
            return ObjectPage(objects: found, next: more ? keys.last?.key : nil)
        }
    }

    public func listKeys(
        prefix: String, after last: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectKey] {
        try await blocking { () throws(ObjectStoreError) in
            var walk = Walk(prefix: Array(prefix.utf8), after: last.map { Array($0.text.utf8) }, limit: limit)
            try walk.visit(objects, key: [])
            return walk.keys.prefix(limit).map(\.key)
        }
    }

    /// A walk over the folders in byte order of the keys; folders outside the wanted keys are not opened.
    private struct Walk {
        let prefix: [UInt8]
        let after: [UInt8]?
        let limit: Int
        var keys: [(key: ObjectKey, path: String)] = []

        /// - Parameter key: what the folders so far stand for, with a `/` at the end of each whole part.
        mutating func visit(_ folder: String, key: [UInt8]) throws(ObjectStoreError) {
            for entry in try entries(of: folder, key: key).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                guard keys.count <= limit else { return }
                if entry.isFolder {
                    guard mayHold(entry.key) else { continue }
                    try visit(entry.path, key: entry.key)
                } else if entry.key.starts(with: prefix),
                    after.map({ $0.lexicographicallyPrecedes(entry.key) }) ?? true,
                    let key = try? ObjectKey(String(decoding: entry.key, as: UTF8.self))
                {
                    keys.append((key, entry.path))
                }
            }
        }

        /// Entries of one folder; a name too long for one is put together here, so that sorting sees whole parts.
        private func entries(of folder: String, key: [UInt8]) throws(ObjectStoreError) -> [Entry] {
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: folder)
            } catch {
                // Gone since its parent was read, or a file that somebody else put here.
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                    return []
                }
                throw .unavailable("cannot list a folder of the store")
            }
            var entries: [Entry] = []
            for name in names {
                let path = "\(folder)/\(name)"
                switch LocalObjectPath.Entry(name: name) {
                case .object(let part): entries.append(Entry(key: key + part, path: path, isFolder: false))
                case .folder(let part): entries.append(Entry(key: key + part + [0x2F], path: path, isFolder: true))
                case .continued(let part): entries += try self.entries(of: path, key: key + part)
                case nil: continue
                }
            }
            return entries
        }

        private func mayHold(_ folder: [UInt8]) -> Bool {
            guard folder.starts(with: prefix) || prefix.starts(with: folder) else { return false }
            guard let after else { return true }
            return after.starts(with: folder) || after.lexicographicallyPrecedes(folder)
        }

        struct Entry {
            let key: [UInt8]
            let path: String
            let isFolder: Bool
        }
    }
}
