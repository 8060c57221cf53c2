import AudioCore
import Foundation

/// What is done with one file.
struct SliceJob: Sendable {
    let rule: SliceRule
    let options: SliceOptions
    /// `nil`: only plan.
    let folder: String?
    let format: SliceFormat
    let force: Bool
    let ffmpeg: FFmpeg?
    let names: [String: SliceName]

    /// A name for the slices of each file: the first of several files of one name has it to itself, the next get a
    /// number. Case does not tell names apart on every file system.
    static func names(of files: [String]) -> [String: SliceName] {
        var taken: Set<String> = []
        var names: [String: SliceName] = [:]
        for file in files where names[file] == nil {
            let plain = SliceName(of: file)
            var (name, number) = (plain, 1)
            while !taken.insert(name.description.lowercased()).inserted {
                number += 1
                name = plain.numbered(number)
            }
            names[file] = name
        }
        return names
    }

    func run(_ path: String) throws -> SlicedFile {
        let slicer = FileSlicer(path: path, ffmpeg: ffmpeg)
        let plan = try slicer.plan(rule, options: options)
        guard let folder else {
            return SlicedFile(file: path, plan: plan, peaks: try peaks(plan, slicer), paths: [], notes: [])
        }
        var files = SliceFiles(folder: folder, name: names[path] ?? SliceName(of: path))
        files.encoding = try format.encoding(of: slicer.stream())
        files.replacesExisting = force
        do {
            let written = try files.write(plan, of: slicer)
            return SlicedFile(
                file: path, plan: plan, peaks: written.peaks, paths: written.paths, notes: notes(written))
        } catch SlicingError.exists(let existing) {
            throw ExistingSlices(path: existing)
        }
    }

    private func peaks(_ plan: SlicePlan, _ slicer: FileSlicer) throws -> [Float] {
        var peaks = [Float](repeating: 0, count: plan.slices.count)
        try slicer.render(plan) { index, samples in
            peaks[index] = samples.reduce(peaks[index]) { max($0, $1.magnitude) }
        }
        return peaks
    }

    private func notes(_ written: WrittenSlices) -> [String] {
        var notes: [String] = []
        if written.clippedSamples > 0 {
            notes.append("\(written.clippedSamples) samples were beyond full scale and are clipped in the slices")
        }
        if let first = written.leftovers.first {
            notes.append("\(written.leftovers.count) older slices stay in the folder: '\(first.printable)' and on")
        }
        return notes
    }
}

/// What came of one file.
struct SlicedFile: Sendable {
    let file: String
    let plan: SlicePlan
    /// Full scale 1.
    let peaks: [Float]
    /// Empty where nothing was written.
    let paths: [String]
    /// What the user should know, though all went well.
    let notes: [String]
}

/// Slices of an earlier run are in the way.
private struct ExistingSlices: Error, CustomStringConvertible {
    let path: String

    var description: String { "'\(path.printable)' exists: remove it, choose another folder or use --force" }
}
