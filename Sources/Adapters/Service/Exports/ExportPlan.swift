import AudioCore
import SampleLibrary
import Storage

/// A sample on its way to a card.
struct ExportSound: Sendable {
    let sample: Sample
    let facts: SoundFacts
    let length: SampleLength

    init(_ item: AnalyzedSample) {
        (sample, facts) = (item.sample, SoundFacts(bpm: item.bpm, key: item.key, role: item.role))
        length = SampleLength(
            frames: item.features.frames, sampleRate: item.features.sampleRate, channels: item.features.channels)
    }

    /// Without extension.
    var name: String {
        let name = sample.filename
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}

/// The plan of an export: which sounds become which files of the card, and what is written around them.
///
/// Nothing here looks into a sound: what is known of samples comes from the library.
struct ExportPlan: Sendable {
    private enum Card: Sendable {
        case project(ProjectPlan)
        case sx(SXCardPlan)
        case files(ImportPlan)
    }

    struct Item: Sendable {
        let sample: Sample
        /// Below ``ExportPlan/folder``.
        let target: String
        let pad: PadAddress?
        let kind: CardConversion.Kind
    }

    private let card: Card
    /// Of the card: `EXPORT/PROJECT/PROJECT_01`.
    let folder: String
    let items: [Item]
    /// What stays off the card or is changed on its way, in words.
    let notes: [String]
    /// Of the files at most.
    let bytes: Int

    /// - Parameter sounds: of what the order needs; what is not among them is left out and told.
    /// - Throws: ``SamplerError/unusableKit(_:)``.
    init(_ order: ExportOrder, _ sounds: [SampleID: ExportSound]) throws {
        var notes = Self.missing(order, sounds)
        let target = order.target
        var options = CardOptions()
        options.lengthensShort = target.lengthens
        let card: Card
        var kinds: [PadAddress: CardConversion.Kind] = [:]
        switch target.device {
        case .sp404mkii:
            let kit = Self.playable(order.kit(on: PadAddress.all), sounds)
            let place = target.place.flatMap(ProjectPlan.Place.init) ?? .export
            card = .project(
                try ProjectPlan(kit, from: "", number: target.project ?? 1, at: place, options: options))
            for pad in kit.pads { kinds[pad.address] = .project(pad) }
        case .sp404sx:
            let kit = Self.playable(order.kit(on: PadAddress.all.filter { $0.fileNameOnSX != nil }), sounds)
            let place = target.place.flatMap(SXCardPlan.Place.init) ?? .roland
            card = .sx(try SXCardPlan(kit, from: "", at: place, options: options))
            for pad in kit.pads { kinds[pad.address] = .sx(pad) }
        case .import:
            card = .files(try Self.importPlan(order, sounds, options))
        }
        let plan: any CardPlan =
            switch card {
            case .project(let plan): plan
            case .sx(let plan): plan
            case .files(let plan): plan
            }
        let file = CardConversion.Kind.file(target.format ?? ImportPlan.Format.wav.rawValue)
        items = plan.items.compactMap { item in
            guard let id = SampleID(String(item.source.drop { $0 == "/" })), let sound = sounds[id] else { return nil }
            return Item(
                sample: sound.sample, target: item.target, pad: item.pad,
                kind: item.pad.flatMap { kinds[$0] } ?? file)
        }
        notes += (plan.omissions + plan.problems).map { Self.named($0.description, sounds) }
        self.notes = notes
        bytes = items.reduce(1 << 20) { sum, item in
            let size = sounds[item.sample.id]?.length.bytes(atRate: target.sampleRate) ?? .max
            let (next, isOver) = sum.addingReportingOverflow(size)
            return isOver ? .max : next
        }
        (self.card, folder) = (card, plan.folder)
    }

    /// Writes what goes around the files.
    ///
    /// - Parameters:
    ///   - made: by the place of their item.
    ///   - path: of the plan's folder.
    func complete(_ made: [Int: CardSample], in path: String) throws {
        switch card {
        case .project(let plan): try plan.complete(made, in: path)
        case .sx(let plan): try plan.complete(made, in: path)
        case .files(let plan): try plan.complete(made, in: path)
        }
    }

    /// With the names of files where a path, which is a slash and an identifier, stands for a sound.
    private static func named(_ text: String, _ sounds: [SampleID: ExportSound]) -> String {
        var (named, rest) = ("", text[...])
        while let slash = rest.firstIndex(of: "/") {
            named += rest[..<slash]
            rest = rest[slash...].dropFirst()
            let path = rest.prefix(36)
            if let sound = SampleID(String(path)).flatMap({ sounds[$0] }) {
                named += sound.sample.filename
                rest = rest.dropFirst(path.count)
            } else {
                named += "/"
            }
        }
        return named + rest
    }

    /// With the names of the samples, which their paths do not tell.
    private static func playable(_ kit: Kit, _ sounds: [SampleID: ExportSound]) -> Kit {
        var kit = kit
        kit.pads = kit.pads.compactMap { pad in
            guard let sound = SampleID(pad.sample).flatMap({ sounds[$0] }) else { return nil }
            var pad = pad
            (pad.sample, pad.name) = ("/\(pad.sample)", pad.name ?? sound.name)
            return pad
        }
        return kit
    }

    private static func importPlan(
        _ order: ExportOrder, _ sounds: [SampleID: ExportSound], _ options: CardOptions
    ) throws -> ImportPlan {
        let format = order.target.format.flatMap(ImportPlan.Format.init) ?? .wav
        let layout = order.target.layout.flatMap(ImportLayout.init)
        if let kit = order.kit {
            return try ImportPlan(
                playable(kit, sounds), from: "", layout: layout ?? .kit, format: format, options: options
            ) { path in
                SampleID(String(path.drop { $0 == "/" })).flatMap { sounds[$0]?.facts } ?? SoundFacts()
            }
        }
        let loose = order.needed.compactMap { id in
            sounds[id].map { ImportSound("/\(id)", name: $0.name, facts: $0.facts, kit: order.name) }
        }
        return ImportPlan(loose, name: order.name, layout: layout ?? .flat, format: format, options: options)
    }

    private static func missing(_ order: ExportOrder, _ sounds: [SampleID: ExportSound]) -> [String] {
        let pads = order.kit?.pads.filter { SampleID($0.sample).flatMap { sounds[$0] } == nil } ?? []
        return pads.map { "\($0.address): its sample is hidden or gone: restore it, or choose another" }
            + order.samples.filter { sounds[$0] == nil }.map { "sample \($0) is hidden or gone: restore it" }
    }
}
