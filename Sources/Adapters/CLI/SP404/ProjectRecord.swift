import AudioCore

/// A project as JSON: every field that is known by its name, and all words as they are.
struct ProjectRecord: Encodable {
    private let kind = "sp404mkii"
    private let path: String
    private let version: Int
    private let name: String?
    private let bpm: Double
    private let usesProjectTempo: Bool
    private let settingsWords: [UInt32]
    private let banks: [Bank]
    private let pads: [Pad]
    private let patterns: [PatternRecord]
    private let otherFiles: [String]
    private let problems: [Problem]

    enum CodingKeys: String, CodingKey {
        case kind, path, version, name, bpm, banks, pads, patterns, problems
        case usesProjectTempo = "uses_project_tempo"
        case settingsWords = "settings_words"
        case otherFiles = "other_files"
    }

    init(_ project: Project) {
        let configuration = project.configuration
        (path, version, name) = (project.path, configuration.version.rawValue, configuration.name?.text)
        (bpm, usesProjectTempo) = (configuration.settings.bpm, configuration.settings.usesProjectTempo)
        settingsWords = configuration.settings.words
        banks = (0..<PadConfiguration.banks).map { Bank($0, configuration.settings) }
        pads = PadAddress.all.map { Pad($0, project) }
        patterns = project.patterns.compactMap { PatternRecord($0, project) }
        (otherFiles, problems) = (project.otherFiles, project.problems.map(Problem.init))
    }

    private struct Bank: Encodable {
        let bank: String
        let bpm: Double
        let volume: Int
        let protected: Bool

        init(_ index: Int, _ settings: ProjectSettings) {
            bank = PadAddress.letter(ofBank: index)
            (bpm, volume) = (settings.bpm(ofBank: index), settings.volume(ofBank: index))
            protected = settings.isProtected(bank: index)
        }
    }

    private struct Problem: Encodable {
        let severity: ProjectProblem.Severity
        let file: String
        let pad: PadAddress?
        let problem: String
        let remedy: String

        init(_ found: ProjectProblem) {
            (severity, file, pad) = (found.severity, found.file, found.pad)
            (problem, remedy) = (found.problem, found.remedy)
        }
    }

    /// One pad: beside these keys each field of its record has one.
    private struct Pad: Encodable {
        let address: PadAddress
        let name: String
        let record: PadRecord
        let chops: [Int]
        let file: String?
        let sample: SampleFile?

        init(_ address: PadAddress, _ project: Project) {
            self.address = address
            name = project.configuration.padNames[address.index].text
            record = project.configuration.pads[address.index]
            chops = project.configuration.chopPoints(of: address)
            (file, sample) = (project.sampleFile(address), project.samples[address])
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: FieldName.self)
            try container.encode(address, forKey: FieldName("pad"))
            try container.encode(name, forKey: FieldName("name"))
            try container.encode(record.isEmpty, forKey: FieldName("empty"))
            for field in PadRecord.Field.allCases {
                try container.encode(record[field], forKey: FieldName(field.name))
            }
            try container.encode(record.words, forKey: FieldName("words"))
            try container.encode(chops, forKey: FieldName("chops"))
            try container.encodeIfPresent(file, forKey: FieldName("file"))
            try container.encodeIfPresent(sample?.channels, forKey: FieldName("channels"))
            try container.encodeIfPresent(sample?.frames, forKey: FieldName("frames"))
        }
    }

    private struct FieldName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}

/// A pattern and all its events as JSON; pauses are left out.
private struct PatternRecord: Encodable {
    let pad: PadAddress
    let file: String?
    let bars: Int
    let ticks: Int
    let ticksPerBar: Int
    let timeSignature: String
    let events: [Event]

    enum CodingKeys: String, CodingKey {
        case pad, file, bars, ticks, events
        case ticksPerBar = "ticks_per_bar"
        case timeSignature = "time_signature"
    }

    init?(_ address: PadAddress, _ project: Project) {
        guard let pattern = try? project.pattern(address) else { return nil }
        (pad, file) = (address, project.patternFile(address))
        (bars, ticks, ticksPerBar) = (pattern.bars, pattern.ticks, pattern.ticksPerBar)
        timeSignature = "\(pattern.timeSignature.beats)/\(pattern.timeSignature.unit)"
        events = pattern.timed.compactMap { Event(tick: $0.tick, $0.event.kind) }
    }

    struct Event: Encodable {
        let tick: Int
        let kind: String
        var pad: PadAddress?
        var velocity: Int?
        var gate: Int?
        var pitch: Int?
        var channel: Int?
        var controller: Int?
        var value: Int?
        var code: Int?

        /// `nil` where only time passes.
        init?(tick: Int, _ event: Pattern.Kind) {
            self.tick = tick
            switch event {
            case .pause: return nil
            case .strike(let strike):
                kind = "strike"
                (pad, velocity) = (PadAddress.all[strike.pad], strike.velocity)
                (gate, pitch) = (strike.gate, strike.pitch)
            case .control(let change):
                kind = "control"
                (channel, controller, value) = (change.channel, change.controller, change.value)
            case .end: kind = "end"
            case .unknown(let number): (kind, code) = ("unknown", Int(number))
            }
        }
    }
}
