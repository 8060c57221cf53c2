import Storage
import StorageTestKit
import Testing

@Suite struct FileLockTests {
    @Test func `one holds a lock alone, or any number share it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        var alone = FileLock(ifFree: path)
        #expect(alone != nil)
        #expect(FileLock(ifFree: path) == nil)
        #expect(FileLock(ifFree: path, shared: true) == nil)
        alone = nil
        var shared = [FileLock(ifFree: path, shared: true), FileLock(ifFree: path, shared: true)]
        #expect(shared.allSatisfy { $0 != nil })
        #expect(FileLock(ifFree: path) == nil)
        shared.removeLast()
        #expect(FileLock(ifFree: path) == nil)
        shared.removeLast()
        #expect(FileLock(ifFree: path) != nil)
    }
}
