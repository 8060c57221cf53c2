import AudioCore
import SampleLibrary
import Storage
import WaxwingService

struct KitSummaryView: Described {
    let id: String
    let name: String
    let bpm: Double
    /// How many have a sample.
    let pads: Int
    let createdAt: Timestamp

    init(_ kit: KitSummary) {
        (id, name, bpm, pads, createdAt) = (kit.id.text, kit.name, kit.bpm, kit.pads, kit.createdAt)
    }

    private init(example: Void) {
        (id, name, bpm, pads, createdAt) = (.exampleID, "Night drive", 92, 12, .example)
    }

    static let example = KitSummaryView(example: ())
}

struct KitView: Described {
    let id: String
    let name: String
    let bpm: Double
    @ExplicitNull var banks: [KitBank]?
    let pads: [PadView]
    let createdAt: Timestamp

    init(_ kit: LibraryKit) {
        (id, name, bpm, banks) = (kit.id.text, kit.kit.name, kit.kit.bpm, kit.kit.banks)
        pads = kit.kit.pads.map { PadView($0, in: kit) }
        createdAt = kit.createdAt
    }

    private init(example: Void) {
        (id, name, bpm, createdAt) = (.exampleID, "Night drive", 92, .example)
        (banks, pads) = ([KitBank("A", bpm: 92, volume: 100, protected: false)], [.example])
    }

    static let example = KitView(example: ())
}

/// A pad, with what it plays.
struct PadView: Described {
    private let pad: KitPad
    private let filename: String?
    /// Why it is not played now: `hidden`, `purged`; null for one that is.
    private let silent: String?

    init(_ pad: KitPad, in kit: LibraryKit) {
        self.init(pad, kit.filename(on: pad.address), kit.silent[pad.address]?.name)
    }

    private init(_ pad: KitPad, _ filename: String?, _ silent: String?) {
        (self.pad, self.filename, self.silent) = (pad, filename, silent)
    }

    private enum CodingKeys: String, CodingKey {
        case filename, silent, name, start, end, bpm, reason
        case loopStart = "loop_start"
    }

    func encode(to encoder: any Encoder) throws {
        // What would be left out there is null here, and nothing is there twice.
        var rest = pad
        (rest.name, rest.start, rest.end, rest.loopStart, rest.bpm, rest.reason) = (nil, nil, nil, nil, nil, nil)
        try rest.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(filename, forKey: .filename)
        try container.encode(silent, forKey: .silent)
        try container.encode(pad.name, forKey: .name)
        try container.encode(pad.start, forKey: .start)
        try container.encode(pad.end, forKey: .end)
        try container.encode(pad.loopStart, forKey: .loopStart)
        try container.encode(pad.bpm, forKey: .bpm)
        try container.encode(pad.reason, forKey: .reason)
    }

    static let example = PadView(PadBody.example.pad, "kick.wav", "hidden")
}

/// What is said of a pad: what is left out has its usual value.
struct PadBody: DescribedBody {
    let pad: KitPad

    init(from decoder: any Decoder) throws {
        pad = try decoder.whole { try KitPad(passingOverUnknown: $0) }
    }

    private init(_ pad: KitPad) {
        self.pad = pad
    }

    func encode(to encoder: any Encoder) throws { try pad.encode(to: encoder) }

    static let required: Set<String>? = ["sample"]

    static let example: PadBody = {
        guard let address = PadAddress("A13") else { preconditionFailure("A13 is a pad") }
        var pad = KitPad(address, sample: .exampleID)
        (pad.name, pad.start, pad.end, pad.loopStart) = ("kick", 0, 12_000, 0)
        (pad.level, pad.pitch, pad.bpm, pad.chops) = (110, -2, 92, [0, 6_000])
        pad.reason = "kick, 0.94 sure; of 31 the least like the others"
        return PadBody(pad)
    }()
}

struct BuiltKitView: Described {
    struct EmptyPadView: Described {
        let pad: PadAddress
        let wanted: String
        let reason: String

        static let example = EmptyPadView(
            pad: PadBody.example.pad.address, wanted: "kick", reason: "no kick among the samples")
    }

    struct UnfitSampleView: Described {
        let sample: String
        let reason: String

        static let example = UnfitSampleView(sample: .exampleID, reason: "shorter than 0.1 s: lengthen it with silence")
    }

    let kit: KitView
    /// That everything goes with.
    let bpm: Double
    @ExplicitNull var key: String?
    let considered: Int
    let empty: [EmptyPadView]
    let unfit: [UnfitSampleView]

    init(_ built: BuiltLibraryKit) {
        (kit, bpm, considered) = (KitView(built.kit), built.bpm, built.considered)
        empty = built.empty.map { EmptyPadView(pad: $0.address, wanted: $0.wanted, reason: $0.reason) }
        unfit = built.unfit.map { UnfitSampleView(sample: $0.sample.text, reason: $0.reason) }
        key = built.key.map { "\($0.tonic.rawValue) \($0.scale.rawValue)" }
    }

    private init(example: Void) {
        (kit, bpm, key, considered) = (.example, 92, "A minor", 240)
        (empty, unfit) = ([.example], [.example])
    }

    static let example = BuiltKitView(example: ())
}

struct KitCheckView: Described {
    struct KitProblemView: Described {
        @ExplicitNull var pad: PadAddress?
        let problem: String
        let remedy: String

        init(_ found: KitCheckReport.Problem) {
            (pad, problem, remedy) = (found.pad, found.problem, found.remedy)
        }

        private init(example: Void) {
            (pad, problem) = (PadBody.example.pad.address, "'tick.wav' is shorter than 0.1 s (22 ms)")
            remedy = "lengthen it with silence"
        }

        static let example = KitProblemView(example: ())
    }

    let problems: [KitProblemView]
    let notes: [String]
    /// That would be on the card.
    let pads: Int
    /// Of the card at most.
    let bytes: Int

    init(_ report: KitCheckReport) {
        problems = report.problems.map(KitProblemView.init)
        (notes, pads, bytes) = (report.notes, report.pads, report.bytes)
    }

    private init(example: Void) {
        (problems, notes) = ([.example], ["A2: its name becomes 'snare'"])
        (pads, bytes) = (12, 4_800_000)
    }

    static let example = KitCheckView(example: ())
}
