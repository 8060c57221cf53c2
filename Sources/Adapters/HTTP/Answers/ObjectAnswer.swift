import HTTPTypes
import Hummingbird
import NIOCore
import Storage

extension Response {
    /// The bytes of an object. What strangers uploaded is offered for download and never rendered.
    ///
    /// - Parameter isPart: whether a range was asked for.
    init(
        _ body: ObjectBody, isPart: Bool, contentType: String, downloadName: String?, cacheControl: String
    ) {
        var headers: HTTPFields = [
            .contentType: contentType, .eTag: "\"\(body.info.etag)\"", .acceptRanges: "bytes",
            .cacheControl: cacheControl,
            .contentDisposition: downloadName.map(ContentDisposition.attachment) ?? "attachment",
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
        if isPart {
            headers[.contentRange] = "bytes \(body.range.lowerBound)-\(body.range.upperBound - 1)/\(body.info.size)"
        }
        let content = ResponseBody(contentLength: body.range.count) { writer in
            for try await chunk in body.stream {
                try await writer.write(ByteBuffer(bytes: chunk))
            }
            try await writer.finish(nil)
        }
        self.init(status: isPart ? .partialContent : .ok, headers: headers, body: content)
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
