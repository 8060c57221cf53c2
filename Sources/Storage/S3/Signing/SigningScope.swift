import Crypto
import Foundation
import Storage

/// What a signature is good for: one day, one region, one service.
struct SigningScope: Equatable, Sendable {
    /// `20261121`.
    let day: String
    let region: String
    let service: String

    static let algorithm = "AWS4-HMAC-SHA256"

    var text: String { "\(day)/\(region)/\(service)/aws4_request" }

    /// - Parameter date: `20261121T043020Z`.
    func stringToSign(_ canonicalRequest: String, date: String) -> String {
        [Self.algorithm, date, text, Checksum.sha256(canonicalRequest)].joined(separator: "\n")
    }

    /// Hexadecimal.
    func signature(of stringToSign: String, secret: String) -> String {
        signature(of: stringToSign, key: key(secret: secret))
    }

    func signature(of stringToSign: String, key: SymmetricKey) -> String {
        Checksum.hex(HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: key))
    }

    /// Derived step by step, so that a key for one day and region tells nothing of the secret.
    func key(secret: String) -> SymmetricKey {
        [day, region, service, "aws4_request"].reduce(SymmetricKey(data: Array(("AWS4" + secret).utf8))) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }
}

extension Timestamp {
    /// `20261121T043020Z`, ISO 8601's short form.
    var signingDate: String {
        String(description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    /// Nil unless it is a moment that exists, in the short form.
    init?(signingDate text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        self.init(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }
}
