import Auth
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import WaxwingService

/// A request that came with a key, made ready to be told from others.
struct IdempotentRequest {
    /// The longest body that is read before the request is run. A form is hashed while it comes in.
    private static let longestRead = 1 << 20

    let key: IdempotencyKey
    var request: Request
    let fingerprint: RequestFingerprint
    /// Of a form; nil for other bodies, which are in `request` whole.
    let boundary: String?

    /// Nil for a request that changes nothing, or has no key.
    init?(_ request: Request, for principal: Principal?) async throws {
        let keys = request.idempotencyKeys
        guard !request.isSafe, let text = keys.first else { return nil }
        guard keys.count == 1 else { throw IdempotencyRefusal.malformed }
        key = try IdempotencyKey(text)
        self.request = request
        let type = HeaderParameters(request.headers[.contentType] ?? "")
        let isForm = type.value.lowercased() == "multipart/form-data"
        boundary = isForm ? type["boundary"] : nil
        if boundary == nil {
            let body = try await Self.read(request.body)
            self.request.body = RequestBody(buffer: body)
            var digest = BodyDigest()
            digest.update(body.readableBytesView)
            fingerprint = RequestFingerprint(Self.parts(of: request, type.value, principal), body: digest.finish())
        } else {
            fingerprint = RequestFingerprint(Self.parts(of: request, type.value, principal), body: nil)
        }
    }

    private static func read(_ body: RequestBody) async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: longestRead)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
    }

    /// The credentials too: an answer is for who may do what was asked for.
    private static func parts(of request: Request, _ type: String, _ principal: Principal?) -> [String] {
        let query = (request.uri.query ?? "").split(separator: "&").sorted().joined(separator: "&")
        let scopes: String =
            switch principal?.scopes {
            case .only(let scopes): scopes.map(\.text).sorted().joined(separator: " ")
            case .all, nil: "*"
            }
        return [
            request.method.rawValue, request.uri.path, query, type.lowercased(), principal?.method.rawValue ?? "",
            scopes,
        ]
    }
}

extension Request {
    /// As it is asked for; where things are kept in step also by another name.
    fileprivate var idempotencyKeys: [String] {
        let keys = headers[values: .idempotencyKey]
        return isOfSync && keys.isEmpty ? headers[values: .xIdempotencyKey] : keys
    }

    var isOfSync: Bool { uri.path == "/api/sync" || uri.path.hasPrefix("/api/sync/") }
}
