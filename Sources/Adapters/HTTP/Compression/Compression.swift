import HTTPTypes
import Hummingbird
import NIOCore

/// Compresses text that is read, for clients that take gzip.
///
/// Lengths of compressed answers tell what in them is alike. So nothing is compressed in which a secret may stand beside
/// what somebody else chose: answers to anything but a read, which carry tokens; what sets a cookie; and pages, which hold
/// tokens and what links to them say, unless they are the same for everybody. Audio, pictures and archives are compressed
/// already, and files are sent as they are, so that parts of them fit together.
struct Compression: RouterMiddleware {
    /// Fewer bytes travel as fast.
    fileprivate static let smallest = 1 << 10
    /// Up to this an answer is compressed before it is sent, so that its length can be told.
    private static let largestAtOnce = 1 << 20

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard request.method == .get || request.method == .head else { return response }
        if response.isCompressible {
            response.headers.vary(by: "Accept-Encoding")
            if AcceptedCodings(request.headers).takesGzip { try await compress(&response) }
        }
        if request.method == .head { try await response.tellLength() }
        return response
    }

    private func compress(_ response: inout Response) async throws {
        let body = response.body
        if let length = body.contentLength, length <= Self.largestAtOnce {
            let plain = try await body.collected()
            response.body = .init(byteBuffer: try Gzip().compress(plain, isLast: true))
        } else {
            response.body = ResponseBody { writer in
                try await body.write(GzipWriter(onto: writer))
            }
        }
        response.headers[.contentEncoding] = "gzip"
        // The bytes are others than those that the tag was for.
        if let tag = response.headers[.eTag].flatMap({ EntityTag($0) }), !tag.isWeak {
            response.headers[.eTag] = EntityTag(tag.opaque, isWeak: true).text
        }
    }
}

extension Response {
    fileprivate var isCompressible: Bool {
        guard status == .ok, (body.contentLength ?? .max) >= Compression.smallest, headers[.setCookie] == nil,
            headers[.contentEncoding] == nil, headers[.acceptRanges] == nil, headers[.contentRange] == nil,
            headers[.cacheControl]?.contains("no-transform") != true
        else { return false }
        let type = (headers[.contentType] ?? "").prefix { $0 != ";" }.trimmingBlanks.lowercased()
        switch type {
        case "text/html": return isStorableForAll
        case "text/event-stream": return false
        case "application/json", "application/javascript", "image/svg+xml": return true
        default: return type.hasPrefix("text/") || type.hasSuffix("+json")
        }
    }

    /// A read of the headers alone tells how many bytes there would be. Where that shows only when they are written, they are.
    fileprivate mutating func tellLength() async throws {
        guard body.contentLength == nil, headers[.contentType]?.hasPrefix("text/event-stream") != true else { return }
        headers[.contentLength] = String(try await body.counted())
    }
}

/// Compresses what is written through it.
private struct GzipWriter: ResponseBodyWriter {
    private final class Coder {
        let gzip: Gzip

        init() throws {
            gzip = try Gzip()
        }
    }

    private var target: any ResponseBodyWriter
    private var coder: Coder?

    init(onto target: any ResponseBodyWriter) {
        self.target = target
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        let coder = try coder ?? Coder()
        self.coder = coder
        let ready = try coder.gzip.compress(buffer, isLast: false)
        if ready.readableBytes > 0 { try await target.write(ready) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        let rest = try (coder ?? Coder()).gzip.compress(ByteBuffer(), isLast: true)
        try await target.write(rest)
        try await target.finish(trailingHeaders)
    }
}
