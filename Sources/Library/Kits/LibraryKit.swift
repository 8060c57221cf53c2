import AudioCore
import Foundation
import Storage

/// A kit an account keeps, whose pads play samples of its library.
public struct LibraryKit: Equatable, Sendable {
    public let id: KitID
    public let owner: AccountID
    /// Pads in order of their places. A pad's `sample` is the text of a ``SampleID``, where a kit's file has a path.
    public let kit: Kit
    /// What is on the pads, hidden or not; a purged sample is not among them.
    public let samples: [PadAddress: Sample]
    /// Pads that are not to be played now, and why.
    public let silent: [PadAddress: PadSilence]
    public let createdAt: Timestamp

    /// The kit as a sampler plays it: without silent pads.
    ///
    /// - Parameter path: where the bytes of a sample lie.
    public func playable(_ path: (Sample) throws -> String) rethrows -> Kit {
        var playable = kit
        playable.pads = try kit.pads.compactMap { pad in
            guard silent[pad.address] == nil, let sample = samples[pad.address] else { return nil }
            var pad = pad
            pad.sample = try path(sample)
            return pad
        }
        return playable
    }

    /// Of the sample on a pad; of a purged one as it was when it came there. Nil where there is none.
    public func filename(on pad: PadAddress) -> String? {
        if case .purged(let filename) = silent[pad] { return filename }
        return samples[pad]?.filename
    }
}

public typealias KitID = Identifier<LibraryKit>

/// Why a pad with a sample is not to be played.
public enum PadSilence: Equatable, Sendable {
    /// The sample can still be restored.
    case hidden(since: Timestamp)
    /// The sample is gone; with the filename it had when it came onto the pad.
    case purged(filename: String)

    /// As clients see it.
    public var name: String {
        switch self {
        case .hidden: "hidden"
        case .purged: "purged"
        }
    }
}

/// A kit as a list shows it.
public struct KitSummary: Equatable, Sendable {
    public let id: KitID
    public let name: String
    public let bpm: Double
    /// How many pads have a sample.
    public let pads: Int
    public let createdAt: Timestamp
}

extension LibraryKit {
    /// - Parameter pads: rows of `kit_pads`, in order of their places, with the sample's columns or nulls.
    init(_ row: Row, pads: [Row]) throws {
        var kit = Kit(name: try row.get("name"), bpm: try row.get("bpm"))
        let banks: String? = try row.get(optional: "banks")
        kit.banks = try banks.map { try JSONDecoder().decode([KitBank].self, from: Data($0.utf8)) }
        var (samples, silent): ([PadAddress: Sample], [PadAddress: PadSilence]) = ([:], [:])
        for row in pads {
            let pad = try KitPad(row)
            kit.pads.append(pad)
            if try row.get(optional: "id", as: String.self) == nil {
                silent[pad.address] = .purged(filename: try row.get("filename_then"))
                continue
            }
            samples[pad.address] = try Sample(row)
            if let since: Timestamp = try row.get(optional: "hidden_at") { silent[pad.address] = .hidden(since: since) }
        }
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), kit: kit, samples: samples, silent: silent,
            createdAt: try row.get("created_at"))
    }
}

extension KitSummary {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), name: try row.get("name"), bpm: try row.get("bpm"), pads: try row.get("pads"),
            createdAt: try row.get("created_at"))
    }
}

extension KitPad {
    /// The columns are right where the settings, which moved along with the pad, say otherwise.
    fileprivate init(_ row: Row) throws {
        let settings: String = try row.get("settings")
        self = try JSONDecoder().decode(KitPad.self, from: Data(settings.utf8))
        let place: Int = try row.get("pad")
        guard PadAddress.all.indices.contains(place) else { throw DatabaseError.unexpected("a pad \(place)") }
        (address, sample) = (PadAddress.all[place], try row.get("sample_id"))
    }
}
