/// What holds for a whole project and for each of its banks: 28 words of `PADCONF.BIN`.
public struct ProjectSettings: Equatable, Sendable {
    static let wordCount = 28
    private static let firstBank = 12
    private static let firstVolume = 23

    /// Big-endian in the file.
    public internal(set) var words: [UInt32]

    /// What a unit gives a new project: 120 BPM everywhere, all banks at full volume.
    init() {
        words = Array(repeating: 0, count: Self.wordCount)
        for word in 3...5 { words[word] = 64 }
        for word in 7...11 { words[word] = 32 }
        bpm = 120
        for bank in 0..<PadConfiguration.banks { setBPM(120, ofBank: bank) }
    }

    init(words: [UInt32]) { self.words = words }

    /// Beats per minute of the project, to a hundredth, 0…655.35.
    public var bpm: Double {
        get { Double(words[0] & 0xFFFF) / 100 }
        set { words[0] = words[0] & ~0xFFFF | Self.hundredths(newValue) }
    }

    /// Whether banks follow the tempo of the project.
    public var usesProjectTempo: Bool {
        get { words[0] & 0x1_0000 != 0 }
        set { words[0] = words[0] & ~0x1_0000 | (newValue ? 0x1_0000 : 0) }
    }

    /// Whether a bank is protected; banks count from 0.
    public func isProtected(bank: Int) -> Bool { words[Self.firstBank + bank] & 1 != 0 }

    public mutating func setProtected(_ value: Bool, ofBank bank: Int) {
        words[Self.firstBank + bank] = words[Self.firstBank + bank] & ~1 | (value ? 1 : 0)
    }

    /// Beats per minute of a bank.
    public func bpm(ofBank bank: Int) -> Double { Double(words[Self.firstBank + bank] >> 1 & 0xFFFF) / 100 }

    public mutating func setBPM(_ value: Double, ofBank bank: Int) {
        words[Self.firstBank + bank] = words[Self.firstBank + bank] & ~0x1_FFFE | Self.hundredths(value) << 1
    }

    /// 0…127.
    public func volume(ofBank bank: Int) -> Int {
        let (word, shift) = Self.volumePlace(bank)
        return 127 - Int(words[word] >> shift & 0xFFFF).clamped(to: 0...127)
    }

    /// - Parameters:
    ///   - value: 0…127; what is beyond becomes the nearer bound.
    ///   - bank: from 0.
    public mutating func setVolume(_ value: Int, ofBank bank: Int) {
        let (word, shift) = Self.volumePlace(bank)
        words[word] = words[word] & ~(0xFFFF << shift) | UInt32(127 - value.clamped(to: 0...127)) << shift
    }

    /// Two banks share a word, the even one in its lower half.
    private static func volumePlace(_ bank: Int) -> (word: Int, shift: UInt32) {
        (firstVolume + bank / 2, bank % 2 == 0 ? 0 : 16)
    }

    private static func hundredths(_ bpm: Double) -> UInt32 {
        UInt32(exactly: (bpm * 100).rounded().clamped(to: 0...65_535)) ?? 0
    }
}

extension Comparable {
    /// The value itself, or the bound it is beyond.
    func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
