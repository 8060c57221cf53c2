import CArgon2
import Crypto
import CryptoExtras

extension PasswordHash.Function {
    /// Takes its time and memory. Nil when there is not enough of the latter.
    func digest(of text: String, salt: [UInt8], count: Int) -> [UInt8]? {
        switch self {
        case .argon2id(let cost): cost.digest(of: Array(text.utf8), salt: salt, count: count)
        case .scrypt(let cost): cost.digest(of: Array(text.utf8), salt: salt, count: count)
        }
    }
}

extension HashingCost {
    /// Argon2id, version 19 (RFC 9106).
    fileprivate func digest(of password: [UInt8], salt: [UInt8], count: Int) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: count)
        let code = argon2id_hash_raw(
            UInt32(iterations), UInt32(memory), UInt32(lanes), password, password.count, salt, salt.count, &digest,
            count)
        return code == ARGON2_OK.rawValue ? digest : nil
    }
}

extension ScryptCost {
    /// scrypt (RFC 7914).
    func digest(of password: [UInt8], salt: [UInt8], count: Int) -> [UInt8]? {
        // HMAC, the first thing scrypt does, fills short keys up with zeros: to it a zero byte and nothing are the same,
        // and only the former surely has an address.
        let password = password.isEmpty ? [0] : password
        let key = try? KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: count, rounds: 1 << logN, blockSize: blockSize,
            parallelism: parallelism)
        return key?.withUnsafeBytes { Array($0) }
    }
}
