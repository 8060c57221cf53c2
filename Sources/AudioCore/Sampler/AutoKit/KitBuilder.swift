/// Puts a kit together out of sounds, by rules.
///
/// Each pad of a bank has its purpose (``PadSlot``); it takes the sound that is most surely that, in tempo and key with
/// the rest, and unlike what is chosen already. Levels are matched by lowering. The same sounds and seed give the same
/// kit, in whatever order the sounds come.
public struct KitBuilder: Equatable, Sendable {
    /// Of the kit; `nil` for that of the kit that is completed, or "Kit".
    public var name: String?
    /// Beats per minute, 40…200; `nil` for that of the sound in the middle, or the median of the loops.
    public var bpm: Double?
    /// 0 takes the best sound for each pad; any other number picks among the good ones.
    public var seed: UInt64
    /// How many banks are filled, 1…10.
    public var banks: Int
    /// Whether only pads are filled that an SP-404SX has: 12 a bank.
    public var fitsSX = false

    /// - Parameters:
    ///   - name: of the kit.
    ///   - bpm: beats per minute.
    ///   - seed: picks among the good sounds.
    ///   - banks: how many are filled; more than ten are ten.
    public init(name: String? = nil, bpm: Double? = nil, seed: UInt64 = 0, banks: Int = 1) {
        (self.name, self.bpm, self.seed) = (name, bpm, seed)
        self.banks = min(max(1, banks), PadAddress.banks)
    }

    /// Chooses.
    ///
    /// - Parameters:
    ///   - sounds: in any order; of those with one name the first counts.
    ///   - around: a sound the others are to go with; it comes onto the pad of bank A that is for its like.
    ///   - kit: its pads stay as they are, only empty ones are filled. Facts of its samples are looked for among `sounds`.
    /// - Throws: ``SamplerError/unfit(file:reason:remedy:)`` if no pad can play `around`;
    ///   ``SamplerError/unusableKit(_:)`` for a kit with problems, or a tempo that is none.
    /// - Complexity: pads × sounds, for 10,000 sounds some hundredths of a second a bank.
    public func build(
        from sounds: [KitCandidate], around: KitCandidate? = nil, completing kit: Kit? = nil
    ) throws(SamplerError) -> BuiltKit {
        var start = Kit(name: name ?? kit?.name ?? "Kit", bpm: bpm ?? kit?.bpm ?? KitTempo.usual)
        (start.pads, start.banks) = (kit?.pads ?? [], kit?.banks)
        guard start.problems.isEmpty else { throw .unusableKit(start.problems) }
        if let around, let (reason, remedy) = around.unfitness {
            throw .unfit(file: around.sample, reason: reason, remedy: remedy)
        }
        let sounds = Self.sorted(sounds, and: around)
        let kept = Set(start.pads.map(\.sample))
        let frame = KitFrame(
            bpm: bpm ?? kit?.bpm, sounds: sounds.filter { $0.unfitness == nil }, around: around,
            kept: sounds.filter { kept.contains($0.sample) })
        start.bpm = frame.bpm
        var assembly = KitAssembly(
            start, of: sounds, around: around, in: frame, SeededChoice(seed: seed),
            slots: fitsSX ? PadSlot.allOnSX : PadSlot.all)
        for bank in 0..<min(max(1, banks), PadAddress.banks) { assembly.fill(bank: bank) }
        return assembly.finished()
    }

    /// By name, and each name once: the order of a folder does not matter.
    private static func sorted(_ sounds: [KitCandidate], and around: KitCandidate?) -> [KitCandidate] {
        var seen: Set<String> = []
        let all = (around.map { [$0] } ?? []) + sounds
        return all.filter { seen.insert($0.sample).inserted }.sorted { $0.sample < $1.sample }
    }
}
