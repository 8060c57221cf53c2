import Crypto
import Storage

/// Where a chain of signed chunks stands.
struct ChunkChain: Sendable {
    let scope: SigningScope
    let date: String
    let key: SymmetricKey
    /// The signature before the next chunk's.
    var last: String
}

/// Takes the frames off a body in chunks (`aws-chunked`), and checks each chunk or the checksum after the last.
struct ChunkedPayloadReader: Sendable {
    enum Proof {
        case signed(ChunkChain)
        case trailer(name: String, TrailingChecksum)
    }

    private enum Place {
        case header
        case data(left: Int)
        /// CR LF after the bytes.
        case dataEnd
        case trailer
        case end
    }

    /// No line between chunks is longer.
    private static let longestLine = 256

    private var proof: Proof
    private var place = Place.header
    private var line: [UInt8] = []
    private var hash = SHA256()
    private var signature = ""
    private var isLast = false
    private var trailer: [UInt8]?

    init(_ proof: Proof) {
        self.proof = proof
    }

    /// - Returns: the bytes of the object among `bytes`.
    mutating func read(_ bytes: [UInt8]) throws(SigV4Refusal) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            switch place {
            case .data(let left):
                let piece = rest.prefix(left)
                take(piece)
                decoded += piece
                rest = rest.dropFirst(piece.count)
                place = piece.count == left ? .dataEnd : .data(left: left - piece.count)
            case .end: throw .incompleteBody
            case .header, .dataEnd, .trailer:
                rest = rest.dropFirst()
                line.append(first)
                guard line.count <= Self.longestLine else { throw .malformed("the header of a chunk") }
                if line.suffix(2) == [0x0D, 0x0A] { try endLine() }
            }
        }
        return decoded
    }

    func finish() throws(SigV4Refusal) {
        guard case .end = place else { throw .incompleteBody }
    }

    private mutating func take(_ piece: ArraySlice<UInt8>) {
        hash.update(data: piece)
        if case .trailer(let name, var checksum) = proof {
            checksum.update(piece)
            proof = .trailer(name: name, checksum)
        }
    }

    private mutating func endLine() throws(SigV4Refusal) {
        let text = String(decoding: line.dropLast(2), as: UTF8.self)
        line = []
        switch place {
        case .header: try begin(text)
        case .dataEnd:
            guard text.isEmpty else { throw .malformed("the end of a chunk") }
            try endChunk()
        case .trailer: try check(trailer: text)
        case .data, .end: break
        }
    }

    private mutating func begin(_ header: String) throws(SigV4Refusal) {
        let parts = header.split(separator: ";", omittingEmptySubsequences: false)
        guard let digits = parts.first, (1...8).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit),
            let size = Int(digits, radix: 16)
        else { throw .malformed("the header of a chunk") }
        if case .signed = proof {
            guard parts.count == 2, parts[1].hasPrefix("chunk-signature=") else {
                throw .malformed("the header of a chunk")
            }
            signature = String(parts[1].dropFirst("chunk-signature=".utf8.count))
        }
        hash = SHA256()
        isLast = size == 0
        switch proof {
        case .trailer where isLast: place = .trailer
        default: place = size == 0 ? .dataEnd : .data(left: size)
        }
    }

    private mutating func endChunk() throws(SigV4Refusal) {
        if case .signed(var chain) = proof {
            let expected = chain.scope.signature(
                of: ChunkedPayloadSigner.stringToSign(
                    date: chain.date, chain.scope, after: chain.last, Checksum.hex(hash.finalize())),
                key: chain.key)
            guard SigV4Verifier.equal(expected, signature) else { throw .signatureDoesNotMatch }
            chain.last = expected
            proof = .signed(chain)
        }
        place = isLast ? .end : .header
    }

    /// `name:value`, then an empty line.
    private mutating func check(trailer text: String) throws(SigV4Refusal) {
        guard case .trailer(let name, let checksum) = proof else { return }
        if text.isEmpty {
            guard trailer != nil else { throw .badDigest }
            place = .end
            return
        }
        let pair = text.split(separator: ":", maxSplits: 1)
        guard trailer == nil, pair.count == 2, pair[0].lowercased() == name else { throw .malformed(name) }
        guard SigV4Verifier.equal(checksum.base64, String(pair[1].drop { $0 == " " })) else { throw .badDigest }
        trailer = Array(text.utf8)
    }
}
