import Crypto
import Foundation
import NIOHTTP1
import Storage

/// An object completed from parts has no SHA-256 here, unless ``S3ObjectStore/put(_:at:_:if:)`` made the parts itself:
/// it must be said before the first part.
extension S3ObjectStore: MultipartUploading {
    static let partSizes = (5 << 20)...(5 << 30)
    public var partSizes: ClosedRange<Int> { Self.partSizes }

    public func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload {
        try await begin(key, ObjectHeaders.put(attributes, sha256: nil, at: client.clock.now()))
    }

    func begin(_ key: ObjectKey, _ headers: ObjectHeaders) async throws(ObjectStoreError) -> MultipartUpload {
        var request = S3Request("POST", key, query: [("uploads", "")])
        request.headers = headers.fields
        do throws(S3Failure) {
            let answer = try S3Answer(
                try await client.exchange(request).body, root: "InitiateMultipartUploadResult")
            return MultipartUpload(key: key, id: try answer.text("UploadId"), begun: client.clock.now())
        } catch {
            throw error.error(key, bucket: bucket)
        }
    }

    public func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try checkPart(number, size: bytes.count)
        var request = S3Request("PUT", upload.key, query: [("partNumber", String(number)), ("uploadId", upload.id)])
        request.body = .bytes(bytes)
        do throws(S3Failure) {
            let answer = try await client.exchange(request)
            guard let etag = answer.headers.first(name: "ETag").map(\.unquoted), !etag.isEmpty else {
                throw S3Failure(.unreadable("no ETag"))
            }
            return UploadedPart(number: number, size: bytes.count, etag: etag)
        } catch {
            throw error.uploadError(upload, bucket: bucket)
        }
    }

    public func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo {
        _ = try await finish(upload, parts)
        return try await head(upload.key)
    }

    /// - Returns: the object's entity tag.
    func finish(_ upload: MultipartUpload, _ parts: [UploadedPart]) async throws(ObjectStoreError) -> String {
        try UploadedPart.check(parts)
        let named = parts.map { part in
            "<Part><PartNumber>\(part.number)</PartNumber><ETag>&quot;\(part.etag.escapedForXML)&quot;</ETag></Part>"
        }
        var request = S3Request("POST", upload.key, query: [("uploadId", upload.id)])
        request.body = .bytes(
            Array("<CompleteMultipartUpload>\(named.joined())</CompleteMultipartUpload>".utf8))
        var failures = 0
        while true {
            do throws(S3Failure) {
                let answer = try S3Answer(
                    try await client.exchange(request).body, root: "CompleteMultipartUploadResult")
                let etag = try answer.text("ETag").unquoted
                // radosgw leaves it out the first time.
                return etag.isEmpty ? Self.etag(of: parts) : etag
            } catch {
                failures += 1
                // An answer of success with an error inside: `send` saw only the success.
                if error.isTransient, failures < configuration.retries.attempts {
                    try await pause(after: failures, for: upload)
                    continue
                }
                // Gone: completed by an attempt whose answer was lost, or by an earlier call.
                if error.code == "NoSuchUpload", let present = try await presence(of: upload.key),
                    present.info.etag == Self.etag(of: parts)
                {
                    return present.info.etag
                }
                throw error.uploadError(upload, bucket: bucket)
            }
        }
    }

    private func pause(after failures: Int, for upload: MultipartUpload) async throws(ObjectStoreError) {
        do throws(S3Failure) {
            try await client.pause(after: failures, asked: nil)
        } catch {
            throw error.uploadError(upload, bucket: bucket)
        }
    }

    /// What S3 gives an object of parts: MD5 of their MD5s, and how many.
    private static func etag(of parts: [UploadedPart]) -> String {
        var hash = Insecure.MD5()
        for part in parts {
            let digits = Array(part.etag.utf8)
            for index in stride(from: 0, to: digits.count - 1, by: 2) {
                let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
                if let byte = UInt8(pair, radix: 16) { hash.update(data: [byte]) }
            }
        }
        return "\(Checksum.hex(hash.finalize()))-\(parts.count)"
    }

    public func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        do throws(S3Failure) {
            _ = try await client.exchange(S3Request("DELETE", upload.key, query: [("uploadId", upload.id)]))
        } catch  where error.code == "NoSuchUpload" {
            return
        } catch {
            throw error.uploadError(upload, bucket: bucket)
        }
    }
}

extension S3Failure {
    func uploadError(_ upload: MultipartUpload, bucket: String) -> ObjectStoreError {
        switch code {
        case "NoSuchUpload", "NoSuchKey", "NotFound": .noUpload(upload)
        case "InvalidPart", "InvalidPartOrder": .noPart(of: upload)
        case "EntityTooSmall": .smallPart(of: upload, least: S3ObjectStore.partSizes.lowerBound)
        default: error(upload.key, bucket: bucket)
        }
    }
}

extension String {
    fileprivate var escapedForXML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
