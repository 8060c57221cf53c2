import Storage
import Testing

@testable import SampleLibrary

@Suite struct LibraryFilesTests {
    private let files = LibraryFiles()

    @Test func `files lie in folders, newest first`() async throws {
        let shelf = try await Shelf()
        let folder = try await shelf.write {
            try files.createFolder("Scores", of: shelf.owner, at: shelf.start, session: $0)
        }
        let (one, two, top) = (
            shelf.file("one.pdf", in: folder.id, age: 2), shelf.file("two.pdf", in: folder.id, age: 1),
            shelf.file("top.pdf")
        )
        for file in [one, two, top] { try await shelf.write { try files.insert(file, in: $0) } }
        #expect(try await shelf.list(folder.id) == [two, one])
        #expect(try await shelf.list(nil) == [top])
        let moved = try await shelf.write {
            try files.update(one.id, name: "uno.pdf", folder: .some(nil), isPublic: true, of: shelf.owner, in: $0)
        }
        #expect(moved.name == "uno.pdf" && moved.folder == nil && moved.isPublic)
        #expect(try await shelf.list(nil) == [top, moved])
        #expect(try await shelf.database.read { try files.findPublic(one.id, in: $0) } == moved)
        #expect(try await shelf.database.read { try files.findPublic(two.id, in: $0) } == nil)
    }

    @Test func `a folder goes with all that is in it, and says what that was`() async throws {
        let shelf = try await Shelf()
        let outer = try await shelf.folder("outer")
        let inner = try await shelf.folder("inner", in: outer)
        let (file, other) = (shelf.file("a", in: inner), shelf.file("b"))
        for file in [file, other] { try await shelf.write { try files.insert(file, in: $0) } }
        #expect(try await shelf.write { try files.removeFolder(outer, of: shelf.owner, in: $0) }.files == [file])
        #expect(try await shelf.list(nil) == [other])
        await #expect(throws: LibraryError.notFound("folder")) { try await shelf.folder("x", in: inner) }
    }

    @Test func `a large folder goes in portions, and stands until the last of them`() async throws {
        let shelf = try await Shelf()
        let outer = try await shelf.folder("outer")
        let inner = try await shelf.folder("inner", in: outer)
        let other = shelf.file("other")
        let inside = (0..<5).map { shelf.file("\($0)", in: $0 < 3 ? outer : inner, age: $0) }
        for file in inside + [other] { try await shelf.write { try files.insert(file, in: $0) } }
        var (gone, isOver) = ([LibraryFile](), false)
        for count in [2, 2, 1] {
            #expect(!isOver)
            #expect(try await shelf.database.read { try files.folder(inner, of: shelf.owner, in: $0) } != nil)
            let step = try await shelf.write { try files.removeFolder(outer, of: shelf.owner, atMost: 2, in: $0) }
            #expect(step.files.count == count)
            gone += step.files
            isOver = step.isOver
        }
        #expect(isOver && Set(gone.map(\.id)) == Set(inside.map(\.id)))
        #expect(try await shelf.list(nil) == [other])
        #expect(try await shelf.database.read { try files.folder(inner, of: shelf.owner, in: $0) } == nil)
    }

    @Test func `a folder goes with more folders than a statement has parameters`() async throws {
        let shelf = try await Shelf()
        let outer = try await shelf.folder("outer")
        try await shelf.write { session in
            try session.execute(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 10000000 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10033000)
                INSERT INTO folders (id, owner, parent, name, created_at)
                SELECT CAST(n AS TEXT) || substr(\(outer), 9), \(shelf.owner), \(outer), CAST(n AS TEXT), 0 FROM numbers
                """)
            try session.execute("UPDATE folders SET parent = NULL WHERE name = '10000000'")
        }
        let last = try #require(FolderID("10033000\(outer.text.dropFirst(8))"))
        let file = shelf.file("a", in: last)
        try await shelf.write { try files.insert(file, in: $0) }
        #expect(try await shelf.write { try files.removeFolder(outer, of: shelf.owner, in: $0) }.files == [file])
        let left = try await shelf.database.read {
            try files.folders(in: nil, of: shelf.owner, session: $0).map(\.name)
        }
        #expect(left == ["10000000"])
    }

    @Test func `a name is there once in a place, and no folder lies in itself`() async throws {
        let shelf = try await Shelf()
        let (a, b) = (try await shelf.folder("a"), try await shelf.folder("b"))
        await #expect(throws: LibraryError.nameTaken) { try await shelf.folder("a") }
        let inner = try await shelf.folder("a", in: a)
        await #expect(throws: LibraryError.nameTaken) {
            try await shelf.write { _ = try files.updateFolder(b, name: "a", of: shelf.owner, in: $0) }
        }
        await #expect(throws: LibraryError.insideItself) {
            try await shelf.write { _ = try files.updateFolder(a, parent: inner, of: shelf.owner, in: $0) }
        }
        let renamed = try await shelf.write { try files.updateFolder(b, name: "b", of: shelf.owner, in: $0) }
        #expect(renamed.name == "b", "its own name is no conflict")
        let moved = try await shelf.write {
            try files.updateFolder(inner, name: "c", parent: .some(nil), of: shelf.owner, in: $0)
        }
        #expect(moved.parent == nil)
        let names = try await shelf.database.read {
            try files.folders(in: nil, of: shelf.owner, session: $0).map(\.name)
        }
        #expect(names == ["a", "b", "c"])
    }

    @Test func `another account sees and changes nothing`() async throws {
        let shelf = try await Shelf()
        let stranger = AccountID.random()
        let folder = try await shelf.folder("a")
        let file = shelf.file("a", in: folder)
        try await shelf.write { try files.insert(file, in: $0) }
        #expect(try await shelf.database.read { try files.find(file.id, of: stranger, in: $0) } == nil)
        #expect(try await shelf.write { try files.remove(file.id, of: stranger, in: $0) } == nil)
        await #expect(throws: LibraryError.notFound("folder")) {
            try await shelf.write { _ = try files.removeFolder(folder, of: stranger, in: $0) }
        }
        await #expect(throws: LibraryError.notFound("file")) {
            try await shelf.write { _ = try files.update(file.id, isPublic: true, of: stranger, in: $0) }
        }
        #expect(try await shelf.write { try files.remove(file.id, of: shelf.owner, in: $0) } == file)
    }
}

extension Shelf {
    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await database.write(body)
    }

    fileprivate func file(_ name: String, in folder: FolderID? = nil, age: Int = 0) -> LibraryFile {
        let id = FileID.random()
        return LibraryFile(
            id: id, owner: owner, folder: folder, name: name, object: ObjectKey(in: "files", of: owner, id),
            contentType: "application/pdf", size: 5, etag: "e", createdAt: start - .seconds(age))
    }

    @discardableResult
    fileprivate func folder(_ name: String, in parent: FolderID? = nil) async throws -> FolderID {
        try await write { try LibraryFiles().createFolder(name, in: parent, of: owner, at: start, session: $0).id }
    }

    fileprivate func list(_ folder: FolderID?) async throws -> [LibraryFile] {
        try await database.read { try LibraryFiles().list(in: folder, of: owner, PageRequest(), session: $0).items }
    }
}
