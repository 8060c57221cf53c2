/// Looks through the files of a project and gathers what is wrong with them.
struct ProjectSurvey {
    private let folder: ProjectFolder
    private let configuration: PadConfiguration
    private(set) var samples: [PadAddress: SampleFile] = [:]
    private(set) var patterns: [PadAddress] = []
    private(set) var otherFiles: [String] = []
    private(set) var problems: [ProjectProblem] = []

    init(_ folder: ProjectFolder, _ configuration: PadConfiguration) {
        (self.folder, self.configuration) = (folder, configuration)
    }

    mutating func look() {
        lookAtFolder()
        for address in PadAddress.all { lookAtSample(address) }
        problems += configuration.problems(with: samples)
        for address in PadAddress.all { lookAtPattern(address) }
        let known = samples.keys.map(\.sampleFile) + patterns.map(\.patternFile) + [PadConfiguration.fileName]
        let parsed = Set(known.compactMap(folder.file))
        otherFiles = folder.files.filter { !parsed.contains($0) }
    }

    private mutating func lookAtFolder() {
        if !folder.hasFolder("SMPL") {
            let isNeeded = configuration.pads.contains { !$0.isEmpty }
            let severity: ProjectProblem.Severity = isNeeded ? .error : .warning
            problems.append(
                ProjectProblem(
                    severity: severity, file: "SMPL", pad: nil, problem: "the folder is missing",
                    remedy: "copy the project from the card again"))
        }
        if !folder.hasFolder("PTN") {
            problems.append(.warning("PTN", "the folder is missing", "there are no patterns"))
        }
        for name in folder.others {
            problems.append(.warning(name, "neither a file nor a folder", "it is left out"))
        }
        for name in folder.doubles {
            problems.append(.warning(name, "another file has the same name on a card", "only the first is read"))
        }
    }

    private mutating func lookAtSample(_ address: PadAddress) {
        let record = configuration.pads[address.index]
        guard let file = folder.file(address.sampleFile) else {
            if !record.isEmpty {
                problems.append(
                    .error(address.sampleFile, pad: address, "the file is missing", "copy it, or clear the pad"))
            }
            return
        }
        if record.isEmpty {
            problems.append(.warning(file, pad: address, "the pad does not use it", "remove it, or leave it"))
        }
        do throws(SamplerError) {
            try lookAtSample(file, address, record)
        } catch {
            problems.append(.error(file, pad: address, error.reason, "copy it from the card again"))
        }
    }

    private mutating func lookAtSample(
        _ file: String, _ address: PadAddress, _ record: PadRecord
    ) throws(SamplerError) {
        let size = try folder.open(file).size
        let head = try folder.bytes(of: file, most: SampleFile.headerSize)
        if !record.isEmpty, record[.fileSize] != size {
            problems.append(
                .error(
                    file, pad: address, "it has \(size) bytes, its pad says \(record[.fileSize])",
                    "copy it from the card again"))
        }
        let faults = SampleFile.faults(head: head, fileSize: size)
        for fault in faults { problems.append(.error(file, pad: address, fault, "copy it from the card again")) }
        guard faults.isEmpty else { return }
        let sample = try SampleFile(head: head, fileSize: size)
        if sample.frames > SampleFile.mostFrames {
            problems.append(.warning(file, pad: address, "it is longer than 16 minutes", "cut it"))
        }
        samples[address] = sample
    }

    private mutating func lookAtPattern(_ address: PadAddress) {
        guard let file = folder.file(address.patternFile) else { return }
        do throws(SamplerError) {
            let pattern = try folder.pattern(file)
            patterns.append(address)
            for problem in pattern.problems {
                problems.append(.warning(file, pad: address, problem, "record it again, or leave it"))
            }
        } catch {
            problems.append(.error(file, pad: address, error.reason, "copy it from the card again"))
        }
    }
}

extension SamplerError {
    /// Without the file and the remedy, which a problem names itself.
    fileprivate var reason: String {
        switch self {
        case .cannotRead(_, let reason): "it cannot be read (\(reason))"
        case .damaged(_, let reason): reason
        case .wrongSize(_, let bytes, let expected): "it has \(bytes) bytes, expected \(expected)"
        default: "\(self)"
        }
    }
}

extension Pattern {
    /// What is odd about it, in words.
    public var problems: [String] {
        var found: [String] = []
        if ticks != bars * ticksPerBar {
            found.append("its \(ticks) ticks are not \(bars) bars of \(ticksPerBar)")
        }
        let kinds = events.map(\.kind)
        let strange = kinds.reduce(into: (codes: 0, changes: 0, velocities: 0)) { count, kind in
            switch kind {
            case .unknown: count.codes += 1
            case .control(let change) where !change.isValid: count.changes += 1
            case .strike(let strike) where strike.velocity > 127: count.velocities += 1
            default: break
            }
        }
        if strange.codes > 0 { found.append("events of no known kind: \(strange.codes)") }
        if strange.changes > 0 { found.append("control changes out of range: \(strange.changes)") }
        if strange.velocities > 0 { found.append("velocities above 127: \(strange.velocities)") }
        return found
    }
}
