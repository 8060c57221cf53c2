import AudioCore
import Foundation

/// What was written, or would be.
struct ExportReport {
    /// What came of it.
    struct Done {
        let samples: [Int: CardSample]
        let backup: String?
        let seconds: Double
    }

    var done: Done?
    private let name: String
    private let bpm: Double?
    private let items: [(item: CardItem, check: CardCheck.Item)]
    private let target: String
    private let bytes: Int
    private let card: Card
    private let omissions: [KitProblem]
    private let changes: [KitProblem]

    /// - Parameter bpm: `nil` where the device keeps no tempo.
    init(_ name: String, _ bpm: Double?, _ plan: some CardPlan, _ check: CardCheck, _ card: Card) {
        (self.name, self.bpm, self.card, bytes) = (name, bpm, card, check.bytes)
        items = zip(plan.items, check.items).map { ($0, $1) }
        target = "\(card.path)/\(plan.folder)"
        (omissions, changes) = (plan.omissions, plan.problems)
    }

    func print(isJSON: Bool) {
        if isJSON { return JSONOutput.print(record) }
        if let done { summary(done) } else { table() }
    }

    private var record: ExportRecord {
        ExportRecord(
            name: name, bpm: bpm, folder: target, written: done != nil, bytes: bytes, freeBytes: card.freeBytes,
            items: rows, leftOut: omissions.map(\.description), changes: changes.map(\.description),
            backup: done?.backup, seconds: done.map { ($0.seconds * 1_000).rounded() / 1_000 })
    }

    private var rows: [ExportRow] {
        items.enumerated().map { ExportRow($1.item, $1.check, done?.samples[$0], isDone: done != nil) }
    }

    private func table() {
        write("  PAD       SIZE  FILE                   FROM\n")
        for (item, check) in items {
            let pad = (item.pad?.description ?? "-").padding(toLength: 4, withPad: " ", startingAt: 0)
            let size = check.problems.isEmpty ? check.bytes.map(Self.megabytes) ?? "?" : "left out"
            let space = String(repeating: " ", count: max(0, 9 - size.count))
            let file = item.target.padding(toLength: max(21, item.target.count), withPad: " ", startingAt: 0)
            write("  \(pad)\(space)\(size)  \(file)  \(item.source.printable)\n")
        }
        let going = items.filter { $0.check.problems.isEmpty }.count
        write("\(title): \(count(going)), at most \(Self.megabytes(bytes)) of \(Self.megabytes(card.freeBytes)) free\n")
        let isThere = FileManager.default.fileExists(atPath: target)
        write("would be written to \(target.printable)\(isThere ? ", which exists" : ""); nothing was written\n")
    }

    private func summary(_ done: Done) {
        let size = done.samples.values.reduce(0) { $0 + $1.frames * $1.channels * 2 + 512 }
        let time = String(format: "%.1f s", done.seconds)
        write("\(title): \(count(done.samples.count)), \(Self.megabytes(size)) in \(time)\n")
        write("written to \(target.printable)\n")
        if !card.isThere { write("no card was mounted there: \(card.path.printable) is a new folder of this disk\n") }
        if let backup = done.backup { write("what was there is kept as \(backup.printable)\n") }
        for (index, sample) in done.samples.sorted(by: { $0.key < $1.key }) {
            for note in Self.notes(sample) { FileProblem(path: items[index].item.source, reason: note).report() }
        }
    }

    private var title: String { name.printable + (bpm.map { String(format: ", %g BPM", $0) } ?? "") }

    /// What the user should know of a sound that went.
    private static func notes(_ sample: CardSample) -> [String] {
        var notes: [String] = []
        if sample.clippedSamples > 0 {
            notes.append("\(sample.clippedSamples) samples were beyond full scale and are clipped")
        }
        if sample.repairedSamples > 0 { notes.append("\(sample.repairedSamples) samples were no numbers and are 0") }
        if sample.isTruncated { notes.append("the file ends early: what there is was written") }
        return notes
    }

    private func count(_ sounds: Int) -> String { "\(sounds) \(sounds == 1 ? "sound" : "sounds")" }

    private static func megabytes(_ bytes: Int) -> String {
        bytes < 1_000_000
            ? String(format: "%.0f kB", Double(bytes) / 1e3) : String(format: "%.1f MB", Double(bytes) / 1e6)
    }
}

private struct ExportRecord: Encodable {
    let name: String
    let bpm: Double?
    let folder: String
    let written: Bool
    /// Needed at most, and free before.
    let bytes: Int
    let freeBytes: Int
    let items: [ExportRow]
    /// What the device has no place for.
    let leftOut: [String]
    /// What is not kept of what goes.
    let changes: [String]
    let backup: String?
    let seconds: Double?

    enum CodingKeys: String, CodingKey {
        case name, bpm, folder, written, bytes, items, changes, backup, seconds
        case freeBytes = "free_bytes"
        case leftOut = "left_out"
    }
}

private struct ExportRow: Encodable {
    let pad: PadAddress?
    let source: String
    let target: String
    /// Of the file on the card, at most; absent where the sound cannot be read.
    let bytes: Int?
    /// Whether it is on the card, or would be.
    let exported: Bool
    /// Absent where nothing was written.
    let frames: Int?
    let addedFrames: Int?
    let clippedSamples: Int?
    let repairedSamples: Int?
    /// Whether the source ends early.
    let truncated: Bool?
    /// Why it is left out.
    let problems: [String]

    enum CodingKeys: String, CodingKey {
        case pad, source, target, bytes, exported, frames, problems, truncated
        case repairedSamples = "repaired_samples"
        case addedFrames = "added_frames"
        case clippedSamples = "clipped_samples"
    }

    init(_ item: CardItem, _ check: CardCheck.Item, _ sample: CardSample?, isDone: Bool) {
        (pad, source, target, bytes) = (item.pad, item.source, item.target, check.bytes)
        problems = check.problems.map(\.description)
        exported = isDone ? sample != nil : check.problems.isEmpty
        (frames, addedFrames, clippedSamples) = (sample?.frames, sample?.addedFrames, sample?.clippedSamples)
        (repairedSamples, truncated) = (sample?.repairedSamples, sample?.isTruncated)
    }
}
