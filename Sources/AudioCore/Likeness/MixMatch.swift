/// What must be done to a sound so that it goes with another: how far to shift its pitch and stretch its time.
public struct MixMatch: Equatable, Sendable {
    /// Semitones up (or, negative, down); 0 where one of the two has no key.
    public let shift: Int
    /// How the shifted key goes with the other; `nil` where one of the two has no key.
    public let mix: HarmonicMix?
    /// The key after the shift.
    public let key: Key?
    /// `nil` where one of the two has no tempo.
    public let tempo: TempoFit?

    /// How much is changed: a semitone counts as much as six percent of tempo, which is what it is on a turntable.
    public var change: Double { Double(abs(shift)) * 5.946 + abs(tempo?.percent ?? 0) }

    /// - Parameters:
    ///   - sound: is changed.
    ///   - other: is left as it is.
    ///   - mostShift: semitones, at least 0.
    ///   - mostStretch: percent, at least 0.
    /// - Returns: the least change; `nil` where none within the limits does, and where nothing is known: neither key nor
    ///   tempo on both sides.
    public init?(of sound: SoundSummary, to other: SoundSummary, mostShift: Int = 3, mostStretch: Double = 8) {
        if let key = sound.key, let target = other.key {
            guard let shift = Self.shift(of: key, to: target, most: mostShift) else { return nil }
            (self.shift, self.key) = (shift, key.shifted(by: shift))
            mix = HarmonicMix(from: target, to: key.shifted(by: shift))
        } else {
            (shift, key, mix) = (0, sound.key, nil)
        }
        if let bpm = sound.bpm, let target = other.bpm {
            guard let tempo = TempoFit(bpm: bpm, to: target, limit: mostStretch) else { return nil }
            self.tempo = tempo
        } else {
            tempo = nil
        }
        guard mix != nil || tempo != nil else { return nil }
    }

    /// The smallest shift that makes a key fit another; of equal ones the better fitting, then the one down.
    static func shift(of key: Key, to target: Key, most: Int) -> Int? {
        let order = HarmonicMix.allCases
        let ways = (-max(0, most)...max(0, most)).compactMap { shift -> (size: Int, rank: Int, shift: Int)? in
            let mix = HarmonicMix(from: target, to: key.shifted(by: shift))
            return mix.fits ? (abs(shift), order.firstIndex(of: mix) ?? 0, shift) : nil
        }
        return ways.min { $0 < $1 }?.shift
    }
}
