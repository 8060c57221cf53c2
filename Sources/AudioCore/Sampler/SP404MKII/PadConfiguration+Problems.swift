extension PadConfiguration {
    /// What a unit would not take, or take for something else; pads without a sample are not looked at.
    public var problems: [ProjectProblem] { problems(with: [:]) }

    /// - Parameter samples: what is known of the files on the pads: frames are told from bytes with it.
    func problems(with samples: [PadAddress: SampleFile]) -> [ProjectProblem] {
        settingsProblems + nameProblems
            + PadAddress.all.flatMap { address in
                let record = pads[address.index]
                if record.isEmpty { return [ProjectProblem]() }
                return PadCheck(address, record, samples[address], chops: chopPoints(of: address)).problems
            }
    }

    /// Beats per minute that a bank plays at: those of the project, where banks follow it.
    ///
    /// - Parameter bank: 0 for A … 9 for J.
    public func bpm(ofBank bank: Int) -> Double {
        settings.usesProjectTempo ? settings.bpm : settings.bpm(ofBank: bank)
    }

    /// Where the sample of a pad is cut, in frames, as the file has them; empty in version 2.
    ///
    /// - Parameter address: of the pad.
    public func chopPoints(of address: PadAddress) -> [Int] {
        if chops.isEmpty { return [] }
        return chops[address.index].prefix(Self.chopPoints).filter { $0 != .max }.map { Int($0) }
    }

    private var settingsProblems: [ProjectProblem] {
        let banks = (0..<Self.banks).map { ("bank \(PadAddress.letter(ofBank: $0))", settings.bpm(ofBank: $0)) }
        return ([("the project", settings.bpm)] + banks).compactMap { whose, bpm in
            if Kit.tempi.contains(bpm) { return nil }
            return .warning(Self.fileName, "\(whose) has \(bpm) BPM", "set 40 to 200")
        }
    }

    private var nameProblems: [ProjectProblem] {
        let project = name.map { $0.problems(of: nil) } ?? []
        return project + PadAddress.all.flatMap { padNames[$0.index].problems(of: $0) }
    }
}

extension DeviceText {
    fileprivate func problems(of pad: PadAddress?) -> [ProjectProblem] {
        var found: [ProjectProblem] = []
        let used = bytes.prefix { $0 != 0 }
        if used.count == bytes.count {
            found.append(
                .warning(PadConfiguration.fileName, pad: pad, "its name does not end", "name it again on the unit"))
        }
        if used.contains(where: { !(0x20...0x7E).contains($0) }) {
            found.append(
                .warning(
                    PadConfiguration.fileName, pad: pad, "its name holds other than printable ASCII characters",
                    "name it again on the unit"))
        }
        return found
    }
}

/// Looks at the record of one pad.
private struct PadCheck {
    private let (address, record): (PadAddress, PadRecord)
    private let bytesOfFrame: Int
    private let frames: Int
    private let chops: [Int]
    private(set) var problems: [ProjectProblem] = []

    init(_ address: PadAddress, _ record: PadRecord, _ sample: SampleFile?, chops: [Int]) {
        (self.address, self.record, self.chops) = (address, record, chops)
        // Of an unknown file no more is asked than of mono.
        bytesOfFrame = 2 * (sample?.channels ?? 1)
        frames = max(0, record[.fileSize] - SampleFile.headerSize) / bytesOfFrame
        checkRanges()
        checkPlaces()
        checkChops()
    }

    private mutating func note(_ problem: String, _ remedy: String) {
        problems.append(.error(PadConfiguration.fileName, pad: address, problem, remedy))
    }

    private mutating func checkRanges() {
        for field in PadRecord.Field.allCases where !field.range.contains(record[field]) {
            note("\(field.name) \(record[field])", "set \(field.range.lowerBound) to \(field.range.upperBound)")
        }
    }

    private mutating func checkPlaces() {
        let (start, end, loopStart) = (record[.start], record[.end], record[.loopStart])
        for (name, place) in [("start", start), ("end", end), ("loop_start", loopStart)] {
            if place < SampleFile.headerSize {
                note("\(name) \(place) is before the samples", "set \(SampleFile.headerSize) or more")
            } else if place > record[.fileSize] {
                note("\(name) \(place) is past the end of the file", "set at most \(record[.fileSize])")
            } else if (place - SampleFile.headerSize) % bytesOfFrame != 0 {
                note(
                    "\(name) \(place) is not on a frame", "move it by \((place - SampleFile.headerSize) % bytesOfFrame)"
                )
            }
        }
        if end <= start { note("end \(end) is not behind start \(start)", "put it behind") }
        if record.isLooped, !(start..<max(start + 1, end)).contains(loopStart) {
            note("loop_start \(loopStart) is outside of start and end", "put it inside")
        }
    }

    private mutating func checkChops() {
        if zip(chops, chops.dropFirst()).contains(where: { $0 >= $1 }) {
            note("chops are out of order", "chop it again on the unit")
        }
        for point in chops where point >= frames {
            note("a chop at frame \(point) is past the end", "leave it out")
        }
    }
}
