import Storage

/// Gets files from addresses that users name.
///
/// Addresses lead anywhere, also inside: whoever implements this judges them, and what they redirect to.
public protocol FileFetcher: Sendable {
    /// - Throws: ``FetchFailure``, as does the body of what is given back: one for whatever went wrong.
    func fetch(_ url: String) async throws(FetchFailure) -> FetchedFile
}

/// A file that begins to come in.
public struct FetchedFile: Sendable {
    /// The last part of its address.
    public let name: String?
    /// Bytes, pulled by whoever reads them; given up when nobody does.
    public let body: ByteStream

    public init(name: String?, body: ByteStream) {
        (self.name, self.body) = (name, body)
    }
}

/// No file came from an address. It says the same whatever the reason, so that nobody learns from it what answers where inside.
public struct FetchFailure: Error, Equatable, Sendable {
    public init() {}
}

extension FetchFailure: CustomStringConvertible {
    public var description: String {
        "no file could be fetched from 'file_url': it must be a public https address that answers with the file itself, in time"
    }
}
