import Foundation

/// Does something when a folder has changed and is quiet again, and now and then for what changes elsewhere.
///
/// By looking each second: the same on every file system, network disks too, and no dearer than reading the names.
struct FolderWatch {
    private static let pause = Duration.seconds(1)
    /// So many looks must see the same before it counts: a file is being copied, or a folder unpacked.
    private static let quietLooks = 2
    /// Looks between two at the service.
    private static let farLooks = 60

    let folder: SyncFolder
    let looksThere: Bool

    /// - Parameter work: returns whether it is to be done again soon, as something is under way.
    func run(_ work: () async throws -> Bool) async throws {
        while true {
            let done = folder.stamps()
            let isUnderWay = try await work()
            var (last, quiet, looks) = (done, 0, 0)
            let most = isUnderWay ? 5 : looksThere ? Self.farLooks : .max
            while true {
                try await Task.sleep(for: Self.pause)
                let now = folder.stamps()
                quiet = now == last ? quiet + 1 : 0
                (last, looks) = (now, looks + 1)
                if quiet >= Self.quietLooks, now != done || looks >= most { break }
            }
        }
    }
}
