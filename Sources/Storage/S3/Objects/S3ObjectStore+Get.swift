import Crypto
import NIOHTTP1
import Storage

extension S3ObjectStore {
    public func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        var request = S3Request("GET", key)
        if let range {
            // What no server should be asked for: its size is all that is wanted.
            guard let header = range.header else { throw await outside(key) }
            request.headers.append(.init("Range", header))
        }
        do throws(S3Failure) {
            let answer = try await client.send(request)
            let (bounds, size) = try Self.bounds(of: answer)
            let object = try StoredObject(key, answer.headers, size: size)
            if let range, range.resolved(in: size) != bounds {
                guard range.resolved(in: size) == nil else {
                    throw S3Failure(.unreadable("another range than the one asked for"))
                }
                throw S3Failure(.answered(status: 416, code: "InvalidRange", region: nil))
            }
            let reading = S3Reading(
                client, key, object, bounds, first: answer.body, isWhole: range == nil || bounds == 0..<size)
            return ObjectBody(info: object.info, range: bounds, stream: reading.stream)
        } catch  where error.status == 416 {
            throw await outside(key)
        } catch {
            throw error.error(key, bucket: bucket)
        }
    }

    private func outside(_ key: ObjectKey) async -> ObjectStoreError {
        do throws(ObjectStoreError) {
            return .rangeNotSatisfiable(key, size: try await head(key).size)
        } catch {
            return error
        }
    }

    /// Which bytes an answer holds, of how many.
    private static func bounds(of answer: S3Client.Answer) throws(S3Failure) -> (Range<Int>, size: Int) {
        let fault = S3Failure(.unreadable("no length, or a range that is none"))
        guard let length = answer.headers.first(name: "Content-Length").flatMap(Int.init), length >= 0 else {
            throw fault
        }
        guard answer.status == 206 else { return (0..<length, length) }
        // bytes first-last/size
        guard let text = answer.headers.first(name: "Content-Range"), text.hasPrefix("bytes ") else { throw fault }
        let numbers = text.dropFirst(6).split(whereSeparator: { $0 == "-" || $0 == "/" }).map { Int($0) }
        guard numbers.count == 3, let first = numbers[0], let last = numbers[1], let size = numbers[2], first >= 0,
            first <= last, last < size, last - first + 1 == length
        else { throw fault }
        return (first..<(last + 1), size)
    }
}

extension ByteRange {
    /// No object is longer: servers of all kinds calculate with it.
    private static let longest = 1 << 50

    /// Nil for a range that is outside every object.
    fileprivate var header: String? {
        switch self {
        case .closed(let first, let last):
            first >= 0 && first <= last ? "bytes=\(min(first, Self.longest))-\(min(last, Self.longest))" : nil
        case .from(let first): first >= 0 ? "bytes=\(min(first, Self.longest))-" : nil
        case .suffix(let count): count > 0 ? "bytes=-\(min(count, Self.longest))" : nil
        }
    }
}

/// An object being read. When the connection breaks, it goes on with the rest of the same version.
private actor S3Reading {
    private let client: S3Client
    private let key: ObjectKey
    private let object: StoredObject
    private let end: Int
    private let sha256: String?
    private var offset: Int
    private var body: AnswerBody?
    private var hash = SHA256()
    private var failures = 0

    init(
        _ client: S3Client, _ key: ObjectKey, _ object: StoredObject, _ bounds: Range<Int>, first body: AnswerBody,
        isWhole: Bool
    ) {
        (self.client, self.key, self.object, self.body) = (client, key, object, body)
        (offset, end) = (bounds.lowerBound, bounds.upperBound)
        sha256 = isWhole ? object.headers.sha256 : nil
    }

    nonisolated var stream: ByteStream {
        ByteStream(pull: { try await self.next() })
    }

    private func next() async throws(ObjectStoreError) -> [UInt8]? {
        guard offset < end else {
            guard end > 0 || sha256 == nil || sha256 == SigV4Payload.empty else { throw .corrupted(key) }
            return nil
        }
        let piece = try await piece()
        offset += piece.count
        guard let sha256 else { return piece }
        hash.update(data: piece)
        // The last piece of a damaged object is held back: nobody takes it for whole.
        guard offset < end || Checksum.hex(hash.finalize()) == sha256 else { throw .corrupted(key) }
        return piece
    }

    private func piece() async throws(ObjectStoreError) -> [UInt8] {
        while true {
            var failure: S3Failure
            do throws(S3Failure) {
                if body == nil { body = try await rest() }
                guard let piece = try await body?.next() else {
                    throw S3Failure(.lost("the answer ended \(end - offset) bytes early"))
                }
                guard piece.count <= end - offset else { throw S3Failure(.unreadable("more bytes than announced")) }
                failures = 0
                if !piece.isEmpty { return piece }
                continue
            } catch {
                failure = error
            }
            (body, failures) = (nil, failures + 1)
            if failure.isTransient, failures < client.configuration.retries.attempts, !Task.isCancelled {
                do throws(S3Failure) {
                    try await client.pause(after: failures, asked: failure.retryAfter)
                    continue
                } catch {
                    failure = error
                }
            }
            throw failure.error(key, bucket: client.configuration.bucket)
        }
    }

    private func rest() async throws(S3Failure) -> AnswerBody {
        var request = S3Request("GET", key)
        request.headers.append(.init("Range", "bytes=\(offset)-\(end - 1)"))
        let answer = try await client.send(request)
        guard answer.status == 206, answer.headers.first(name: "ETag").map(\.unquoted) == object.info.etag else {
            throw S3Failure(.unreadable("the object was replaced while it was read"))
        }
        return answer.body
    }
}
