import Storage
import StorageSQLite
import Testing

@Suite struct ReferencedKeysTests {
    @Test func `a key whose first letter joins the prefix hides no other`() async throws {
        let database = try SQLiteDatabase.inMemory()
        // A combining accent and the slash before it are one letter to people, and two texts to a column.
        let keys = try ["files/\u{301}a", "files/\u{301}b", "files/\u{e9}", "songs/a"].map { try ObjectKey($0) }
        try await database.write { session in
            try session.execute("CREATE TABLE files (object_key TEXT NOT NULL)")
            for key in keys { try session.execute("INSERT INTO files (object_key) VALUES (\(key.text))") }
        }
        let referenced = SQLReferencedKeys(database, in: [ObjectReference("files", "object_key")])
        let found = try await referenced.keys(prefix: "files/", after: nil, limit: 10)
        #expect(found == keys.prefix(3).sorted())
        #expect(try await referenced.keys(prefix: "files/", after: found[0], limit: 1) == [found[1]])
    }
}
