import Crypto
import Storage

/// Cuts a body whose length is known, and whose bytes are not yet, into chunks that are signed one after the other.
///
/// `size in hexadecimal;chunk-signature=…`, CR LF, the bytes, CR LF; a chunk of no bytes at the end. Each signature
/// covers the one before, so none can be left out or moved.
public struct ChunkedPayloadSigner: Sendable {
    private let scope: SigningScope
    private let date: String
    private let key: SymmetricKey
    private var last: String

    /// - Parameter seed: the signature of the request's header.
    public init(_ signer: SigV4Signer, seed: String, at now: Timestamp) {
        date = now.signingDate
        scope = signer.scope(date)
        key = scope.key(secret: signer.credentials.secretAccessKey)
        last = seed
    }

    /// The chunk as it goes over the wire; of no bytes, it is the last.
    public mutating func chunk(_ bytes: [UInt8]) -> [UInt8] {
        last = scope.signature(
            of: Self.stringToSign(date: date, scope, after: last, Checksum.hex(SHA256.hash(data: bytes))), key: key)
        return Array("\(String(bytes.count, radix: 16));chunk-signature=\(last)\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    /// Length over the wire of `count` bytes cut into chunks of `size`.
    public static func wireLength(of count: Int, chunk size: Int) -> Int {
        func length(_ bytes: Int) -> Int { String(bytes, radix: 16).utf8.count + 17 + 64 + 2 + bytes + 2 }
        let (whole, rest) = count.quotientAndRemainder(dividingBy: size)
        return whole * length(size) + (rest > 0 ? length(rest) : 0) + length(0)
    }

    static func stringToSign(date: String, _ scope: SigningScope, after last: String, _ sha256: String) -> String {
        ["\(SigningScope.algorithm)-PAYLOAD", date, scope.text, last, SigV4Payload.empty, sha256]
            .joined(separator: "\n")
    }
}
