import NIOHTTP1
import Storage

/// Objects in a bucket of an S3-compatible service: AWS, R2, Ceph, MinIO.
///
/// - A put whose body is longer than ``S3Configuration/memoryLimit`` is kept on the disk until its length and SHA-256
///   are known, then sent in parallel parts; a conditional one in a single request, as not every server judges
///   conditions when a multipart upload completes. So nothing of a body that breaks off ever reaches the server.
/// - Conditions are the server's (`If-None-Match: *`, `If-Match`). Servers judge none on copies: a conditional copy
///   is read and put again, through this program.
/// - The SHA-256 of what was put through here is kept as metadata, and checked whenever the object is read whole.
/// - Memory: a put holds up to ``S3Configuration/memoryLimit`` twice, or ``S3Configuration/partSize`` ×
///   ``S3Configuration/parallelParts`` twice; a reading some hundred kilobytes, whatever the size of the object.
/// - A listing asks for the attributes of each object by a request of its own, 16 at a time.
public struct S3ObjectStore: ObjectStore {
    let client: S3Client
    let condition = ConditionStyle()
    var configuration: S3Configuration { client.configuration }
    var bucket: String { configuration.bucket }

    public init(_ configuration: S3Configuration, clock: any WallClock = SystemClock()) {
        client = S3Client(configuration, clock: clock)
    }

    /// - Parameter dns: addresses of names that the system's resolver does not know.
    package init(_ configuration: S3Configuration, clock: any WallClock, dns: [String: String]) {
        client = S3Client(configuration, clock: clock, dns: dns)
    }

    /// Makes the bucket, unless it is there.
    public func createBucket() async throws(ObjectStoreError) {
        var request = S3Request("PUT")
        if configuration.endpoint.isAWS, configuration.region != "us-east-1" {
            request.body = .bytes(
                Array(
                    "<CreateBucketConfiguration><LocationConstraint>\(configuration.region)</LocationConstraint></CreateBucketConfiguration>"
                        .utf8))
        }
        do throws(S3Failure) {
            _ = try await client.exchange(request)
        } catch  where error.code == "BucketAlreadyOwnedByYou" {
            return
        } catch {
            throw error.error(nil, bucket: bucket)
        }
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await headers(of: key).info
    }

    public func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        do throws(S3Failure) {
            _ = try await client.exchange(S3Request("DELETE", key))
        } catch  where error.code == "NoSuchKey" {
            return
        } catch {
            throw error.error(key, bucket: bucket)
        }
    }

    func headers(of key: ObjectKey) async throws(ObjectStoreError) -> StoredObject {
        do throws(S3Failure) {
            return try StoredObject(key, try await client.exchange(S3Request("HEAD", key)).headers)
        } catch {
            throw error.error(key, bucket: bucket)
        }
    }
}

/// What the server says of an object in its headers.
struct StoredObject: Sendable {
    let info: ObjectInfo
    let headers: ObjectHeaders

    /// - Parameter size: where `Content-Length` is that of a range.
    init(_ key: ObjectKey, _ headers: HTTPHeaders, size: Int? = nil) throws(S3Failure) {
        guard let size = size ?? headers.first(name: "Content-Length").flatMap(Int.init), size >= 0,
            let etag = headers.first(name: "ETag").map(\.unquoted)
        else { throw S3Failure(.unreadable("no length or no ETag")) }
        self.headers = ObjectHeaders(headers)
        let modified = self.headers.modified ?? headers.first(name: "Last-Modified").flatMap(Timestamp.init(httpDate:))
        info = ObjectInfo(
            key: key, size: size, etag: etag, modified: modified ?? Timestamp(milliseconds: 0),
            attributes: self.headers.attributes)
    }
}

extension String {
    /// Without the quotes around an entity tag.
    var unquoted: String {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
