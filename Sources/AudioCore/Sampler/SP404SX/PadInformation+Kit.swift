extension PadInformation {
    /// The records that play a kit.
    ///
    /// - Parameters:
    ///   - kit: what the pads play; pads 13 to 16 of a bank are left out.
    ///   - samples: what is on the pads; a pad without one stays empty.
    public init(kit: Kit, samples: [PadAddress: CardSample]) {
        self.init()
        for pad in kit.pads {
            if let sample = samples[pad.address] { self[pad.address] = Record(pad, sample, tempo: kit.bpm) }
        }
    }
}

extension PadInformation.Record {
    fileprivate init(_ pad: KitPad, _ sample: CardSample, tempo: Double) {
        self.init()
        let places = sample.framesOnSX(of: pad)
        self[.originalEnd] = sample.byteOnSX(ofFrame: sample.frames)
        self[.userStart] = sample.byteOnSX(ofFrame: places.lowerBound)
        self[.userEnd] = sample.byteOnSX(ofFrame: places.upperBound)
        (self[.volume], self[.channels]) = (pad.level, sample.channels)
        (self[.loop], self[.gate], self[.reverse]) = (pad.loop ? 1 : 0, pad.gate ? 1 : 0, pad.reverse ? 1 : 0)
        self[.tempoMode] = (pad.tempoSync ? PadInformation.TempoMode.user : .off).rawValue
        (originalBPM, userBPM) = (pad.bpm ?? tempo, tempo)
    }
}

extension CardSample {
    /// What a pad plays, in frames of the unit: at least one where there is one.
    func framesOnSX(of pad: KitPad) -> Range<Int> {
        let start = pad.start.map(frameOnSX) ?? 0
        let end = pad.end.map(frameOnSX) ?? frames
        return start..<min(frames, max(start + 1, end)).clamped(to: start...Int.max)
    }

    fileprivate func byteOnSX(ofFrame frame: Int) -> Int { SXSampleFile.headerSize + frame * 2 * channels }

    private func frameOnSX(ofSourceFrame frame: Int) -> Int {
        let scaled = (Double(frame) * Double(SXSampleFile.sampleRate) / Double(sourceRate)).rounded()
        return Int(scaled.clamped(to: 0...Double(frames)))
    }

    /// What a record plays, in frames of the kit; `nil` for the sample's own start or end, and both where there is
    /// nothing between them.
    fileprivate func placesOnSX(of record: PadInformation.Record) -> (start: Int?, end: Int?) {
        let (first, last) = (record[.userStart], record[.userEnd])
        let start = first == SXSampleFile.headerSize ? nil : sourceFrameOnSX(ofByte: first)
        let end = last == byteOnSX(ofFrame: frames) ? nil : sourceFrameOnSX(ofByte: last)
        return start ?? 0 < end ?? sourceFrames ? (start, end) : (nil, nil)
    }

    private var sourceFrames: Int { sourceFrameOnSX(ofByte: byteOnSX(ofFrame: frames)) ?? frames }

    /// Where a byte of the file is in the kit; `nil` where there is no sound.
    private func sourceFrameOnSX(ofByte byte: Int) -> Int? {
        let frame = (byte - SXSampleFile.headerSize) / (2 * channels)
        guard byte >= SXSampleFile.headerSize, frame <= frames else { return nil }
        return Int((Double(frame) * Double(sourceRate) / Double(SXSampleFile.sampleRate)).rounded())
    }
}

extension Kit {
    /// The kit that the pads of an SP-404SX play: what a unit does not tell apart from the default is left out.
    ///
    /// A card has no tempo of its own: the one that most pads are played at counts as the kit's.
    ///
    /// - Parameters:
    ///   - information: what was read.
    ///   - samples: what is on the pads; `sourceRate` is the rate that the kit's places shall count in.
    ///   - name: of the kit, as a card has none.
    ///   - path: what the sample of a pad is called in the kit.
    public init(
        _ information: PadInformation, samples: [PadAddress: CardSample], name: String, path: (PadAddress) -> String
    ) {
        let played = zip(PadAddress.allOnSX, information.records).filter { samples[$0.0] != nil && !$0.1.isEmpty }
        self.init(name: name, bpm: Self.tempo(of: played.map(\.1)))
        pads = played.compactMap { address, record in
            samples[address].map { KitPad(address, $0, record, tempo: bpm, path: path(address)) }
        }
    }

    private static func tempo(of records: [PadInformation.Record]) -> Double {
        let stretched = records.filter { $0.tempoMode == .user }
        let tempos = (stretched.isEmpty ? records : stretched).map(\.userBPM).filter(Kit.tempi.contains)
        let counts = Dictionary(tempos.map { ($0, 1) }, uniquingKeysWith: +)
        // Of equally frequent ones the slowest, so that the answer is always the same.
        return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 120
    }
}

extension KitPad {
    fileprivate init(
        _ address: PadAddress, _ sample: CardSample, _ record: PadInformation.Record, tempo: Double, path: String
    ) {
        self.init(address, sample: path)
        (start, end) = sample.placesOnSX(of: record)
        level = min(record[.volume], 127)
        (loop, gate, reverse) = (record[.loop] != 0, record[.gate] != 0, record[.reverse] != 0)
        tempoSync = record.tempoMode == .user || record.tempoMode == .pattern
        bpm = record.originalBPM == tempo || !Kit.tempi.contains(record.originalBPM) ? nil : record.originalBPM
    }
}
