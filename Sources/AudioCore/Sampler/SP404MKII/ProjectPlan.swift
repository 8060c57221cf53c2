import Foundation

/// A kit as a project of an SP-404MKII.
///
/// Every pad of the kit becomes an `SMP` file of 48 kHz and 16 bits, and `PADCONF.BIN` says how it plays. Patterns,
/// their chain and pictures are not made: a unit starts without.
public struct ProjectPlan: CardPlan {
    /// Where on a card a unit looks for projects.
    public enum Place: String, CaseIterable, Sendable {
        /// Played from the card at once, without importing.
        case export
        /// Listed by the unit's import screen.
        case `import`
        /// As the unit's own storage has them, and backups made with the maker's program.
        case roland

        var folder: String {
            switch self {
            case .export: "EXPORT/PROJECT"
            case .import: "IMPORT"
            case .roland: "ROLAND/SP-404MKII"
            }
        }
    }

    public static let numbers = 1...16

    public let folder: String
    public let items: [CardItem]
    /// Pads whose name is changed because the unit has no room or no letters for it.
    public let problems: [KitProblem]
    public let omissions: [KitProblem] = []
    private let kit: Kit
    private let options: CardOptions

    /// - Parameters:
    ///   - kit: what the pads play.
    ///   - base: the folder that relative paths of the kit are meant from.
    ///   - number: 1…16.
    ///   - place: where on the card.
    ///   - options: how sounds are converted.
    /// - Throws: ``SamplerError/unusableKit(_:)`` with every problem of the kit.
    public init(
        _ kit: Kit, from base: String, number: Int, at place: Place = .export, options: CardOptions = .init()
    ) throws(SamplerError) {
        var problems = kit.problems
        if !Self.numbers.contains(number) {
            problems.append(KitProblem(pad: nil, problem: "project \(number)", remedy: "use 1 to 16"))
        }
        guard problems.isEmpty else { throw .unusableKit(problems) }
        self.problems = kit.pads.sorted { $0.address < $1.address }.compactMap(\.changedName)
        (self.kit, self.options) = (kit, options)
        folder = "\(place.folder)/PROJECT_\(number < 10 ? "0" : "")\(number)"
        items = kit.pads.sorted { $0.address < $1.address }.map { pad in
            CardItem(source: pad.path(from: base), target: "SMPL/\(pad.address.sampleFileName)", pad: pad.address)
        }
    }

    public func convert(_ index: Int, in folder: String) throws -> CardSample {
        let item = items[index]
        let sound = try DeviceSound(path: item.source, rate: SampleFile.sampleRate, options)
        let writer = DeviceSampleWriter(order: .big) { try SampleFile(channels: $0, frames: $1).head }
        let path = "\(folder)/\(item.target)"
        let sample = try writer.write(sound, to: path)
        do {
            try item.pad.flatMap { kit[$0] }?.checkPlaces(in: sample, of: item.source)
        } catch {
            // A file that no pad plays would be left.
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        return sample
    }

    public func complete(_ samples: [Int: CardSample], in folder: String) throws {
        let pads = samples.compactMap { index, sample in items[index].pad.map { ($0, sample) } }
        let configuration = PadConfiguration(kit: kit, samples: Dictionary(uniqueKeysWithValues: pads))
        try OutputFile.write(configuration.bytes, to: "\(folder)/PADCONF.BIN")
        _ = try DiskFolder.make("\(folder)/PTN")
    }
}

extension KitPad {
    /// Where the sample is.
    package func path(from base: String) -> String { sample.hasPrefix("/") ? sample : "\(base)/\(sample)" }
}

extension KitPad {
    /// `nil` if the unit shows the name as it is.
    fileprivate var changedName: KitProblem? {
        let shown = DeviceText(shownName, length: PadConfiguration.padNameLength).text
        guard shown != shownName else { return nil }
        return KitProblem(
            pad: address, problem: "its name becomes '\(shown)'", remedy: "name it with at most 23 ASCII characters")
    }
}

extension PadAddress {
    /// `BANK1-01.SMP` for A1 … `BANK10-16.SMP` for J16.
    var sampleFileName: String { "BANK\(bank + 1)-\(pad < 10 ? "0" : "")\(pad).SMP" }
}

extension OutputFile {
    /// A whole file.
    static func write(_ bytes: [UInt8], to path: String) throws(AudioWriteError) {
        let file = try OutputFile(path: path, replaces: false)
        _ = bytes.withUnsafeBytes { file.write($0) }
        try file.publish()
    }
}
