/// Walks the pages of an Ogg file once and finds the streams that follow each other in it.
///
/// The decoder gets one stream at a time: left alone with a chain it gives the first one, or loses its way.
/// It skips damaged pages without a word, so their checksums are verified here.
struct OggScan {
    /// Places of streams in the same codec, rate and channels, one behind the other.
    private(set) var links: [Range<Int>] = []
    /// A page is damaged or missing, a stream lacks its last page, or one of another kind follows.
    private(set) var isTruncated = false
    /// Of the first stream.
    private(set) var comment = OggComment()

    /// Recordings of a radio station have a link per song.
    private static let mostLinks = 100
    /// Bytes searched for the next page.
    private static let longestGap = 256 << 10
    /// Bytes of false pages, in all, whose checksums are computed: a lure has them overlap.
    private static let mostFalseBytes = 4 << 20

    /// The link being walked.
    private var start = 0
    private var lastPage: OggPage?
    private var isHeadOver = false
    private var falseBytes = 0

    init(_ file: InputFile, of identity: OggIdentity) throws(AudioError) {
        var window = FileWindow(file)
        var offset = 0
        while let found = try nextPage(&window, from: offset) {
            if found.offset > offset, lastPage?.isLast != true { isTruncated = true }
            guard try takesPage(found.page, at: found.offset, &window, identity) else { return }
            if links.isEmpty { comment.take(found.page, found.bytes) }
            offset = found.offset + found.page.length
        }
        endLink(at: offset)
    }

    /// Goes on by one page; `false` if nothing behind it is wanted.
    private mutating func takesPage(
        _ page: OggPage, at offset: Int, _ window: inout FileWindow, _ identity: OggIdentity
    ) throws(AudioError) -> Bool {
        // First pages in a row are streams side by side, of which the first one counts.
        if page.isFirst, isHeadOver {
            endLink(at: offset)
            let head = try window.bytes(at: offset, count: min(page.length, AudioFormat.sniffLength))
            guard links.count < Self.mostLinks,
                OggIdentity(firstPage: HeaderBytes(Array(head ?? []), .little)) == identity
            else {
                isTruncated = true
                return false
            }
            (start, lastPage, isHeadOver) = (offset, page, false)
        } else if let last = lastPage {
            isHeadOver = isHeadOver || !page.isFirst
            if page.stream != last.stream { return true }
            if last.isLast || page.sequence != last.sequence &+ 1 { isTruncated = true }
            lastPage = page
        } else {
            lastPage = page
        }
        return true
    }

    private mutating func endLink(at end: Int) {
        if lastPage?.isLast != true { isTruncated = true }
        links.append(start..<end)
    }

    /// The next whole page with a right checksum.
    private mutating func nextPage(
        _ window: inout FileWindow, from start: Int
    ) throws(AudioError) -> (offset: Int, page: OggPage, bytes: ArraySlice<UInt8>)? {
        for offset in start..<(start.adding(Self.longestGap) ?? start) {
            guard let capture = try window.word(at: offset) else { return nil }
            guard capture == 0x4F67_6753 else { continue }
            let head = try window.bytes(at: offset, count: min(OggPage.longestHeader, window.size - offset)) ?? []
            guard let page = OggPage(HeaderBytes(Array(head), .little)),
                let bytes = try window.bytes(at: offset, count: page.length)
            else { continue }
            if bytes.withUnsafeBufferPointer(OggPage.checksum) == page.checksum { return (offset, page, bytes) }
            falseBytes += page.length
            guard falseBytes <= Self.mostFalseBytes else {
                isTruncated = true
                return nil
            }
        }
        return nil
    }
}
