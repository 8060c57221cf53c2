/// Why a key is refused. A mistake of the operator, found at start.
public enum SigningKeyError: Error, Equatable, Sendable {
    case weakSecret(bytes: Int)
    case weakRSAKey(bits: Int)
    /// The bytes are no key of this algorithm.
    case notAKey(SignatureAlgorithm)
    case invalidID
    case noKeys
    case duplicateID(String)
    /// The library refused to sign, as for a damaged key.
    case notSigned(SignatureAlgorithm)
}

extension SigningKeyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .weakSecret(let bytes): "a signing secret of \(bytes) bytes: use at least 32 random ones"
        case .weakRSAKey(let bits):
            "an RSA key of \(bits) bits that is too small, too large or guessable: make one of 2048 to 8192 bits"
        case .notAKey(let algorithm): "these bytes are no \(algorithm.rawValue) key: check the form it is stored in"
        case .invalidID: "a key's name has other characters than A-Z a-z 0-9 . _ -, or is not 1 to 64 long: rename it"
        case .noKeys: "there is no signing key: give at least one"
        case .duplicateID(let id): "two signing keys are named '\(id)': rename one"
        case .notSigned(let algorithm): "the \(algorithm.rawValue) key did not sign: make a new one"
        }
    }
}
