/// What a pad of a bank is for: 1–4 loops, 5–8 notes and noises, 9–12 further drums, 13–16 kick, snare and hats.
public struct PadSlot: Equatable, Sendable {
    /// 1…16.
    public let pad: Int
    /// What belongs there, best first.
    public let roles: [Role]
    /// Whether it is repeated in time; what is not, is struck.
    public let isLoop: Bool
    /// Seconds.
    public let length: ClosedRange<Double>

    private init(_ pad: Int, _ roles: Role..., isLoop: Bool = false, length: ClosedRange<Double>) {
        (self.pad, self.roles, self.isLoop, self.length) = (pad, roles, isLoop, length)
    }

    /// Those of a bank in the order in which they choose: the fewer sounds can do it, the earlier.
    public static let all = [
        PadSlot(13, .kick, length: 0.15...hit.upperBound), PadSlot(14, .snare, length: hit),
        PadSlot(15, .closedHat, length: hit),
        PadSlot(16, .openHat, length: 0.1...1),
        PadSlot(1, .drums, .fx, .melodic, .bass, .vocal, isLoop: true, length: repeated),
        PadSlot(2, .bass, .melodic, .drums, .vocal, .fx, isLoop: true, length: repeated),
        PadSlot(3, .melodic, .vocal, .bass, .drums, .fx, isLoop: true, length: repeated),
        PadSlot(4, .vocal, .melodic, .drums, .fx, .bass, isLoop: true, length: repeated),
        PadSlot(9, .clap, .snare, .percussion, length: stroke),
        PadSlot(10, .tom, .percussion, .kick, length: stroke),
        PadSlot(11, .percussion, .tom, .clap, .closedHat, length: stroke),
        PadSlot(12, .cymbal, .fx, .openHat, .percussion, length: stroke),
        PadSlot(5, .bass, .melodic, length: hit), PadSlot(6, .melodic, .bass, .vocal, length: hit),
        PadSlot(7, .vocal, .melodic, .fx, length: hit),
        PadSlot(8, .fx, .vocal, .melodic, .cymbal, .percussion, length: hit),
    ]

    private static let repeated = 3...KitCandidate.lengths.upperBound
    private static let hit = 0.1...2.0
    private static let stroke = 0.1...1.5

    /// Those of a bank of 12 pads, as an SP-404SX has: kick, snare and hats take the places of the further drums.
    static let allOnSX = all.filter { !(9...12).contains($0.pad) }.map { slot in
        slot.pad < 9 ? slot : PadSlot(slot.pad - 4, slot.roles, isLoop: slot.isLoop, length: slot.length)
    }

    private init(_ pad: Int, _ roles: [Role], isLoop: Bool, length: ClosedRange<Double>) {
        (self.pad, self.roles, self.isLoop, self.length) = (pad, roles, isLoop, length)
    }

    /// Whether another pad of the bank is no better place: nothing but a kick is wanted on the kick's.
    var isStrict: Bool { roles.count == 1 }

    /// Hats of a bank silence each other: the closed one ends the open one.
    var isHat: Bool { roles == [.closedHat] || roles == [.openHat] }

    /// For sentences: "kick", "loop", "clap".
    var words: String { isLoop ? "loop" : roles[0].words }

    /// The place of a sound among those of its kind; its length does not count.
    ///
    /// - Returns: the pad that wants its role most, pad 3 for a loop and pad 8 for anything else of which nothing is known.
    static func place(of sound: KitCandidate, among all: [PadSlot] = all) -> PadSlot {
        let isLong = sound.summary.kind != .oneShot
        let slots = all.filter { $0.isLoop == isLong }
        let rank = { (slot: PadSlot) in sound.role.flatMap { slot.roles.firstIndex(of: $0.role) } ?? .max }
        let best = slots.min { rank($0) < rank($1) }
        guard let best, rank(best) < .max else { return slots.first { $0.pad == (isLong ? 3 : 8) } ?? all[0] }
        return best
    }
}
