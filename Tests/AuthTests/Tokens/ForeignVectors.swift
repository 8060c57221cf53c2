import Foundation
import Storage
import StrictJSON
import Testing

@testable import Auth

/// Other people's test data about signatures (Wycheproof: Apache-2.0; the JOSE cookbook: public domain), read from
/// where `WAXWING_VECTORS` says.
enum ForeignVectors {
    static let reason: Comment = "set WAXWING_VECTORS to check Wycheproof's cases and the JOSE cookbook"
    static let areThere = Vectors.foreign != nil || Vectors.inCI

    static func object(_ path: String) throws -> [String: Any] {
        let folder = try #require(Vectors.foreign, "CI must have the vectors: set WAXWING_VECTORS")
        let text = try Data(contentsOf: folder.appending(path: path))
        return try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    }

    static func groups(_ file: String) throws -> [[String: Any]] {
        try #require(try object("wycheproof/\(file)")["testGroups"] as? [[String: Any]])
    }

    static func text(_ json: Any?) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: #require(json)))
    }

    /// The key of a JWK, if it is one of ours.
    static func key(_ json: Any?) throws -> VerificationKey? {
        let members = try #require(JSONObject(reading: try text(json)))
        return try? JSONWebKey.verificationKey(members)
    }

    static func accepts(_ token: String, keys: [VerificationKey]) -> Bool {
        (try? CompactJWS.open(token) { id in keys.first { $0.id.isSpelled(id) } }) != nil
    }
}

/// One case of Wycheproof.
struct WycheproofCase {
    let id: Int
    let comment: String
    let result: String
    /// Some tokens are JSON objects; those are none to us.
    let token: String
    let message: [UInt8]
    let signature: [UInt8]

    init(_ json: [String: Any]) throws {
        id = try #require(json["tcId"] as? Int)
        comment = try #require(json["comment"] as? String)
        result = try #require(json["result"] as? String)
        token = json["jws"] as? String ?? "{}"
        message = Self.bytes(json["msg"])
        signature = Self.bytes(json["sig"] ?? json["tag"])
    }

    static func cases(of group: [String: Any]) throws -> [WycheproofCase] {
        try #require(group["tests"] as? [[String: Any]]).map(WycheproofCase.init)
    }

    static func bytes(_ hex: Any?) -> [UInt8] {
        let digits = Array(hex as? String ?? "")
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }
}
