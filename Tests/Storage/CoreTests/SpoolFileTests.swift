import Foundation
import Storage
import StorageTestKit
import Testing

@Suite struct SpoolFileTests {
    @Test func `gives back what was kept, and has no name`() throws {
        let folder = try TemporaryFolder()
        let file = try SpoolFile(folder: folder.path)
        #expect(try folder.contents().isEmpty)
        try file.append([1, 2, 3])
        try file.append([4])
        #expect(try file.read(at: 1, count: 2) == [2, 3])
        #expect(try file.read(at: 3, count: 10) == [4])
        #expect(try file.read(at: 9, count: 1) == [])
    }

    @Test func `a folder that is not there is unavailable`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ObjectStoreError.self) { try SpoolFile(folder: folder.path + "/none") }
    }
}
