import SampleLibrary

/// A part of what a search found.
public struct LibraryPage: Sendable {
    public let items: [SampleDetails]
    /// For the next page; nil on the last.
    public let cursor: String?
}
