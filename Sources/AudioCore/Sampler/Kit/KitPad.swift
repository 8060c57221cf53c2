/// What one pad of a kit plays, and how. Places are frames of the sample file, at its own rate.
public struct KitPad: Equatable, Sendable {
    public var address: PadAddress
    /// Path of the sample, as given; relative ones are meant from the kit's own folder.
    public var sample: String
    /// Shown on the unit; the sample's file name if absent.
    public var name: String?

    /// First frame that is played, and the one after the last; `nil` for the sample's own.
    public var start: Int?
    public var end: Int?
    /// Where playing goes on after the end of a loop; `nil` for the start.
    public var loopStart: Int?
    /// Where the sample is cut for playing by 16 pads, in order; at most 16.
    public var chops: [Int] = []

    /// 0…127.
    public var level = 127
    /// 0 left, 64 middle, 127 right.
    public var pan = 64
    /// Whether the sound stops when the pad is let go.
    public var gate = false
    /// Whether the sound plays to its end however short the strike.
    public var oneShot = false
    public var loop = false
    public var reverse = false
    /// Semitones, −12…12.
    public var pitch = 0
    /// Cents, −100…100.
    public var fineTune = 0
    /// 0…3, as the unit counts them.
    public var playMode = 0
    /// Pads of one group (1…10) silence each other; 0 for none.
    public var muteGroup = 0
    /// Pads of one link (1…10) sound together; 0 for none.
    public var padLink = 0
    /// Beats per minute of the sample, 40…200; `nil` for the project's.
    public var bpm: Double?
    public var tempoSync = false
    /// Length in per cent, 50…150.
    public var stretch = 100.0
    /// Whether every strike sounds alike.
    public var fixedVelocity = false
    /// 0…127 each.
    public var attack = 0
    public var hold = 100
    public var release = 0
    /// 1 or 2: the effect bus; 0 for dry.
    public var bus = 1
    /// Why this sample is on this pad, in words; for a kit that was put together by rule.
    public var reason: String?

    public init(_ address: PadAddress, sample: String) { (self.address, self.sample) = (address, sample) }
}

extension KitPad: Codable {
    private enum CodingKeys: String, CodingKey {
        case sample, name, start, end, chops, level, pan, gate, loop, reverse, pitch, bpm, stretch, attack, hold,
            release
        case bus, reason
        case address = "pad"
        case loopStart = "loop_start"
        case oneShot = "one_shot"
        case fixedVelocity = "fixed_velocity"
        case fineTune = "fine_tune"
        case playMode = "play_mode"
        case muteGroup = "mute_group"
        case padLink = "pad_link"
        case tempoSync = "tempo_sync"
    }

    /// Any key, to find those that are none of a pad's.
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// What is left out has its default; a key that a pad does not have is an error, as it would be lost in silence.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
        if let other = keys.first(where: { CodingKeys(stringValue: $0.stringValue) == nil }) {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a pad has no '\(other.stringValue)'"))
        }
        try self.init(passingOverUnknown: decoder)
    }

    /// For who sees for themselves to what nobody asked for.
    package init(passingOverUnknown decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or standard: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? standard
        }
        self.init(
            try container.decode(PadAddress.self, forKey: .address),
            sample: try container.decode(String.self, forKey: .sample))
        name = try container.decodeIfPresent(String.self, forKey: .name)
        start = try container.decodeIfPresent(Int.self, forKey: .start)
        end = try container.decodeIfPresent(Int.self, forKey: .end)
        loopStart = try container.decodeIfPresent(Int.self, forKey: .loopStart)
        bpm = try container.decodeIfPresent(Double.self, forKey: .bpm)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        (chops, level, pan) = try (value(.chops, or: chops), value(.level, or: level), value(.pan, or: pan))
        (gate, loop, reverse) = try (value(.gate, or: gate), value(.loop, or: loop), value(.reverse, or: reverse))
        (oneShot, fixedVelocity) = try (value(.oneShot, or: oneShot), value(.fixedVelocity, or: fixedVelocity))
        (pitch, fineTune) = try (value(.pitch, or: pitch), value(.fineTune, or: fineTune))
        (playMode, muteGroup) = try (value(.playMode, or: playMode), value(.muteGroup, or: muteGroup))
        (padLink, tempoSync) = try (value(.padLink, or: padLink), value(.tempoSync, or: tempoSync))
        (stretch, bus) = try (value(.stretch, or: stretch), value(.bus, or: bus))
        (attack, hold, release) = try (value(.attack, or: attack), value(.hold, or: hold), value(.release, or: release))
    }
}
