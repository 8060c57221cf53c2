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

extension HashingCost {
    /// `m=19456,t=2,p=1`, in this order.
    init?(phc: some StringProtocol) {
        guard let values = PHCString.numbers(["m", "t", "p"], in: phc) else { return nil }
        self.init(memory: values[0], iterations: values[1], lanes: values[2])
    }

    var phc: String { "m=\(memory),t=\(iterations),p=\(lanes)" }
}
