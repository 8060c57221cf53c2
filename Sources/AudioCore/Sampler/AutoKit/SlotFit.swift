/// How well a sound fits a pad, among what is chosen already.
struct SlotFit {
    /// What it is taken for.
    let role: Role
    /// 0…1.
    let sureness: Double
    /// What loops need to run in time; `nil` for what is struck.
    let tempo: TempoFit?
    let harmony: HarmonicFit
    /// To the most similar of the sounds chosen, and to the sound the kit is built around; `nil` if there are none.
    private(set) var distance: Float?
    private(set) var likeness: Float?
    /// To the sounds of its role, where the pad wants a usual one.
    private(set) var kinship: Float?
    /// What decides, 0…1.
    private(set) var score: Double
}

extension SlotFit {
    /// How strictly a pad looks at roles: one round after the other, until it has a sound.
    enum Round: CaseIterable {
        /// What the pad is for.
        case proper
        /// What may be it, by its second or third candidate role; for pads that want nothing else.
        case perhaps
        /// What serves as well.
        case other
    }

    /// Why a sound is not for a pad.
    enum Refusal: Error, Hashable {
        case role, length, tempo, copy
    }

    /// Percent of tempo a loop is changed at most.
    static let mostStretch = 8.0
    /// Nearer vectors are those of one recording in two encodings.
    static let copyDistance: Float = 0.3
    /// Below this a second guess is none.
    private static let leastPerhaps = 0.1
    /// What two sounds picked at random are apart.
    private static let usualDistance = 1.4

    /// - Parameters:
    ///   - sound: a sound a pad can play.
    ///   - slot: what the pad is for.
    ///   - round: which roles will do.
    ///   - frame: what the whole kit has in common.
    init(of sound: KitCandidate, for slot: PadSlot, _ round: Round, in frame: KitFrame) throws(Refusal) {
        guard sound.isLoop == slot.isLoop, let (role, wish) = Self.role(of: sound, for: slot, round) else {
            throw .role
        }
        guard slot.length.contains(sound.summary.duration) else { throw .length }
        (self.role, sureness) = (role, sound.sureness(of: role))
        var score = sureness * wish
        if slot.isLoop {
            guard let bpm = sound.padTempo, let fit = TempoFit(bpm: bpm, to: frame.bpm, limit: Self.mostStretch) else {
                throw .tempo
            }
            tempo = fit
            score *= (1 - 0.4 * abs(fit.percent) / Self.mostStretch) * (fit.beats == 1 ? 1 : 0.9)
        } else {
            tempo = nil
        }
        harmony = Self.isTonal(role) ? KitHarmony.fit(of: sound.summary, with: frame.key) : .unknown
        score *= harmony.weight
        self.score = score
    }

    /// Weighs what costs most to know, the likeness to other sounds.
    ///
    /// - Parameters:
    ///   - distance: to the most similar of the sounds chosen.
    ///   - likeness: to the sound the kit is built around.
    ///   - kinship: to the sounds of its role. A drum should be a usual one, everything else unlike what is there.
    func among(distance: Float?, likeness: Float?, kinship: Float?) throws(Refusal) -> SlotFit {
        if let distance, distance < Self.copyDistance { throw .copy }
        var fit = self
        (fit.distance, fit.likeness, fit.kinship) = (distance, likeness, kinship)
        if let kinship {
            fit.score *= 1 - 0.7 * min(1, Double(kinship) / Self.usualDistance)
        } else {
            fit.score *= 0.7 + 0.3 * min(1, Double(distance ?? 2) / Self.usualDistance)
        }
        fit.score *= 1 - 0.5 * min(1, Double(likeness ?? 0) / Self.usualDistance)
        return fit
    }

    private static func isTonal(_ role: Role) -> Bool { [.bass, .melodic, .vocal].contains(role) }

    /// The role in which a sound comes onto a pad, and how much the pad wants it, 0…1.
    private static func role(of sound: KitCandidate, for slot: PadSlot, _ round: Round) -> (Role, Double)? {
        guard let told = sound.role?.role, let wanted = slot.roles.first else { return nil }
        switch round {
        case .proper: return told == wanted ? (told, 1) : nil
        case .perhaps:
            let isPossible = slot.isStrict && told != wanted && sound.sureness(of: wanted) >= leastPerhaps
            return isPossible ? (wanted, 1) : nil
        case .other:
            guard let rank = slot.roles.firstIndex(of: told), rank > 0 else { return nil }
            return (told, 1 - 0.15 * Double(rank))
        }
    }
}
