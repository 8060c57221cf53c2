import Storage

/// What is under way.
extension S3ObjectStore {
    public func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        var (parts, marker) = ([UploadedPart](), "0")
        do throws(S3Failure) {
            while true {
                let request = S3Request(
                    "GET", upload.key,
                    query: [("uploadId", upload.id), ("max-parts", "1000"), ("part-number-marker", marker)])
                let answer = try S3Answer(try await client.exchange(request).body, root: "ListPartsResult")
                for part in answer.tree.all("Part") {
                    guard let number = part["PartNumber"].flatMap({ Int($0) }),
                        let size = part["Size"].flatMap({ Int($0) }),
                        let etag = part["ETag"]
                    else { throw S3Failure(.unreadable("a part without number, size or ETag")) }
                    parts.append(UploadedPart(number: number, size: size, etag: etag.unquoted))
                }
                guard try answer.text("IsTruncated") == "true", let last = parts.last, String(last.number) != marker
                else { return parts.sorted { $0.number < $1.number } }
                marker = String(last.number)
            }
        } catch {
            throw error.uploadError(upload, bucket: bucket)
        }
    }

    public func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        var uploads: [MultipartUpload] = []
        var markers: [(String, String)] = []
        do throws(S3Failure) {
            while true {
                var query = [("uploads", ""), ("encoding-type", "url"), ("max-uploads", "1000")] + markers
                if !prefix.isEmpty { query.append(("prefix", prefix)) }
                let answer = try S3Answer(
                    try await client.exchange(S3Request("GET", query: query)).body,
                    root: "ListMultipartUploadsResult")
                let isEncoded = answer.tree["EncodingType"] == "url"
                func decoded(_ text: String?) -> String? {
                    isEncoded ? text.flatMap { PercentEncoding.decode($0, plusIsSpace: true) } : text
                }
                for upload in answer.tree.all("Upload") {
                    guard let key = decoded(upload["Key"]), let id = upload["UploadId"],
                        let begun = upload["Initiated"].flatMap({ Timestamp($0) })
                    else { throw S3Failure(.unreadable("an upload without key, name or time")) }
                    guard let key = try? ObjectKey(key) else { continue }
                    uploads.append(MultipartUpload(key: key, id: id, begun: begun))
                }
                let next = [
                    ("key-marker", decoded(answer.tree["NextKeyMarker"])),
                    ("upload-id-marker", answer.tree["NextUploadIdMarker"]),
                ]
                .compactMap { name, value in value.map { (name, $0) } }
                guard try answer.text("IsTruncated") == "true", !next.isEmpty,
                    next.map(\.1) != markers.map(\.1)
                else { return uploads.sorted { $0.key < $1.key } }
                markers = next
            }
        } catch {
            throw error.error(nil, bucket: bucket)
        }
    }
}
