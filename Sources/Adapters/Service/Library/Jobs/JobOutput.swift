import Foundation
import Jobs
import SampleLibrary
import Storage

/// What a job has made, for its owner; kept as the result of the job.
public struct JobOutput: Codable, Equatable, Sendable {
    public var sample: SampleID?
    public var file: ExportedFile?
    /// Of a sound that was brought to a level.
    public var level: LeveledSound?

    init(sample: SampleID? = nil, file: ExportedFile? = nil, level: LeveledSound? = nil) {
        (self.sample, self.file, self.level) = (sample, file, level)
    }
}

/// A file that was made to be fetched, and is kept for a week.
public struct ExportedFile: Codable, Equatable, Sendable {
    public let name: String
    public let contentType: String
    /// Bytes.
    public let size: Int
    public let expiresAt: Timestamp
    let key: String
}

extension ExportedFile {
    static let folder = "exports"
    static let life = LifecycleRule.exports.life

    /// `exports/{account}/{job}/{name}`.
    static func key(_ name: String, of owner: AccountID, _ job: JobID) throws -> ObjectKey {
        try ObjectKey("\(folder)/\(owner)/\(job)/\(name)")
    }

    init(_ info: ObjectInfo, name: String, at now: Timestamp) {
        self.init(
            name: name, contentType: info.attributes.contentType, size: info.size, expiresAt: now + Self.life,
            key: info.key.text)
    }
}

extension ByteStream {
    /// The bytes of a file of ours, from its beginning.
    static func file(at path: String) throws -> ByteStream {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        return ByteStream(pull: {
            let result = await blocking { Result { try file.read(upToCount: 256 << 10) } }
            guard let bytes = try result.get(), !bytes.isEmpty else { return nil }
            return Array(bytes)
        })
    }
}
