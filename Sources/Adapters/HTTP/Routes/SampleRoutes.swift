import HTTPTypes
import Hummingbird
import NIOCore
import SampleLibrary
import Storage
import WaxwingService

/// `/api/samples`.
struct SampleRoutes {
    let library: Library

    func add(to router: RouterGroup<APIContext>) {
        router.get("samples", use: list)
        router.get("samples/:id", use: show)
        router.get("samples/:id/audio", use: audio)
        router.delete("samples/:id", use: delete)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let account = try context.requireAccount()
        return try context.answer(
            try await library.samples(of: account, request.page(of: account, list: "samples")), of: account,
            list: "samples",
            SampleView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let account = try context.requireAccount()
        return try context.answer(.ok, SampleView(try await library.sample(sampleID(context), of: account)))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let account = try context.requireAccount()
        guard request.uri.queryParameters["purge"] == "true" else {
            throw InvalidRequest(field: "purge", message: "only final removal is offered yet: add '?purge=true'")
        }
        let id = try sampleID(context)
        try await library.purge(id, of: account)
        return try context.answer(.ok, ["id": id.text])
    }

    /// The original bytes. What strangers uploaded is offered for download and never rendered.
    @Sendable private func audio(_ request: Request, context: APIContext) async throws -> Response {
        let account = try context.requireAccount()
        let range = request.headers[.range].flatMap(ByteRange.init(header:))
        let (sample, body) = try await library.audio(sampleID(context), of: account, range: range)
        var headers: HTTPFields = [
            .contentType: sample.contentType, .eTag: "\"\(body.info.etag)\"", .acceptRanges: "bytes",
            .cacheControl: "private, max-age=3600",
            .contentDisposition: ContentDisposition.attachment(named: sample.filename),
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
        if range != nil {
            headers[.contentRange] = "bytes \(body.range.lowerBound)-\(body.range.upperBound - 1)/\(body.info.size)"
        }
        let content = ResponseBody(contentLength: body.range.count) { writer in
            for try await chunk in body.stream {
                try await writer.write(ByteBuffer(bytes: chunk))
            }
            try await writer.finish(nil)
        }
        return Response(status: range == nil ? .ok : .partialContent, headers: headers, body: content)
    }

    private func sampleID(_ context: APIContext) throws -> SampleID {
        try context.identifier(ServiceError.notFound("sample"))
    }
}

extension ByteRange {
    /// One range in bytes. Several, other units and what cannot be read mean the whole file (RFC 9110 §14.2).
    init?(header: String) {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return nil }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.allSatisfy { "0"..."9" ~= $0 } }) else { return nil }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last?) where first <= last: self = .closed(first, last)
        case (let first?, nil) where ends[1].isEmpty: self = .from(first)
        case (nil, let count?) where ends[0].isEmpty: self = .suffix(count)
        default: return nil
        }
    }
}

enum ContentDisposition {
    /// With a plain name for old clients and the whole one as RFC 8187 wants it.
    static func attachment(named name: String) -> String {
        let plain = String(name.unicodeScalars.map { isPlain($0) ? Character($0) : "_" })
        let encoded = name.utf8.map { byte in
            isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%" + Checksum.hex([byte]).uppercased()
        }.joined()
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && isUnreserved(UInt8(scalar.value)) && scalar != "~"
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
