import AsyncHTTPClient
import AudioCore
import Foundation
import NIOCore
import NIOHTTP1

/// An upload as the service tells of it.
struct OpenUpload: Decodable, Sendable {
    struct Link: Decodable, Sendable {
        struct Header: Decodable, Sendable {
            let name: String
            let value: String
        }

        let part: Int
        let method: String
        let url: String
        let headers: [Header]
    }

    let uploadId: String
    let status: String
    let size: Int
    let partSize: Int?
    let partCount: Int?
    let arrivedParts: [Int]
    let links: [Link]

    /// Whether it came to nothing.
    var isLost: Bool { ["rejected", "expired"].contains(status) }

    /// Whether parts are to be sent.
    var isWaiting: Bool { ["reserved", "uploading"].contains(status) && arrivedParts.count < partCount ?? 1 }

    /// Where a part is in the file; nil for one that is not in it.
    func range(of part: Int) -> Range<Int>? {
        guard let partSize, partSize > 0 else { return part == 1 ? 0..<size : nil }
        let (start, isOver) = (part - 1).multipliedReportingOverflow(by: partSize)
        guard part >= 1, !isOver, start < size else { return nil }
        return start..<min(size - start > partSize ? start + partSize : size, size)
    }
}

extension RemoteService {
    private struct Accepted: Decodable {
        let jobId: String
    }

    private struct NewUpload: Encodable {
        let filename: String
        let size: Int
        let contentType: String
        let parts: Bool
    }

    /// A file as one form; sent again from the start where that fails.
    ///
    /// - Returns: its job.
    func uploadForm(_ file: LocalFile, once key: String, _ progress: TransferProgress) async throws -> String {
        let boundary = "waxwing-\(UUID().uuidString)"
        let name = file.name.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
        let body = FileBody(
            head: "--\(boundary)\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"\(name)\"\r\n\r\n",
            file: file, range: 0..<file.size, tail: "\r\n--\(boundary)--\r\n", progress: progress)
        let response = try await send {
            var request = request(.POST, "/api/upload")
            request.headers.add(name: "Idempotency-Key", value: key)
            request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
            request.body = .stream(body, length: .known(Int64(body.count)))
            return request
        }
        return try await data(of: response, as: Accepted.self).jobId
    }

    func beginUpload(_ file: LocalFile, once key: String) async throws -> OpenUpload {
        guard let format = try file.format() else {
            throw FileProblem(
                path: file.path,
                reason: "the file is no audio by its first bytes: send WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3")
        }
        let new = NewUpload(filename: file.name, size: file.size, contentType: format.mediaType, parts: true)
        return try await post("/api/uploads", new, once: key)
    }

    /// What has arrived, and links to the rest; nil for an upload that came to nothing.
    func upload(_ id: String) async throws -> OpenUpload? {
        do {
            let upload: OpenUpload = try await get("/api/uploads/\(id)")
            return upload.isLost ? nil : upload
        } catch let problem as ServerProblem where problem.status == 404 || problem.status == 409 {
            return nil
        }
    }

    /// Says that all has arrived.
    ///
    /// - Returns: the job.
    func confirmUpload(_ id: String) async throws -> String {
        try await post("/api/uploads/\(id)/confirm", [String: String](), as: Accepted.self).jobId
    }

    /// A part of a file to where a link leads. The key stays here: a link carries its own permission.
    ///
    /// - Returns: whether it has arrived; not where the link is too old.
    func send(
        _ range: Range<Int>, of file: LocalFile, by link: OpenUpload.Link, _ progress: TransferProgress
    )
        async throws -> Bool
    {
        guard let url = address.resolving(link.url) else {
            throw ServerProblem(
                "\(address) gave a link that is less safe than itself: the file was not sent", .notUnderstood)
        }
        let body = FileBody(file: file, range: range, progress: progress)
        let response = try await send {
            var request = HTTPClientRequest(url: url)
            request.method = .RAW(value: link.method)
            for header in link.headers where !Self.own.contains(header.name.lowercased()) {
                request.headers.add(name: header.name, value: header.value)
            }
            request.body = .stream(body, length: .known(Int64(body.count)))
            return request
        }
        _ = try? await response.body.collect(upTo: 1 << 20)
        // 412 says that it arrived before, as where the answer of an earlier try was lost.
        return (200..<300).contains(response.status.code) || response.status.code == 412
    }

    /// What is written here and not by who gives links.
    private static let own: Set = ["content-length", "host", "transfer-encoding", "connection", "x-api-key"]
}

extension RemoteService {
    func data<Answer: Decodable & Sendable>(
        of response: HTTPClientResponse, as type: Answer.Type
    ) async throws -> Answer {
        try await data(of: response)
    }
}

extension AudioFormat {
    /// As the service takes it.
    fileprivate var mediaType: String {
        switch self {
        case .wav: "audio/wav"
        case .aiff: "audio/aiff"
        case .flac: "audio/flac"
        case .ogg, .opus: "audio/ogg"
        case .mp3: "audio/mpeg"
        case .m4a: "audio/mp4"
        case .aac: "audio/aac"
        }
    }
}
