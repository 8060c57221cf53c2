import Storage
import StorageTestKit
import Testing

@Suite struct FileLockTests {
    @Test func `one holds a lock alone, or any number share it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        var alone = try FileLock(ifFree: path)
        #expect(alone != nil)
        #expect(try FileLock(ifFree: path) == nil)
        #expect(try FileLock(ifFree: path, shared: true) == nil)
        alone = nil
        var shared = [try FileLock(ifFree: path, shared: true), try FileLock(ifFree: path, shared: true)]
        #expect(shared.allSatisfy { $0 != nil })
        #expect(try FileLock(ifFree: path) == nil)
        shared.removeLast()
        #expect(try FileLock(ifFree: path) == nil)
        shared.removeLast()
        #expect(try FileLock(ifFree: path) != nil)
    }

    @Test func `a file that cannot be locked is not taken for one that is held`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ObjectStoreError.self) { try FileLock(ifFree: folder.path + "/none/lock") }
    }
}
