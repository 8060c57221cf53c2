/// One folder of a card: which sounds are converted for it, and what is written around them.
///
/// A plan is carried out by converting each of its items, in any order and several at once, and then completing it.
/// Nothing on the card changes before ``CardFolder`` gives the folder its name.
public protocol CardPlan: Sendable {
    /// Where the folder goes, below the card: `EXPORT/PROJECT/PROJECT_03`.
    var folder: String { get }
    /// What is to be converted, in the order of pads or names.
    var items: [CardItem] { get }
    /// What is changed on its way, and why.
    var problems: [KitProblem] { get }
    /// What stays off the card, and why.
    var omissions: [KitProblem] { get }

    /// Writes the file of one item.
    ///
    /// - Parameters:
    ///   - index: of the item in ``items``.
    ///   - folder: where the plan's folder is being made; the item's own folder is there.
    /// - Throws: ``SamplerError``, ``AudioError`` or ``AudioWriteError`` for a sound that does not fit or cannot be
    ///   read or written; the others go on without it. `CancellationError`.
    func convert(_ index: Int, in folder: String) throws -> CardSample

    /// Writes what goes around the samples.
    ///
    /// - Parameters:
    ///   - samples: by the index of their item; what failed is missing.
    ///   - folder: where the plan's folder is being made.
    func complete(_ samples: [Int: CardSample], in folder: String) throws
}

/// A sound on its way to a card.
public struct CardItem: Equatable, Sendable {
    /// Path of the audio file.
    public let source: String
    /// Where it goes, below the plan's folder: `SMPL/BANK1-01.SMP`.
    public let target: String
    /// `nil` where a device has no pads.
    public let pad: PadAddress?

    public init(source: String, target: String, pad: PadAddress? = nil) {
        (self.source, self.target, self.pad) = (source, target, pad)
    }
}

/// What came of an item.
public struct CardSample: Equatable, Sendable, Codable {
    /// Frames per second of the source, which places in a kit count in.
    public let sourceRate: Int
    public let channels: Int
    /// At the rate of the device.
    public let frames: Int
    /// Samples that were beyond full scale and were cut to it.
    public let clippedSamples: Int
    /// Frames of silence added to reach the shortest length that the device takes.
    public let addedFrames: Int
    /// Whether the source ends before its header says so; what is there was taken.
    public var isTruncated = false
    /// Samples of the source that were no numbers and are silent now, or were too large for any.
    public var repairedSamples = 0

    /// - Parameters:
    ///   - sourceRate: frames per second of the source.
    ///   - channels: 1 or 2.
    ///   - frames: at the rate of the device.
    ///   - clippedSamples: that were beyond full scale.
    ///   - addedFrames: of silence.
    public init(sourceRate: Int, channels: Int, frames: Int, clippedSamples: Int = 0, addedFrames: Int = 0) {
        (self.sourceRate, self.channels, self.frames) = (sourceRate, channels, frames)
        (self.clippedSamples, self.addedFrames) = (clippedSamples, addedFrames)
    }
}
