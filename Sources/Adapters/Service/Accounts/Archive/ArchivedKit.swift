import AudioCore
import SampleLibrary
import Storage

/// A kit with its pads, as an account takes it away.
struct ArchivedKit: Encodable {
    let id: String
    let name: String
    let bpm: Double
    let banks: [KitBank]?
    let pads: [ArchivedPad]
    let createdAt: Timestamp

    init(_ kit: LibraryKit) {
        (id, name, bpm, banks) = (kit.id.text, kit.kit.name, kit.kit.bpm, kit.kit.banks)
        pads = kit.kit.pads.map { ArchivedPad($0, in: kit) }
        createdAt = kit.createdAt
    }
}

struct ArchivedPad: Encodable {
    let pad: KitPad
    let filename: String?
    let silent: String?

    init(_ pad: KitPad, in kit: LibraryKit) {
        (self.pad, filename) = (pad, kit.filename(on: pad.address))
        silent = kit.silent[pad.address]?.name
    }

    private enum CodingKeys: CodingKey {
        case filename, silent
    }

    func encode(to encoder: any Encoder) throws {
        try pad.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(filename, forKey: .filename)
        try container.encodeIfPresent(silent, forKey: .silent)
    }
}
