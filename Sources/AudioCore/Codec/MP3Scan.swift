/// Finds the frames of an MP3 file, so that the decoder gets sound and nothing else.
///
/// The file is walked once, from frame header to frame header. What lies between frames (tags,
/// pictures, junk) is left out: libmpg123 then has no sync to search for and no warning to print, and
/// the number of frames is counted instead of guessed from a bit rate.
struct MP3Scan {
    /// Places of unbroken frames in the file.
    private(set) var runs: [Range<Int>] = []
    private(set) var count = 0
    /// The last frame is cut, or the stream goes on in another rate or channel count.
    private(set) var isTruncated = false
    let first: MPEGFrame

    /// Bytes searched for the next frame: a network hiccup or a lost tag is shorter.
    private static let longestGap = 256 << 10
    /// Breaks that are borne: real files have one or two.
    private static let mostRuns = 1_000

    init(_ file: InputFile, from start: Int) throws(AudioError) {
        var window = FileWindow(file)
        guard let (offset, first) = try Self.findFrame(&window, from: start, agreeing: nil) else {
            throw .damaged(format: .mp3, reason: "no two frames in a row")
        }
        self.first = first
        var next: Int? = offset
        while let start = next, runs.count < Self.mostRuns {
            let end = try followRun(&window, from: start)
            runs.append(start..<end)
            next = try Self.findFrame(&window, from: end, agreeing: first)?.offset
        }
        // Frames of another kind behind the last run: another stream, glued on.
        let rest = runs.last?.upperBound ?? start
        let other = try Self.findFrame(&window, from: rest, agreeing: nil)
        isTruncated = isTruncated || other != nil
    }

    /// Goes from frame to frame until one is missing; returns where.
    private mutating func followRun(_ window: inout FileWindow, from start: Int) throws(AudioError) -> Int {
        var offset = start
        while let frame = try window.word(at: offset).flatMap(MPEGFrame.init) {
            guard first.agrees(with: frame), offset + frame.length <= window.size else {
                isTruncated = true
                break
            }
            offset += frame.length
            count += 1
        }
        return offset
    }

    /// The next place where two agreeing frames follow each other, or one ends the file.
    private static func findFrame(
        _ window: inout FileWindow, from start: Int, agreeing first: MPEGFrame?
    ) throws(AudioError) -> (offset: Int, MPEGFrame)? {
        for offset in start..<(start.adding(longestGap) ?? start) {
            guard let word = try window.word(at: offset) else { return nil }
            guard let frame = MPEGFrame(word), first?.agrees(with: frame) ?? true else { continue }
            let end = offset + frame.length
            if end == window.size { return (offset, frame) }
            if let next = try window.word(at: end).flatMap(MPEGFrame.init), frame.agrees(with: next) {
                return (offset, frame)
            }
        }
        return nil
    }
}
