import Foundation

/// A kit as the samples of an SP-404SX or SP-404A.
///
/// Every pad of the kit becomes a WAV of 44.1 kHz and 16 bits, and `PAD_INFO.BIN` says how it plays. Patterns are not
/// made, and those beside the folder stay as they are.
public struct SXCardPlan: CardPlan {
    /// Where on a card the samples are looked for.
    public enum Place: String, CaseIterable, Sendable {
        /// On the card of an SP-404SX itself.
        case roland
        /// On the card of an SP-404MKII, for its import.
        case `import`

        var folder: String {
            switch self {
            case .roland: "ROLAND/SP-404SX/SMPL"
            case .import: "IMPORT/SP-404SX/SMPL"
            }
        }
    }

    public let folder: String
    public let items: [CardItem]
    /// Values of pads and banks that an SP-404SX does not have.
    public let problems: [KitProblem]
    /// Pads that an SP-404SX does not have.
    public let omissions: [KitProblem]
    private let kit: Kit
    private let options: CardOptions

    /// - Parameters:
    ///   - kit: what the pads play.
    ///   - base: the folder that relative paths of the kit are meant from.
    ///   - place: where on the card.
    ///   - options: how sounds are converted.
    /// - Throws: ``SamplerError/unusableKit(_:)`` with every problem of the kit's own values.
    public init(
        _ kit: Kit, from base: String, at place: Place = .roland, options: CardOptions = .init()
    ) throws(SamplerError) {
        let wrong = kit.problems
        guard wrong.isEmpty else { throw .unusableKit(wrong) }
        (self.kit, self.options, folder) = (kit, options, place.folder)
        (problems, omissions) = (kit.problemsOnSX, kit.padsNotOnSX)
        items = kit.pads.sorted { $0.address < $1.address }.compactMap { pad in
            pad.address.fileNameOnSX.map { CardItem(source: pad.path(from: base), target: $0, pad: pad.address) }
        }
    }

    public func convert(_ index: Int, in folder: String) throws -> CardSample {
        let item = items[index]
        let path = "\(folder)/\(item.target)"
        guard let address = item.pad, let pad = kit[address] else {
            throw SamplerError.damaged(file: item.source, reason: "it is on no pad")
        }
        let sound = try DeviceSound(path: item.source, rate: SXSampleFile.sampleRate, options)
        let writer = DeviceSampleWriter(order: .little) {
            try SXSampleFile(channels: $0, frames: $1, pad: address).head
        }
        let sample = try writer.write(sound, to: path)
        if sample.framesOnSX(of: pad).isEmpty {
            try? FileManager.default.removeItem(atPath: path)
            throw SamplerError.unfit(
                file: item.source, reason: "\(address) starts where the sample ends", remedy: "let it start earlier")
        }
        return sample
    }

    public func complete(_ samples: [Int: CardSample], in folder: String) throws {
        let pads = samples.compactMap { index, sample in items[index].pad.map { ($0, sample) } }
        let information = PadInformation(kit: kit, samples: Dictionary(pads) { first, _ in first })
        try OutputFile.write(information.bytes, to: "\(folder)/\(PadInformation.fileName)")
    }
}
