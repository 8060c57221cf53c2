/// The key a kit is built around.
enum KitHarmony {
    /// The key that goes with most of the keys of some sounds; of several the one that more have themselves, then the
    /// first in the order of keys.
    ///
    /// - Returns: `nil` if no sound has a key.
    static func key(of sounds: [KitCandidate]) -> Key? {
        let keys = sounds.compactMap(\.summary.key)
        let counts = Dictionary(grouping: keys, by: \.self).mapValues(\.count)
        let scored = Key.allCases.enumerated().filter { counts[$0.element] != nil }.map { place, key in
            let fitting = counts.reduce(0) { HarmonicMix(from: key, to: $1.key).fits ? $0 + $1.value : $0 }
            return (key: key, rank: (-fitting, -(counts[key] ?? 0), place))
        }
        return scored.min { $0.rank < $1.rank }?.key
    }

    /// How well a sound goes with a key.
    static func fit(of sound: SoundSummary, with key: Key?) -> HarmonicFit {
        guard let key else { return .unknown }
        if let own = sound.key { return .keys(HarmonicMix(from: key, to: own), own) }
        guard let note = sound.note else { return .unknown }
        let step = ((note - key.semitones) % 12 + 12) % 12
        let steps: Set = key.scale == .major ? [0, 2, 4, 5, 7, 9, 11] : [0, 2, 3, 5, 7, 8, 10]
        return steps.contains(step) ? .noteOfScale : .foreignNote
    }
}

/// How a sound goes with a key.
enum HarmonicFit: Equatable {
    case keys(HarmonicMix, Key)
    case noteOfScale
    case foreignNote
    case unknown

    /// 0…1.
    var weight: Double {
        switch self {
        case .keys(.sameKey, _): 1
        case .keys(let mix, _): mix.fits ? 0.95 : 0.5
        case .noteOfScale: 0.95
        case .foreignNote: 0.6
        case .unknown: 0.8
        }
    }
}
