extension PadInformation {
    /// Everything that a unit would not take, as far as the file tells alone.
    public var problems: [KitProblem] { problems(fileSizes: [:]) }

    /// Everything that a unit would not take, pad by pad. Empty pads are not looked at: a unit leaves old values there.
    ///
    /// - Parameter fileSizes: bytes of the sample files; ends are not compared for a pad that is missing.
    public func problems(fileSizes: [PadAddress: Int]) -> [KitProblem] {
        zip(PadAddress.allOnSX, records).flatMap { address, record in
            record.isEmpty
                ? []
                : record.problems(fileSize: fileSizes[address]).map {
                    KitProblem(pad: address, problem: $0.problem, remedy: $0.remedy)
                }
        }
    }
}

extension PadInformation.Record {
    fileprivate typealias Found = (problem: String, remedy: String)
    private static let shorten = "set start and end of the pad again"

    fileprivate func problems(fileSize: Int?) -> [Found] {
        outOfRange + offsets("original", self[.originalStart], self[.originalEnd], fileSize)
            + offsets("user", self[.userStart], self[.userEnd], fileSize)
    }

    private var outOfRange: [Found] {
        Field.allCases.compactMap { field in
            guard isRead(field), !field.range.contains(self[field]) else { return nil }
            let range = field.range
            return ("\(field.name) \(self[field])", "use \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// Offsets have checks of their own, and tempos mean nothing to a pad that is not stretched.
    private func isRead(_ field: Field) -> Bool {
        switch field {
        case .originalStart, .originalEnd, .userStart, .userEnd: false
        case .originalTempo: tempoMode != .off
        case .userTempo: tempoMode == .user
        default: true
        }
    }

    private func offsets(_ name: String, _ start: Int, _ end: Int, _ fileSize: Int?) -> [Found] {
        var found: [Found] = []
        func note(_ problem: String) { found.append((problem, Self.shorten)) }
        for (place, offset) in [("start", start), ("end", end)] {
            if offset < SXSampleFile.headerSize { note("\(name) \(place) \(offset) is before the sound, at 512") }
            if let fileSize, offset > fileSize {
                note("\(name) \(place) \(offset) is past the end of the file, \(fileSize)")
            }
            if (1...2).contains(self[.channels]), (offset - SXSampleFile.headerSize) % (2 * self[.channels]) != 0 {
                note("\(name) \(place) \(offset) is inside of a frame")
            }
        }
        if end <= start { note("\(name) end \(end) is not behind start \(start)") }
        return found
    }
}

extension PadInformation.Record.Field {
    /// As in the JSON of a card.
    var name: String {
        switch self {
        case .originalStart: "original_start"
        case .originalEnd: "original_end"
        case .userStart: "user_start"
        case .userEnd: "user_end"
        case .loFi: "lo_fi"
        case .tempoMode: "tempo_mode"
        case .originalTempo: "original_tempo"
        case .userTempo: "user_tempo"
        case .volume, .loop, .gate, .reverse, .format, .channels: "\(self)"
        }
    }
}
