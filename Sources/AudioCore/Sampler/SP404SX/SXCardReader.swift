import Foundation

/// Reads the files of a card one after the other, and gathers what is wrong.
struct SXCardReader {
    private let place: SXCardPlace
    private(set) var information: PadInformation?
    private(set) var informationPath: String?
    private(set) var pads: [SXCard.Pad] = []
    private(set) var problems: [SXCard.Problem] = []
    private(set) var files: [String: Int] = [:]

    /// More than any card of a unit holds: 120 samples and 120 patterns.
    private static let mostFiles = 10_000
    private static let mostLevels = 8

    init(_ place: SXCardPlace) { self.place = place }

    mutating func read() {
        list()
        readInformation()
        readPads()
        let sizes = pads.compactMap { pad in pad.sample.map { (pad.address, $0.bytes) } }
        for problem in information?.problems(fileSizes: Dictionary(uniqueKeysWithValues: sizes)) ?? [] {
            note(informationPath ?? PadInformation.fileName, problem.description)
        }
    }

    private mutating func note(_ file: String, _ problem: String) {
        problems.append(SXCard.Problem(file: file, problem: problem))
    }

    private mutating func list() {
        guard let names = FileManager.default.enumerator(atPath: place.folder) else { return }
        while let name = names.nextObject() as? String {
            guard files.count < Self.mostFiles else {
                note(name, "more than \(Self.mostFiles) files, the rest is left out: take away what is not the unit's")
                return
            }
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(place.folder)/\(name)")
            switch attributes?[.type] as? FileAttributeType {
            case .typeRegular: files[name] = (attributes?[.size] as? NSNumber)?.intValue ?? 0
            case .typeDirectory:
                guard names.level >= Self.mostLevels else { continue }
                names.skipDescendants()
                note(name, "folders more than \(Self.mostLevels) deep are left out")
            case .typeSymbolicLink: note(name, "a link is not followed: copy the file itself")
            default: note(name, "it is no file: left out")
            }
        }
    }

    private mutating func readInformation() {
        let path = files.keys.filter { $0.uppercased() == (place.samples + PadInformation.fileName).uppercased() }
            .min()
        guard let path else {
            return note(place.samples + PadInformation.fileName, "missing: samples are listed without their settings")
        }
        informationPath = path
        do {
            let input = try InputFile(path: "\(place.folder)/\(path)")
            guard input.size == PadInformation.fileSize else {
                throw SamplerError.wrongSize(
                    file: PadInformation.fileName, bytes: input.size, expected: "\(PadInformation.fileSize)")
            }
            information = try PadInformation(input.bytes(at: 0, count: PadInformation.fileSize))
        } catch {
            note(path, "\(error)")
        }
    }

    private mutating func readPads() {
        let paths = samplePaths()
        for address in PadAddress.allOnSX {
            let record = information?[address]
            let sample = paths[address].map { self.sample(at: $0, for: address) }
            let isEmpty = record?.isEmpty ?? true
            if sample == nil && isEmpty { continue }
            if let path = informationPath, information != nil {
                if sample == nil { note(path, "\(address): its sample file is missing: copy it from the card again") }
                if let sample, isEmpty {
                    note(sample.path, "\(address) is empty by its record: a unit will not play it")
                }
                if let record, let sample, !isEmpty { compare(record, sample) }
            }
            pads.append(SXCard.Pad(address: address, record: record, sample: sample))
        }
    }

    /// Sample files by their pad; of several for one the first by name, the others are told.
    private mutating func samplePaths() -> [PadAddress: String] {
        var paths: [PadAddress: String] = [:]
        for path in files.keys.sorted() where path.hasPrefix(place.samples) {
            guard let address = PadAddress(fileNameOnSX: String(path.dropFirst(place.samples.count))) else { continue }
            if let first = paths[address] {
                note(path, "\(address) has \(first) already: leave one of them")
            } else {
                paths[address] = path
            }
        }
        return paths
    }

    private mutating func compare(_ record: PadInformation.Record, _ sample: SXCard.Sample) {
        if let stream = sample.stream, stream.channels != record[.channels] {
            note(sample.path, "\(stream.channels) channels, its record says \(record[.channels])")
        }
        if let head = sample.head, head.format.rawValue != record[.format] {
            note(sample.path, "\(head.format == .wave ? "WAV" : "AIFF"), its record says the other")
        }
    }

    private mutating func sample(at path: String, for address: PadAddress) -> SXCard.Sample {
        let (whole, bytes) = ("\(place.folder)/\(path)", files[path] ?? 0)
        var (head, sound): (SXSampleFile?, AudioFile?)
        do {
            let read = try SXSampleFile(
                head: InputFile(path: whole).bytes(at: 0, count: SXSampleFile.headerSize), fileSize: bytes)
            if read.padIndex != address.indexOnSX {
                note(path, "its head says \(read.pad.map(\.description) ?? "pad \(read.padIndex)"): rename it")
            }
            head = read
        } catch {
            note(path, "\(error)")
        }
        do {
            sound = try AudioFile(path: whole)
        } catch {
            note(path, "\(error)")
        }
        return SXCard.Sample(
            path: path, bytes: bytes, head: head, stream: sound?.stream, frames: head?.frames ?? sound?.exactFrames)
    }
}
