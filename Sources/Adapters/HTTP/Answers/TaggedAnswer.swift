import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

extension APIContext {
    /// What is read, with a tag of its own: a client that asks again and brings it (`If-None-Match`) gets 304 while it is
    /// the same.
    func answer(_ data: some Encodable & Sendable, to request: Request) throws -> Response {
        try answer(data, meta, to: request)
    }

    /// The tag is weak, as `meta` differs in each answer and only its cursor counts. It costs a hash of what is sent anyway.
    func answer(_ data: some Encodable & Sendable, _ meta: EnvelopeMeta, to request: Request) throws -> Response {
        // The envelope around it, in one piece.
        var body = ByteBuffer(string: "{\"success\":true,\"data\":")
        let start = body.writerIndex
        try JSONWriter.write(data, to: &body)
        var hash = SHA256()
        body.viewBytes(at: start, length: body.writerIndex - start)?.withUnsafeBytes { hash.update(bufferPointer: $0) }
        if case .some(.some(let cursor)) = meta.nextCursor { hash.update(data: Array(cursor.utf8)) }
        body.writeString(",\"meta\":")
        try JSONWriter.write(meta, to: &body)
        body.writeString("}")
        let tag = EntityTag(hash.finalize())
        return try Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8"], body: .init(byteBuffer: body)
        ).unless(request, has: tag)
    }
}

extension EntityTag {
    /// Weak, as answers with it are also sent compressed.
    init(_ hash: SHA256Digest) {
        self.init(Data(hash.prefix(15)).base64EncodedString(), isWeak: true)
    }

    init(of content: some DataProtocol) { self.init(SHA256.hash(data: content)) }
}

extension Response {
    /// The same with its tag, or 304 for a client that has it.
    ///
    /// - Throws: ``PreconditionFailed``.
    func unless(_ request: Request, has tag: EntityTag, at now: Timestamp = Timestamp(Date())) throws -> Response {
        let version = Validators(tag)
        switch Preconditions(request.method, request.headers).verdict(for: version, at: now) {
        case .failed: throw PreconditionFailed()
        case .notModified:
            var response = Response.notModified(
                version, cacheControl: headers[.cacheControl] ?? CachePolicy.never.rawValue)
            response.headers.vary(by: "Accept-Encoding")
            return response
        case .proceed:
            var response = self
            response.headers[.eTag] = tag.text
            return response
        }
    }
}

extension Request {
    /// For changes of what has versions: refuses those that were meant for another one (`If-Match`).
    ///
    /// - Parameter version: of what is there now, by a tag that is not weak.
    /// - Throws: ``PreconditionFailed``.
    func checkConditions(for version: Validators, at now: Timestamp = Timestamp(Date())) throws {
        guard Preconditions(method, headers).verdict(for: version, at: now) == .proceed else {
            throw PreconditionFailed()
        }
    }
}
