/// How the files of an IMPORT folder are sorted into folders.
public enum ImportLayout: String, CaseIterable, Sendable {
    /// All in one folder.
    case flat
    /// By beats per minute: `under_70`, `70-90`, `90-110`, `110-130`, `130-150`, `over_150`, `no_tempo`.
    case tempo
    /// By key: `C_major`, `C_minor`, `C#_major` … `B_minor`, `no_key`.
    case key
    /// By what they are for: `kick`, `snare`, `closed-hat` … `no_role`.
    case role
    /// By kit: a folder each, files `pad_01_NAME`; with a folder for each bank (`A` … `J`) if there are several.
    case kit
    /// By bank, `A` … `J`: files `01_NAME`, 16 to a bank.
    case bank

    /// Whether files must be analysed first: what is not known goes to `no_tempo`, `no_key`, `no_role`.
    public var needsAnalysis: Bool { [.tempo, .key, .role].contains(self) }

    /// Where a sound goes by what is known about it.
    ///
    /// - Parameter facts: from an analysis, or as a maker says.
    /// - Returns: a folder's name; `nil` for layouts that do not ask for facts.
    public func folder(for facts: SoundFacts) -> String? {
        switch self {
        case .tempo: facts.bpm.map(Self.folder(ofTempo:)) ?? "no_tempo"
        case .key: facts.key.map { "\($0.tonic.rawValue)_\($0.scale.rawValue)" } ?? "no_key"
        case .role: facts.role?.rawValue ?? "no_role"
        case .flat, .kit, .bank: nil
        }
    }

    /// A bound belongs to the faster folder, but 150 to `130-150`.
    private static func folder(ofTempo bpm: Double) -> String {
        switch bpm {
        case ..<70: "under_70"
        case ..<90: "70-90"
        case ..<110: "90-110"
        case ..<130: "110-130"
        case ...150: "130-150"
        default: bpm.isNaN ? "no_tempo" : "over_150"
        }
    }
}

/// What sounds are sorted by.
public struct SoundFacts: Equatable, Sendable {
    /// Beats per minute; `nil` where there is no tempo.
    public var bpm: Double?
    /// `nil` where there is none: drums, noise, single notes.
    public var key: Key?
    /// `nil` where it could not be told.
    public var role: Role?

    /// - Parameters:
    ///   - bpm: beats per minute.
    ///   - key: tonic and scale.
    ///   - role: what the sound is for.
    public init(bpm: Double? = nil, key: Key? = nil, role: Role? = nil) {
        (self.bpm, self.key, self.role) = (bpm, key, role)
    }

    /// What an analysis found.
    ///
    /// - Parameter features: of the whole sound.
    public init(_ features: AudioFeatures) {
        self.init(bpm: features.bpm, key: features.key, role: features.role?.role)
    }
}
