import Crypto

extension Secret {
    /// A secret for one thing only, of which nobody can tell this one (HKDF-SHA256, RFC 5869).
    ///
    /// - Parameter purpose: different for different things; 32 bytes come out.
    func derived(_ purpose: String) -> Secret {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array(purpose.utf8), outputByteCount: 32)
        return Secret(key.withUnsafeBytes { Array($0) })
    }
}
