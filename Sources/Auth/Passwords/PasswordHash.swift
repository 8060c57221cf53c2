import Foundation

/// What an Argon2id run costs.
public struct HashingCost: Sendable, Equatable {
    /// KiB of memory.
    public let memory: Int
    public let iterations: Int
    public let lanes: Int

    /// Nil outside what we are willing to spend: memory up to 64 MiB (8 KiB a lane at least), 10 iterations, 4 lanes.
    public init?(memory: Int, iterations: Int, lanes: Int) {
        guard (1...4).contains(lanes), (1...10).contains(iterations), (8 * lanes...65_536).contains(memory) else {
            return nil
        }
        self.init(checked: memory, iterations, lanes)
    }

    private init(checked memory: Int, _ iterations: Int, _ lanes: Int) {
        (self.memory, self.iterations, self.lanes) = (memory, iterations, lanes)
    }

    /// 19 MiB, 2 iterations, 1 lane: OWASP's password storage cheat sheet.
    public static let standard = HashingCost(checked: 19_456, 2, 1)
}

/// A password's Argon2id hash with everything needed to check it: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
public struct PasswordHash: Sendable, Equatable {
    public let cost: HashingCost
    let salt: [UInt8]
    let digest: [UInt8]

    init(cost: HashingCost, salt: [UInt8], digest: [UInt8]) {
        (self.cost, self.salt, self.digest) = (cost, salt, digest)
    }

    /// Reads a PHC string. Nil unless it is Argon2id, version 19, within ``HashingCost``'s limits, with a salt of
    /// 8…64 bytes and a hash of 16…64: checked before any memory is taken.
    public init?(phc: String) {
        guard phc.utf8.count <= 256 else { return nil }
        let parts = phc.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19",
            let cost = HashingCost(phc: parts[3]),
            let salt = Self.bytes(parts[4]), (8...64).contains(salt.count),
            let digest = Self.bytes(parts[5]), (16...64).contains(digest.count)
        else { return nil }
        self.init(cost: cost, salt: salt, digest: digest)
    }

    public var phc: String {
        "$argon2id$v=19$m=\(cost.memory),t=\(cost.iterations),p=\(cost.lanes)$\(Self.text(salt))$\(Self.text(digest))"
    }

    /// Base64 without padding.
    private static func text(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding) else { return nil }
        let bytes = Array(data)
        return Self.text(bytes) == text ? bytes : nil
    }
}

extension HashingCost {
    /// `m=19456,t=2,p=1`, in this order.
    fileprivate init?(phc: Substring) {
        let values = zip(["m=", "t=", "p="], phc.split(separator: ",", omittingEmptySubsequences: false))
            .compactMap { name, part -> Int? in
                let digits = part.dropFirst(2)
                guard part.hasPrefix(name), digits.utf8.count <= 6, let value = Int(digits), "\(value)" == digits
                else { return nil }
                return value
            }
        guard values.count == 3, phc.utf8.count(where: { $0 == UInt8(ascii: ",") }) == 2 else { return nil }
        self.init(memory: values[0], iterations: values[1], lanes: values[2])
    }
}
