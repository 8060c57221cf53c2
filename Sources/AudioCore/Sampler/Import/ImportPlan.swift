/// Sounds as files of the `IMPORT` folder, from which a unit loads them one by one.
///
/// Each becomes a WAV or AIFF of 48 kHz and 16 bits with nothing in it but its format and its samples; sounds of more
/// bits are dithered, other rates resampled, and what is 48 kHz and 16 bits already keeps its samples bit for bit. Names
/// are ASCII, unique, at most 23 characters. The same list gives the same names.
public struct ImportPlan: CardPlan {
    /// What the files are.
    public enum Format: String, CaseIterable, Sendable {
        case wav, aiff

        var encoding: AudioEncoding { self == .wav ? .wav(.bits16) : .aiff(.bits16) }
    }

    /// Frames per second of every file.
    public static let sampleRate = 48_000

    public let folder: String
    public let items: [CardItem]
    public let problems: [KitProblem]
    public let omissions: [KitProblem]
    private let format: Format
    private let options: CardOptions

    /// Plans for files.
    ///
    /// - Parameters:
    ///   - sounds: in the order in which they take names and pads.
    ///   - name: of the folder in `IMPORT`; made fit for a card.
    ///   - layout: how they are sorted into folders.
    ///   - format: what the files are.
    ///   - options: how sounds are converted.
    /// - Complexity: O(sounds).
    public init(
        _ sounds: [ImportSound], name: String, layout: ImportLayout = .flat, format: Format = .wav,
        options: CardOptions = .init()
    ) {
        self.init(sounds, name, layout, format, options, notes: [])
    }

    /// Plans for the samples of a kit. How pads play is not kept: an `IMPORT` folder holds sounds alone.
    ///
    /// - Parameters:
    ///   - kit: what the pads play. By bank and by kit each pad has its file; otherwise each sample has one.
    ///   - base: the folder that relative paths of the kit are meant from.
    ///   - layout: how they are sorted into folders.
    ///   - format: what the files are.
    ///   - options: how sounds are converted.
    ///   - facts: what is known of a pad's sample, by its path; asked only by a layout that needs it.
    /// - Throws: ``SamplerError/unusableKit(_:)`` with every problem of the kit.
    public init(
        _ kit: Kit, from base: String, layout: ImportLayout = .kit, format: Format = .wav,
        options: CardOptions = .init(), facts: (String) -> SoundFacts = { _ in SoundFacts() }
    ) throws(SamplerError) {
        let wrong = kit.problems
        guard wrong.isEmpty else { throw .unusableKit(wrong) }
        var pads = kit.pads.sorted { $0.address < $1.address }
        if layout != .kit && layout != .bank {
            var seen: Set<String> = []
            pads = pads.filter { seen.insert($0.sample).inserted }
        }
        let sounds = pads.map { pad in
            let path = pad.path(from: base)
            return ImportSound(
                path, name: pad.name, facts: layout.needsAnalysis ? facts(path) : .init(), kit: kit.name,
                pad: pad.address)
        }
        self.init(sounds, kit.name, layout, format, options, notes: KitProblem.losses(of: kit))
    }

    private init(
        _ sounds: [ImportSound], _ name: String, _ layout: ImportLayout, _ format: Format, _ options: CardOptions,
        notes: [KitProblem]
    ) {
        let own = DeviceName.name(name, or: "samples")
        let placement = ImportPlacement(sounds, layout, in: own)
        var (items, omissions): ([CardItem], [KitProblem]) = ([], [])
        for (sound, target) in zip(sounds, placement.targets) {
            guard let target else {
                omissions.append(.noPad(for: sound))
                continue
            }
            let path = "\(target.path).\(format.encoding.format.fileExtension)"
            items.append(CardItem(source: sound.source, target: path, pad: target.pad))
        }
        folder = "IMPORT/\(own)"
        (self.items, self.omissions, problems) = (items, omissions, notes)
        (self.format, self.options) = (format, options)
    }

    public func convert(_ index: Int, in folder: String) throws -> CardSample {
        let item = items[index]
        let sound = try DeviceSound(path: item.source, rate: Self.sampleRate, options)
        let writer = try AudioFileWriter(
            path: "\(folder)/\(item.target)", encoding: format.encoding, sampleRate: Self.sampleRate,
            channels: sound.stream.channels)
        let (frames, added) = try sound.forEachBlock { try writer.write($0) }
        try writer.finish()
        return CardSample(sound, frames: frames, added: added, clipped: writer.clippedSamples)
    }

    /// There is nothing around the samples.
    public func complete(_ samples: [Int: CardSample], in folder: String) throws {}
}

extension KitProblem {
    fileprivate static func noPad(for sound: ImportSound) -> KitProblem {
        KitProblem(
            pad: nil, problem: "'\(sound.source)' stays off the card: all 160 pads are taken",
            remedy: "choose another layout, or export in parts")
    }

    /// What an `IMPORT` folder does not keep of a kit.
    fileprivate static func losses(of kit: Kit) -> [KitProblem] {
        let count = kit.pads.count { !$0.playsWhatItIs }
        guard count > 0 else { return [] }
        let pads = count == 1 ? "1 pad plays" : "\(count) pads play"
        return [
            KitProblem(
                pad: nil, problem: "how \(pads) is not kept: an IMPORT folder holds whole samples alone",
                remedy: "set it on the unit, or export a project")
        ]
    }
}

extension KitPad {
    /// Whether the pad plays its sample as that is.
    fileprivate var playsWhatItIs: Bool {
        var plain = KitPad(address, sample: sample)
        (plain.name, plain.reason, plain.bpm) = (name, reason, bpm)
        return self == plain
    }
}
