/// Cuts audio files, in three passes of bounded memory: listen, place the cuts, hand out the slices.
public struct FileSlicer: Sendable {
    private let path: String
    private let limits: DecodeLimits
    private let ffmpeg: FFmpeg?

    /// Beats are told from the first so many seconds.
    static let longestWithBeats = 600.0

    /// - Parameters:
    ///   - path: file to read; its name is not looked at. It is opened once for each pass.
    ///   - limits: what a file may ask for.
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    public init(path: String, limits: DecodeLimits = .init(), ffmpeg: FFmpeg? = nil) {
        (self.path, self.limits, self.ffmpeg) = (path, limits, ffmpeg)
    }

    /// Decides where to cut.
    ///
    /// - Throws: ``SlicingError`` where there is nothing to cut at, ``AudioError`` for a file that cannot be read,
    ///   `CancellationError` when the task is cancelled.
    public func plan(_ rule: SliceRule, options: SliceOptions = .init()) throws -> SlicePlan {
        try rule.check()
        try options.check()
        switch rule {
        case .onsets: return try cut(at: onsetCuts(), options)
        case .beats(let every): return try cut(at: beatCuts(every), options)
        case .clips(let clipOptions): return try takeClips(clipOptions, options)
        }
    }

    /// Hands out the slices of a plan of this file, front to back.
    ///
    /// - Parameters:
    ///   - plan: of ``plan(_:options:)``.
    ///   - body: gets the index of the slice and its next samples, interleaved; good until it returns.
    /// - Throws: ``SlicingError/changed`` where the file is not as long as when it was planned, what `body` throws,
    ///   and as ``plan(_:options:)``.
    public func render(_ plan: SlicePlan, _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void) throws {
        let file = try open()
        guard file.stream.sampleRate == plan.sampleRate else { throw SlicingError.changed }
        let renderer = SliceRenderer(plan: plan, channels: file.stream.channels)
        try file.forEachBlock { try renderer.push($0, body) }
        guard file.framesRead == plan.frames else { throw SlicingError.changed }
    }

    /// What the file says about itself.
    public func stream() throws(AudioError) -> AudioStream { try open().stream }

    func open() throws(AudioError) -> AudioFile {
        try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
    }

    private func onsetCuts() throws -> [Cut] {
        let file = try open()
        let scan = OnsetScan(stream: file.stream)
        try file.forEachBlock { try scan.push($0) }
        let onsets = try scan.finish()
        guard !onsets.isEmpty else { throw SlicingError.noOnsets }
        return Cut.cuts(onsets: onsets, sampleRate: file.stream.sampleRate)
    }

    private func beatCuts(_ every: Int) throws -> [Cut] {
        let file = try open()
        let extractor = FeatureExtractor(stream: file.stream)
        let longest = Int(Self.longestWithBeats) * file.stream.sampleRate
        try file.forEachBlock { block in
            guard file.framesRead <= longest else {
                throw SlicingError.tooLongForBeats(seconds: Self.longestWithBeats)
            }
            try extractor.push(block)
        }
        let rhythm = try extractor.finish().rhythm
        guard !rhythm.beats.isEmpty else { throw SlicingError.noBeats }
        return Cut.cuts(
            beats: rhythm.beats, every: every, onsets: rhythm.onsets, sampleRate: file.stream.sampleRate)
    }

    private func cut(at cuts: [Cut], _ options: SliceOptions) throws -> SlicePlan {
        let file = try open()
        return try SlicePlan(
            cuts: place(cuts, in: file, options), frames: file.framesRead, sampleRate: file.stream.sampleRate,
            options: options)
    }

    private func takeClips(_ clipOptions: ClipOptions, _ options: SliceOptions) throws -> SlicePlan {
        let curve = try ActivityCurve(path: path, limits: limits, ffmpeg: ffmpeg)
        let clips = try ClipFinder.clips(in: curve, options: clipOptions)
        guard !clips.isEmpty else { throw SlicingError.noClips }
        let file = try open()
        let edges = clips.flatMap { [$0.lowerBound, $0.upperBound] }
        let placed = try place(edges.map { Cut(frame: $0, kind: .grid) }, in: file, options)
        guard file.framesRead == curve.frames, file.stream.sampleRate == curve.sampleRate else {
            throw SlicingError.changed
        }
        // An edge at the very end is no place within the file, and stays.
        let ends = placed.map(\.frame) + edges.dropFirst(placed.count)
        return try SlicePlan(
            clips: SlicePlan.ranges(between: ends), frames: curve.frames, sampleRate: curve.sampleRate,
            options: options)
    }

    private func place(_ cuts: [Cut], in file: AudioFile, _ options: SliceOptions) throws -> [PlacedCut] {
        let placer = try CutPlacer(
            cuts: cuts, sampleRate: file.stream.sampleRate, channels: file.stream.channels, options: options)
        try file.forEachBlock { placer.push($0) }
        return placer.finish()
    }
}
