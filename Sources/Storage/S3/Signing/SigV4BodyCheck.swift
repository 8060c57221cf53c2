import Crypto
import Storage

/// Reads a signed request's body piece by piece, and says at its end whether it is the one that was signed.
///
/// Memory does not grow with the body. What ``update(_:)`` gives may be kept aside, and must be dropped unless
/// ``finish()`` returns.
public struct SigV4BodyCheck: Sendable {
    private enum Form {
        case plain(sha256: String?)
        case chunked(ChunkedPayloadReader)
    }

    private var form: Form
    private var hash = SHA256()
    private var size = 0
    /// Bytes of the object, where the request says it.
    private let announced: Int?

    init(_ request: SignableRequest, payload: String, _ chain: ChunkChain) throws(SigV4Refusal) {
        switch payload {
        case SigV4Payload.unsigned: form = .plain(sha256: nil)
        case SigV4Payload.streaming: form = .chunked(ChunkedPayloadReader(.signed(chain)))
        case SigV4Payload.unsignedTrailer:
            guard let name = request.values(of: "x-amz-trailer").first, let checksum = TrailingChecksum(header: name)
            else { throw .malformed("x-amz-trailer") }
            form = .chunked(ChunkedPayloadReader(.trailer(name: name.lowercased(), checksum)))
        default:
            guard payload.utf8.count == 64 else { throw .malformed("x-amz-content-sha256") }
            form = .plain(sha256: payload)
        }
        let length = if case .chunked = form { "x-amz-decoded-content-length" } else { "content-length" }
        let text = request.values(of: length).first
        announced = text.flatMap(Int.init)
        if let text, announced.map({ $0 < 0 }) ?? true { throw .malformed("\(length) \(text.prefix(20))") }
        if case .chunked = form, announced == nil { throw .malformed(length) }
    }

    /// - Returns: the bytes of the object in this piece of the body.
    public mutating func update(_ bytes: [UInt8]) throws(SigV4Refusal) -> [UInt8] {
        let decoded: [UInt8]
        switch form {
        case .plain:
            hash.update(data: bytes)
            decoded = bytes
        case .chunked(var reader):
            decoded = try reader.read(bytes)
            form = .chunked(reader)
        }
        size += decoded.count
        if let announced, size > announced { throw .incompleteBody }
        return decoded
    }

    public func finish() throws(SigV4Refusal) {
        if let announced, size != announced { throw .incompleteBody }
        switch form {
        case .plain(let sha256?):
            guard SigV4Verifier.equal(Checksum.hex(hash.finalize()), sha256) else { throw .payloadMismatch }
        case .plain(nil): return
        case .chunked(let reader): try reader.finish()
        }
    }
}
