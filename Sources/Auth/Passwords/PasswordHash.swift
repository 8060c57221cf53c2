/// A password's hash with everything needed to check it: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, or
/// `$scrypt$ln=16,r=8,p=1$salt$hash` of accounts that come from elsewhere.
public struct PasswordHash: Sendable, Equatable {
    /// How the password was hashed.
    public enum Function: Sendable, Equatable {
        case argon2id(HashingCost)
        case scrypt(ScryptCost)
    }

    public let function: Function
    let salt: [UInt8]
    let digest: [UInt8]

    init(_ function: Function, salt: [UInt8], digest: [UInt8]) {
        (self.function, self.salt, self.digest) = (function, salt, digest)
    }

    /// Nil unless it is of Argon2id.
    public var cost: HashingCost? {
        if case .argon2id(let cost) = function { cost } else { nil }
    }

    /// Reads a PHC string. Nil unless it is Argon2id, version 19, or scrypt, within the limits of ``HashingCost`` or
    /// ``ScryptCost``, with a salt of 8…64 bytes and a hash of 16…64: checked before any memory is taken.
    public init?(phc: String) {
        guard phc.utf8.count <= PHCString.longest else { return nil }
        let parts = phc.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].isEmpty, let function = Function(phc: parts.dropFirst().dropLast(2)),
            let salt = PHCString.bytes(parts[parts.count - 2]), (8...64).contains(salt.count),
            let digest = PHCString.bytes(parts[parts.count - 1]), (16...64).contains(digest.count)
        else { return nil }
        self.init(function, salt: salt, digest: digest)
    }

    public var phc: String { "$\(function.phc)$\(PHCString.text(salt))$\(PHCString.text(digest))" }
}

extension PasswordHash.Function {
    fileprivate init?(phc parts: some Collection<Substring>) {
        let parts = Array(parts)
        switch parts.first {
        case "argon2id":
            guard parts.count == 3, parts[1] == "v=19", let cost = HashingCost(phc: parts[2]) else { return nil }
            self = .argon2id(cost)
        case "scrypt":
            guard parts.count == 2, let cost = ScryptCost(phc: parts[1]) else { return nil }
            self = .scrypt(cost)
        default: return nil
        }
    }

    fileprivate var phc: String {
        switch self {
        case .argon2id(let cost): "argon2id$v=19$\(cost.phc)"
        case .scrypt(let cost): "scrypt$\(cost.phc)"
        }
    }
}
