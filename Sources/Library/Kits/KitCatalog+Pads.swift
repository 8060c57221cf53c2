import AudioCore
import Storage

extension KitCatalog {
    /// Most bytes of a pad's settings as JSON: its numbers take a fifth of that, the rest is for its name and reason.
    private static let largestPad = 4_096

    /// Puts a sample on a pad, in place of what is there.
    ///
    /// - Parameter pad: its `sample` is the text of a ``SampleID`` of this owner's, hidden or not.
    /// - Throws: ``LibraryError/notFound(_:)`` for the kit or the sample, ``LibraryError/unfitKit(_:)``.
    public func setPad(_ pad: KitPad, of id: KitID, owner: AccountID, in session: any WriteSession) throws {
        try checkKnown(id, of: owner, in: session)
        try check(Kit(name: "pad", pads: [pad]))
        try empty(pad.address, of: id, session)
        try insert([pad], of: id, owner: owner, in: session)
    }

    /// Takes the sample off a pad; an empty one stays so.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``.
    public func clearPad(_ pad: PadAddress, of id: KitID, owner: AccountID, in session: any WriteSession) throws {
        try checkKnown(id, of: owner, in: session)
        try empty(pad, of: id, session)
    }

    /// Lets what is on two pads change places, with its settings; either may be empty.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``.
    public func exchangePads(
        _ one: PadAddress, _ other: PadAddress, of id: KitID, owner: AccountID, in session: any WriteSession
    ) throws {
        try checkKnown(id, of: owner, in: session)
        // By way of a place that no pad has, as no two rows may have the same one for a moment.
        for (from, to) in [(one.index, -1), (other.index, one.index), (-1, other.index)] {
            try session.execute("UPDATE kit_pads SET pad = \(to) WHERE kit = \(id) AND pad = \(from)")
        }
    }

    func insert(_ pads: [KitPad], of id: KitID, owner: AccountID, in session: any WriteSession) throws {
        let filenames = try filenames(of: pads, owner, session)
        for pad in pads {
            guard let sample = SampleID(pad.sample), let filename = filenames[sample] else {
                throw LibraryError.notFound("sample")
            }
            let settings = try JSONText.encode(pad)
            guard settings.utf8.count <= Self.largestPad else {
                throw LibraryError.unfitKit("\(pad.address): its name and reason are too long: shorten them")
            }
            try session.execute(
                """
                INSERT INTO kit_pads (kit, pad, sample_id, filename, settings)
                VALUES (\(id), \(pad.address.index), \(sample), \(filename), \(settings))
                """)
        }
    }

    private func filenames(
        of pads: [KitPad], _ owner: AccountID, _ session: any ReadSession
    ) throws -> [SampleID: String] {
        let samples = Set(pads.compactMap { SampleID($0.sample) })
        guard !samples.isEmpty else { return [:] }
        let rows = try session.rows(
            "SELECT id, filename FROM samples WHERE owner = \(owner) AND id IN (\(list: Array(samples)))")
        return try rows.reduce(into: [:]) { $0[try $1.get("id", as: SampleID.self)] = try $1.get("filename") }
    }

    private func empty(_ pad: PadAddress, of id: KitID, _ session: any WriteSession) throws {
        try session.execute("DELETE FROM kit_pads WHERE kit = \(id) AND pad = \(pad.index)")
    }
}
