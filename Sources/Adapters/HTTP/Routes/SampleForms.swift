import WaxwingService

/// `{filename?, tags?, bpm?, key?, role?, kind?}`: what is left out stays, null takes a correction back.
struct SampleChangeForm: DescribedBody {
    let change: SampleChange

    private enum Member: String, CodingKey {
        case filename, tags, bpm, key, role, kind
    }

    init(_ change: SampleChange) { self.change = change }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func field<Value: Decodable & Equatable & Sendable>(_ member: Member) throws -> SampleChange.Field<Value> {
            guard members.contains(member) else { return .kept }
            return try members.decodeNil(forKey: member) ? .none : .set(members.decode(Value.self, forKey: member))
        }
        var change = SampleChange()
        // A name and tags are always there: null is none of either.
        if members.contains(.filename) { change.filename = try members.decode(String.self, forKey: .filename) }
        if members.contains(.tags) { change.tags = try members.decode([String].self, forKey: .tags) }
        (change.bpm, change.key) = (try field(.bpm), try field(.key))
        (change.role, change.kind) = (try field(.role), try field(.kind))
        self.change = change
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encodeIfPresent(change.filename, forKey: .filename)
        try members.encodeIfPresent(change.tags, forKey: .tags)
        func put<Value: Encodable & Equatable & Sendable>(
            _ field: SampleChange.Field<Value>, _ member: Member
        ) throws {
            let value: ExplicitNull<Value>? =
                switch field {
                case .kept: nil
                case .none: ExplicitNull(wrappedValue: nil)
                case .set(let value): ExplicitNull(wrappedValue: value)
                }
            try members.encodeIfPresent(value, forKey: member)
        }
        try put(change.bpm, .bpm)
        try put(change.key, .key)
        try put(change.role, .role)
        try put(change.kind, .kind)
    }

    static let example: SampleChangeForm = {
        var change = SampleChange()
        (change.filename, change.tags) = ("dusty loop.wav", ["dusty"])
        (change.bpm, change.key, change.role, change.kind) = (.set(87), .set("A minor"), .none, .set("loop"))
        return SampleChangeForm(change)
    }()
}

/// `{action, ids, tags?}`: one change of many samples.
struct SampleBatchForm: DescribedBody {
    let action: String
    let ids: [String]
    let tags: [String]?

    private init(example action: String) { (self.action, ids, tags) = (action, [.exampleID], ["dusty"]) }

    static let example = SampleBatchForm(example: "tag")
}

/// `{lufs?, peak?, ceiling?, limiter?, format?}`
struct LevelingForm: DescribedBody {
    let lufs: Double?
    let peak: Double?
    let ceiling: Double?
    let limiter: Bool?
    let format: String?

    private init(lufs: Double) {
        (self.lufs, peak, ceiling, limiter, format) = (lufs, nil, -1, true, "wav")
    }

    func leveling() throws -> Leveling {
        try Leveling(
            lufs: lufs, peak: peak, ceiling: ceiling, isLimited: limiter ?? true, format: format?.choice(of: "format"))
    }

    static let example = LevelingForm(lufs: -14)
}
