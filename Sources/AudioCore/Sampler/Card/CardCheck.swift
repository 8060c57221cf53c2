/// What is known of a plan before anything is written: how much room it takes, and what will not go.
public struct CardCheck: Sendable {
    /// What is known of one item.
    public struct Item: Sendable {
        /// Of the file on the card, at most; `nil` where the sound cannot be read.
        public let bytes: Int?
        /// Why it stays off the card; empty if it goes.
        public let problems: [KitProblem]
    }

    /// In the order of the plan's.
    public let items: [Item]
    /// What concerns the whole card.
    public let problems: [KitProblem]
    /// What the sounds that go, and what is around them, take at most, in whole clusters.
    public let bytes: Int

    /// Reads the headers of all sounds; formats that do not tell their length are decoded.
    ///
    /// - Parameters:
    ///   - plan: what shall go onto the card.
    ///   - card: where it goes.
    ///   - kit: the kit of the plan, whose places are compared with the lengths of the samples; `nil` without.
    ///   - base: the folder that relative paths of the kit are meant from.
    ///   - options: how sounds are converted.
    public init(
        _ plan: some CardPlan, on card: Card, kit: Kit? = nil, from base: String = ".", options: CardOptions = .init()
    ) {
        let lengths = SampleLength.all(plan.items.map(\.source), options.ffmpeg)
        let ofKit = Dictionary(
            grouping: kit?.problems(of: lengths, from: base, lengthensShort: options.lengthensShort) ?? [], by: \.pad)
        items = plan.items.map { item in
            let problems =
                if kit != nil, let pad = item.pad {
                    ofKit[pad] ?? []
                } else {
                    SampleLength.problems(lengths[item.source], of: item.source, at: item.pad, options.lengthensShort)
                }
            return Item(bytes: lengths[item.source].flatMap(Self.bytes), problems: problems)
        }
        let sizes = items.compactMap { $0.problems.isEmpty ? $0.bytes : nil }
        let tooLarge = sizes.contains { $0 > CardNames.mostBytes }
        problems =
            (ofKit[nil] ?? []) + CardNames.problems(of: plan.items.map(\.target))
            + (tooLarge ? [KitProblem(pad: nil, problem: "a file of 4 GiB", remedy: "cut the sound")] : [])
        bytes = card.bytes(forFiles: sizes + [Self.around])
    }

    /// Bytes of folders and of what says how the sounds are played: more than any device has.
    private static let around = 1 << 20

    /// At the highest rate of any device: an upper bound for the others.
    private static func bytes(_ length: Result<SampleLength, AudioError>) -> Int? {
        guard case .success(let length) = length else { return nil }
        let frames = max(length.frames(atRate: SampleFile.sampleRate), SampleFile.sampleRate / 10)
        return frames.multiplied(by: length.frameBytes)?.adding(DeviceSampleWriter.headSize)
    }
}
