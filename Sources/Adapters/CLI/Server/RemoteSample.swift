import AsyncHTTPClient
import AudioCore
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import StrictJSON

/// A sample of the service, as far as commands look into it.
struct RemoteSample: Equatable, Sendable {
    let id: String
    /// As its owner named it: never a path.
    let filename: String
    let contentType: String
    let size: Int

    /// - Throws: ``ServerProblem`` for an answer that lacks something.
    init(_ tree: JSONValue, from address: ServerAddress) throws {
        guard let id = tree["id"]?.string, UUID(uuidString: id) != nil, let size = tree["size"]?.integer,
            let size = Int(exactly: size), size >= 0
        else {
            throw ServerProblem("\(address) told of a sample in a way that is not understood", .notUnderstood)
        }
        (self.id, self.size) = (id, size)
        (filename, contentType) = (tree["filename"]?.string ?? "", tree["content_type"]?.string ?? "")
    }

    init(id: String, filename: String, contentType: String, size: Int) {
        (self.id, self.filename, self.contentType, self.size) = (id, filename, contentType, size)
    }
}

extension RemoteService {
    /// All samples that are shown.
    func samples() async throws -> [RemoteSample] {
        var (all, cursor): ([RemoteSample], String?) = ([], nil)
        repeat {
            let page = try await page("/api/samples", [("limit", "200")], after: cursor)
            all += try page.items.map { try RemoteSample($0, from: address) }
            // One that leads nowhere new would be followed for ever.
            cursor = page.next == cursor || page.items.isEmpty ? nil : page.next
        } while cursor != nil
        return all
    }

    /// The original bytes into a file, which is not published yet.
    ///
    /// - Returns: their SHA-256 in hexadecimal.
    func download(_ id: String, into file: OutputFile, _ progress: TransferProgress) async throws -> String {
        try await download(path: "/api/samples/\(id)/audio", into: file, progress)
    }

    /// As the other, of any file of the service.
    func download(path: String, into file: OutputFile, _ progress: TransferProgress) async throws -> String {
        let response = try await send { request(.GET, path) }
        guard response.status == .ok else {
            let body = (try? await response.body.collect(upTo: 1 << 20)) ?? ByteBuffer()
            throw refusal(response, body)
        }
        var digest = SHA256()
        var count = 0
        do {
            for try await piece in response.body {
                try Task.checkCancellation()
                piece.withUnsafeReadableBytes { bytes in
                    digest.update(bufferPointer: bytes)
                    _ = file.write(bytes)
                }
                count += piece.readableBytes
                progress.add(piece.readableBytes)
            }
        } catch {
            try Task.checkCancellation()
            throw ServerProblem("\(address) broke off in the middle of a file: try again", .someFailed)
        }
        if let length = response.headers.first(name: "Content-Length").flatMap(Int.init), length != count {
            throw ServerProblem("\(address) broke off in the middle of a file: try again", .someFailed)
        }
        return digest.finalize().hexadecimal
    }
}

extension SHA256.Digest {
    var hexadecimal: String { map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}
