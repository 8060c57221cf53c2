/// Which RSA keys are worth trusting.
enum RSAStrength {
    /// Bits of the modulus: below, it can be factored (RFC 7518 §3.3); above, checking is slow enough to be an attack.
    static let bits = 2048...8192

    /// - Parameter modulus: big-endian, no zero in front.
    static func bits(of modulus: [UInt8]) -> Int {
        guard let first = modulus.first else { return 0 }
        return modulus.count * 8 - first.leadingZeroBitCount
    }

    /// 3, 5, 7 … of at most 32 bits: 1 would make every message its own signature.
    static func isExponent(_ bytes: [UInt8]) -> Bool {
        guard (1...4).contains(bytes.count), bytes.first != 0 else { return false }
        let exponent = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return exponent >= 3 && exponent % 2 == 1
    }

    /// True for a modulus as Infineon's RSALib made them, which can be factored: a power of 65537 to every small prime.
    /// Of other keys one in a hundred million looks the same.
    ///
    /// Source: M. Nemec et al., "The Return of Coppersmith's Attack", CCS 2017, §2.2 (CVE-2017-15361).
    static func isOfRSALib(_ modulus: [UInt8]) -> Bool {
        smallPrimes.allSatisfy { prime in
            let rest = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
            var power = 1
            repeat {
                if power == rest { return true }
                power = power * 65537 % prime
            } while power != 1
            return false
        }
    }

    private static let smallPrimes = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]
}
