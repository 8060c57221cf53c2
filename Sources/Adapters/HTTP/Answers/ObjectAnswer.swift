import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import WaxwingService

/// A stored file, and how it is handed out.
struct FileAnswer: Sendable {
    /// How it is told to the client.
    struct Form: Sendable {
        let contentType: String
        let downloadName: String?
        var cacheControl = CachePolicy.ownFile.rawValue
    }

    /// What there is, without the bytes.
    let look: @Sendable () async throws -> (Form, ObjectInfo)
    /// The bytes, or a part of them.
    let open: @Sendable (ByteRange?) async throws -> (Form, Download)
}

extension APIContext {
    /// All of a file, a part of it, or that the client has it: as the request's conditions say.
    func answer(_ file: FileAnswer, to request: Request, at now: Timestamp = Timestamp(Date())) async throws -> Response
    {
        let conditions = Preconditions(request.method, request.headers)
        var range = request.method == .get ? request.headers[.range].flatMap(ByteRange.init(header:)) : nil
        if !conditions.isEmpty || request.method == .head {
            let (form, info) = try await file.look()
            let version = Validators(info)
            switch conditions.verdict(for: version, at: now) {
            case .failed: throw PreconditionFailed()
            case .notModified: return .notModified(version, cacheControl: form.cacheControl)
            case .proceed: if !conditions.allowsRange(of: version, at: now) { range = nil }
            }
            if request.method == .head { return Response(headOf: info, form) }
        }
        do {
            let (form, body) = try await file.open(range)
            return Response(
                body, isPart: range != nil, contentType: form.contentType, downloadName: form.downloadName,
                cacheControl: form.cacheControl)
        } catch let error as ObjectStoreError {
            guard case .rangeNotSatisfiable(_, let size) = error, let failure = Failure(error) else { throw error }
            var response = answer(failure: failure)
            response.headers[.contentRange] = "bytes */\(size)"
            return response
        }
    }
}

extension Response {
    /// The bytes of an object.
    ///
    /// - Parameter isPart: whether a range was asked for.
    init(
        _ body: Download, isPart: Bool, contentType: String, downloadName: String?, cacheControl: String
    ) {
        var headers = HTTPFields(
            describing: body.info,
            .init(contentType: contentType, downloadName: downloadName, cacheControl: cacheControl))
        if isPart {
            headers[.contentRange] = "bytes \(body.range.lowerBound)-\(body.range.upperBound - 1)/\(body.info.size)"
        }
        let content = ResponseBody(contentLength: body.range.count) { writer in
            try await body.write { try await writer.write(ByteBuffer(bytes: $0)) }
            try await writer.finish(nil)
        }
        self.init(status: isPart ? .partialContent : .ok, headers: headers, body: content)
    }

    fileprivate init(headOf info: ObjectInfo, _ form: FileAnswer.Form) {
        var headers = HTTPFields(describing: info, form)
        headers[.contentLength] = String(info.size)
        self.init(status: .ok, headers: headers)
    }

    /// 304, with what a cache brings up to date by it.
    static func notModified(_ version: Validators, cacheControl: String) -> Response {
        var response = Response(
            status: .notModified, headers: [.eTag: version.tag.text, .cacheControl: cacheControl])
        if let modified = version.modified { response.headers[.lastModified] = modified.httpDate }
        response.headers[.contentLength] = nil
        return response
    }
}

extension HTTPFields {
    /// What strangers uploaded is offered for download and never rendered, whatever it is.
    fileprivate init(describing info: ObjectInfo, _ form: FileAnswer.Form) {
        self = [
            .contentType: form.contentType, .eTag: EntityTag(info.etag).text, .lastModified: info.modified.httpDate,
            .acceptRanges: "bytes", .cacheControl: form.cacheControl,
            .contentDisposition: form.downloadName.map(ContentDisposition.attachment) ?? "attachment",
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
    }
}

extension ByteRange {
    /// One range in bytes. Several, other units and what cannot be read mean the whole file (RFC 9110 §14.2).
    init?(header: String) {
        let parts = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bytes", !parts[1].contains(",") else { return nil }
        let ends = parts[1].trimmingBlanks.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        switch (Self.position(ends[0]), Self.position(ends[1])) {
        case (let first?, let last?) where first <= last: self = .closed(first, last)
        case (let first?, nil) where ends[1].isEmpty: self = .from(first)
        case (nil, let count?) where ends[0].isEmpty: self = .suffix(count)
        default: return nil
        }
    }

    /// More than can be counted is beyond the end of every file.
    private static func position(_ digits: Substring) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(digits) ?? .max
    }
}
