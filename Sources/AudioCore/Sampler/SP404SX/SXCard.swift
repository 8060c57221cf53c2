/// What is on the card of an SP-404SX or SP-404A: the records of its pads, their sample files, and all else as it is.
///
/// A damaged file does not stop the reading: what is wrong is gathered in ``problems``. Links are not followed, so that
/// nothing outside of the card is read. Memory: a few hundred bytes a file, whatever the length of the samples.
public struct SXCard: Sendable {
    /// The folder that was read: `…/SP-404SX`, or `SMPL` where only that was given.
    public let folder: String
    /// `nil` where `PAD_INFO.BIN` is missing or not readable.
    public let information: PadInformation?
    /// Pads with a sample file or a record that is not empty, A1 first.
    public let pads: [Pad]
    /// Everything that is wrong, file by file.
    public let problems: [Problem]
    /// Every regular file, by its path below ``folder``, and its bytes.
    let files: [String: Int]
    /// `PAD_INFO.BIN`, below ``folder``.
    let informationPath: String?

    /// A pad of the card.
    public struct Pad: Equatable, Sendable {
        public let address: PadAddress
        /// `nil` where there are no records.
        public let record: PadInformation.Record?
        /// `nil` where there is none.
        public let sample: Sample?
    }

    /// A sample file of the card.
    public struct Sample: Equatable, Sendable {
        /// Below ``SXCard/folder``: `SMPL/A0000001.WAV`.
        public let path: String
        public let bytes: Int
        /// `nil` where it is not of the layout that a unit writes.
        public let head: SXSampleFile?
        /// `nil` where there is no sound to be read.
        public let stream: AudioStream?
        /// Samples per channel; `nil` where there is no sound to be read.
        public let frames: Int?
    }

    /// What is wrong with a file of the card.
    public struct Problem: Equatable, Sendable, Codable, CustomStringConvertible {
        /// Below ``SXCard/folder``.
        public let file: String
        /// What is wrong, and what to do.
        public let problem: String

        public var description: String { "\(file): \(problem)" }
    }

    /// Reads a card.
    ///
    /// - Parameter path: the card itself, its folder `ROLAND/SP-404SX`, `IMPORT/SP-404SX` or `SP-404SX`, or `SMPL` with
    ///   the samples; small letters too.
    /// - Throws: ``SamplerError/cannotRead(file:reason:)`` where there are none.
    public init(path: String) throws(SamplerError) {
        guard let place = SXCardPlace(path) else {
            throw .cannotRead(file: path, reason: "no ROLAND/SP-404SX/SMPL with PAD_INFO.BIN or A0000001.WAV")
        }
        var reader = SXCardReader(place)
        reader.read()
        folder = place.folder
        (information, pads, problems) = (reader.information, reader.pads, reader.problems)
        (files, informationPath) = (reader.files, reader.informationPath)
    }

    /// Whether there are samples of an SP-404SX.
    ///
    /// - Parameter path: as for ``init(path:)``.
    public static func isThere(_ path: String) -> Bool { SXCardPlace(path) != nil }

    /// The kit that the pads play; places count frames of the sample files.
    ///
    /// A pad whose record is empty is left out; without records every sample is on its pad as it is.
    ///
    /// - Parameter name: of the kit, as a card has none.
    public func kit(named name: String = "SP-404SX") -> Kit {
        let samples = Dictionary(
            uniqueKeysWithValues: pads.compactMap { pad in pad.cardSample.map { (pad.address, $0) } })
        let paths = Dictionary(uniqueKeysWithValues: pads.map { ($0.address, $0.sample?.name ?? "") })
        guard let information else {
            let pads = samples.keys.sorted().map { KitPad($0, sample: paths[$0] ?? "") }
            return Kit(name: name, pads: pads)
        }
        return Kit(information, samples: samples, name: name) { paths[$0] ?? "" }
    }
}

extension SXCard.Sample {
    /// The name of the file.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension SXCard.Pad {
    fileprivate var cardSample: CardSample? {
        guard let stream = sample?.stream, let frames = sample?.frames else { return nil }
        // Offsets count bytes of the file, so that its own rate is the unit's.
        return CardSample(
            sourceRate: SXSampleFile.sampleRate, channels: stream.channels, frames: frames, clippedSamples: 0,
            addedFrames: 0)
    }
}
