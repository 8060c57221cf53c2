import Foundation

/// One file to the service: short ones as a form, long ones in parts by links.
struct FileSender: Sendable {
    /// From here on sending again from the start would take long.
    static let longFrom = 16 << 20
    private static let partsAtOnce = 3

    let service: RemoteService
    let progress: TransferProgress

    /// - Parameters:
    ///   - key: of this file's sending; with the same one nothing comes into being twice.
    ///   - resuming: the upload that an earlier run began.
    ///   - began: is told the upload of a long file, before anything of it is sent.
    /// - Returns: the job that analyses it.
    func send(
        _ file: LocalFile, once key: String, resuming: String? = nil, began: (String) -> Void = { _ in }
    ) async throws -> String {
        guard file.size >= Self.longFrom else {
            let job = try await service.uploadForm(file, once: key, progress)
            try file.checkUnchanged()
            return job
        }
        var upload = try await start(file, once: key, resuming)
        began(upload.uploadId)
        progress.add(upload.arrivedParts.compactMap { upload.range(of: $0)?.count }.reduce(0, +))
        var fruitless = 0
        while upload.isWaiting {
            try await sendParts(of: upload, file)
            guard let next = try await service.upload(upload.uploadId) else { throw ended(file) }
            fruitless = next.arrivedParts.count > upload.arrivedParts.count ? 0 : fruitless + 1
            guard fruitless < 3 else {
                throw FileProblem(path: file.path, reason: "its parts do not arrive: try again later")
            }
            upload = next
        }
        try file.checkUnchanged()
        return try await service.confirmUpload(upload.uploadId)
    }

    /// What is there of this very file, or a new upload. A key may give one that has ended since.
    private func start(_ file: LocalFile, once key: String, _ resuming: String?) async throws -> OpenUpload {
        if let resuming, let upload = try await service.upload(resuming), upload.size == file.size { return upload }
        let begun = try await service.beginUpload(file, once: key)
        guard let upload = try await service.upload(begun.uploadId), upload.size == file.size else { throw ended(file) }
        return upload
    }

    private func sendParts(of upload: OpenUpload, _ file: LocalFile) async throws {
        let missing = upload.links.filter { !upload.arrivedParts.contains($0.part) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, link) in missing.enumerated() {
                if index >= Self.partsAtOnce { try await group.next() }
                guard let range = upload.range(of: link.part), range.upperBound <= file.size else { continue }
                group.addTask { _ = try await service.send(range, of: file, by: link, progress) }
            }
            try await group.waitForAll()
        }
    }

    private func ended(_ file: LocalFile) -> SendingEnded { SendingEnded(path: file.path) }
}

/// An upload that was begun is over without its file, as after a day: it is to be begun anew, with another key.
struct SendingEnded: Error {
    let path: String
}
