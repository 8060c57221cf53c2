/// Streams of one kind that follow each other in an Ogg file, as one sound.
final class ChainedSource: FrameSource {
    private let file: InputFile
    private let limits: DecodeLimits
    private var current: LibrarySource
    private var rest: ArraySlice<CheckedInput>
    private(set) var isTruncated: Bool
    /// Of the first stream.
    let metadata: AudioMetadata?

    /// - Parameter links: at least one; all of the same format, rate and channels.
    init(_ file: InputFile, _ links: [CheckedInput], _ limits: DecodeLimits) throws(AudioError) {
        guard let first = links.first else { throw .notAudio }
        (self.file, self.limits, rest) = (file, limits, links.dropFirst())
        current = try LibrarySource(file, first, limits)
        (isTruncated, metadata) = (current.isTruncated, first.metadata)
    }

    var stream: AudioStream { current.stream }
    var mostFrames: Int? { nil }
    var needsRepair: Bool { true }

    func read(into output: UnsafeMutablePointer<Float>, frames: Int) throws(AudioError) -> Int {
        while true {
            let count = try current.read(into: output, frames: frames)
            isTruncated = isTruncated || current.isTruncated
            guard count == 0, let next = rest.popFirst() else { return count }
            do throws(AudioError) {
                current = try LibrarySource(file, next, limits)
            } catch {
                if case .cannotRead = error { throw error }
                // What came before is good; what cannot be opened is missing.
                (isTruncated, rest) = (true, [])
                return 0
            }
        }
    }
}
