/// What a scrypt run costs (RFC 7914). Only read: accounts may come from a service that hashed so.
public struct ScryptCost: Sendable, Equatable {
    /// The binary logarithm of N.
    public let logN: Int
    /// r.
    public let blockSize: Int
    /// p.
    public let parallelism: Int

    /// Bytes of the one big table, of which there is one at a time.
    static let mostMemory = 64 << 20
    /// N · r · p, which the time goes with: the strongest setting of OWASP's cheat sheet that fits the memory.
    static let mostWork = 1 << 20

    /// Nil outside what we are willing to spend: 64 MiB, r and p up to 16, N · r · p up to 2²⁰, which takes about as long
    /// as a few Argon2id runs; and for what scrypt itself does not take.
    public init?(logN: Int, blockSize: Int, parallelism: Int) {
        guard (1...20).contains(logN), (1...16).contains(blockSize), (1...16).contains(parallelism),
            logN < 16 * blockSize, 128 * blockSize << logN <= Self.mostMemory,
            parallelism * blockSize << logN <= Self.mostWork
        else { return nil }
        (self.logN, self.blockSize, self.parallelism) = (logN, blockSize, parallelism)
    }
}

extension ScryptCost {
    /// `ln=16,r=8,p=1`, in this order.
    init?(phc: some StringProtocol) {
        guard let values = PHCString.numbers(["ln", "r", "p"], in: phc) else { return nil }
        self.init(logN: values[0], blockSize: values[1], parallelism: values[2])
    }

    var phc: String { "ln=\(logN),r=\(blockSize),p=\(parallelism)" }
}
