import Foundation
import WaxwingService

extension Doctor {
    /// Below it a busy server runs out: a connection is one, an upload two or three.
    private static let fewFiles = 4096

    static func machineFindings() -> [Finding] {
        guard let limit = OpenFileLimit.present else { return [] }
        guard limit < fewFiles else { return [.ok("open files", "\(limit) at once")] }
        return [
            .warning(
                "open files", "only \(limit) at once: about as many connections",
                "'ulimit -n 65536' before the start, or LimitNOFILE=65536 in its systemd unit")
        ]
    }

    /// The folder, who may read what is in it, and the room on its disk.
    func folderFindings() -> [Finding] {
        let folder = places.folder
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            let parent = (folder as NSString).deletingLastPathComponent
            guard FileManager.default.isWritableFile(atPath: parent) || !FileManager.default.fileExists(atPath: parent)
            else {
                return [
                    .failing(
                        "data folder", "\(folder) is not there, and cannot be made",
                        "set WAXWING_DATA to a folder that this user may write to")
                ]
            }
            return [.ok("data folder", "\(folder) will be made at the first start")]
        }
        guard isFolder.boolValue, FileManager.default.isWritableFile(atPath: folder) else {
            return [
                .failing(
                    "data folder", "\(folder) is no folder that this user may write to",
                    "give it to the user who runs the service (chown), or set WAXWING_DATA to another")
            ]
        }
        return permissionFindings() + roomFindings()
    }

    private func permissionFindings() -> [Finding] {
        let open = ([places.folder] + places.secretFiles).filter { (Self.mode(of: $0) ?? 0) & 0o077 != 0 }
        // A file behind a closed door is not open.
        guard open.contains(places.folder) else { return [.ok("data folder", "\(places.folder), for its user only")] }
        let isKeyOpen = open.count > 1
        let words = "others on this machine may \(isKeyOpen ? "read the keys and rows" : "look") in \(places.folder)"
        let remedy = "chmod 700 \(places.folder)"
        return [isKeyOpen ? .failing("data folder", words, remedy) : .warning("data folder", words, remedy)]
    }

    private func roomFindings() -> [Finding] {
        guard let space = DiskSpace(of: places.folder) else { return [] }
        let words = "\(space.free >> 20) MiB of \(space.total >> 20) MiB are free"
        let remedy =
            "remove what is not needed, move the data folder to a larger disk, or keep files in a bucket (S3_BUCKET)"
        if space.free < Readiness.leastRoom { return [.failing("disk", words, remedy)] }
        if space.free < 8 * Readiness.leastRoom { return [.warning("disk", words, remedy)] }
        return [.ok("disk", words)]
    }
}
