extension PadConfiguration {
    /// The configuration that plays a kit.
    ///
    /// - Parameters:
    ///   - kit: how the pads play.
    ///   - samples: what is on the pads; a pad without one stays empty.
    public init(kit: Kit, samples: [PadAddress: CardSample]) {
        self.init(name: kit.name)
        settings.bpm = kit.bpm
        // The tempo of a bank counts only where the project's does not.
        settings.usesProjectTempo = (kit.banks ?? []).allSatisfy { $0.bpm == nil }
        for bank in 0..<Self.banks { settings.setBPM(kit.bpm, ofBank: bank) }
        for bank in kit.banks ?? [] { set(bank) }
        for pad in kit.pads {
            if let sample = samples[pad.address] { set(pad, sample, tempo: kit.bpm) }
        }
    }

    private mutating func set(_ bank: KitBank) {
        guard let index = bank.index else { return }
        if let bpm = bank.bpm { settings.setBPM(bpm, ofBank: index) }
        settings.setVolume(bank.volume ?? 127, ofBank: index)
        settings.setProtected(bank.protected ?? false, ofBank: index)
    }

    private mutating func set(_ pad: KitPad, _ sample: CardSample, tempo: Double) {
        let index = pad.address.index
        pads[index] = PadRecord(pad, sample, tempo: tempo)
        padNames[index] = DeviceText(pad.shownName, length: Self.padNameLength)
        for (place, frame) in pad.chops.prefix(Self.chopPoints).enumerated() {
            chops[index][place] = UInt32(sample.frame(ofSourceFrame: frame))
        }
    }
}

extension KitPad {
    /// ``name``, or that of the sample file without its extension.
    public var shownName: String {
        if let name { return name }
        let file = sample.split(separator: "/").last.map(String.init) ?? sample
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
        return String(file[..<dot])
    }
}

extension CardSample {
    /// Where a frame of the source is at the rate of the unit.
    func frame(ofSourceFrame frame: Int) -> Int {
        let scaled = (Double(frame) * Double(SampleFile.sampleRate) / Double(sourceRate)).rounded()
        return Int(scaled.clamped(to: 0...Double(frames)))
    }

    /// Where it is in the file: 512 + frame · 2 · channels.
    func byte(ofSourceFrame frame: Int) -> Int {
        SampleFile.headerSize + self.frame(ofSourceFrame: frame) * 2 * channels
    }

    func sourceFrame(ofFrame frame: Int) -> Int {
        Int((Double(frame) * Double(sourceRate) / Double(SampleFile.sampleRate)).rounded())
    }

    func sourceFrame(ofByte byte: Int) -> Int {
        sourceFrame(ofFrame: max(0, byte - SampleFile.headerSize) / (2 * channels))
    }

    fileprivate var fileSize: Int { SampleFile.headerSize + frames * 2 * channels }
}

extension PadRecord {
    fileprivate init(_ pad: KitPad, _ sample: CardSample, tempo: Double) {
        self.init()
        self[.fileSize] = sample.fileSize
        self[.start] = sample.byte(ofSourceFrame: pad.start ?? 0)
        self[.end] = pad.end.map(sample.byte(ofSourceFrame:)) ?? sample.fileSize
        self[.loopStart] = pad.loopStart.map(sample.byte(ofSourceFrame:)) ?? self[.start]
        (self[.level], self[.pan], self[.bus]) = (pad.level, pad.pan, pad.bus)
        (self[.gate], isLooped, self[.reverse]) = (pad.gate ? 1 : 0, pad.loop, pad.reverse ? 1 : 0)
        (self[.pitch], self[.fineTune], self[.playMode]) = (pad.pitch, pad.fineTune, pad.playMode)
        (self[.muteGroup], self[.padLink]) = (pad.muteGroup, pad.padLink)
        (bpm, self[.tempoSync]) = (pad.bpm ?? tempo, pad.tempoSync ? 1 : 0)
        self[.stretch] = Int(exactly: (pad.stretch * 100).rounded()) ?? 10_000
        (self[.attack], self[.hold], self[.release]) = (pad.attack, pad.hold, pad.release)
        (isOneShot, hasFixedVelocity) = (pad.oneShot, pad.fixedVelocity)
    }

    /// Bits of ``Field/flags``.
    private static let (fixedVelocity, oneShot) = (1, 32)

    public var isOneShot: Bool {
        get { self[.flags] & Self.oneShot != 0 }
        set { self[.flags] = self[.flags] & ~Self.oneShot | (newValue ? Self.oneShot : 0) }
    }

    public var hasFixedVelocity: Bool {
        get { self[.flags] & Self.fixedVelocity != 0 }
        set { self[.flags] = self[.flags] & ~Self.fixedVelocity | (newValue ? Self.fixedVelocity : 0) }
    }
}

extension Kit {
    /// The kit that a configuration plays: what a unit does not tell apart from the default is left out.
    ///
    /// - Parameters:
    ///   - project: what was read.
    ///   - samples: what is on the pads; `sourceRate` is the rate that the kit's places shall count in.
    ///   - path: what the sample of a pad is called in the kit.
    public init(
        _ project: PadConfiguration, samples: [PadAddress: CardSample], path: (PadAddress) -> String
    ) {
        let bpm = project.settings.bpm
        self.init(name: String((project.name?.text ?? "").prefix(Self.longestName)), bpm: bpm)
        pads = PadAddress.all.compactMap { address in
            samples[address].map { KitPad(address, $0, project, tempo: bpm, path: path(address)) }
        }
        let told = (0..<PadConfiguration.banks).compactMap { KitBank($0, project.settings) }
        banks = told.isEmpty ? nil : told
    }
}

extension KitBank {
    /// `nil` where there is nothing to say.
    fileprivate init?(_ index: Int, _ settings: ProjectSettings) {
        let bpm = settings.usesProjectTempo ? settings.bpm : settings.bpm(ofBank: index)
        let volume = settings.volume(ofBank: index)
        let protected = settings.isProtected(bank: index)
        guard bpm != settings.bpm || volume != 127 || protected else { return nil }
        let letter = PadAddress.letter(ofBank: index)
        self.init(
            letter, bpm: bpm == settings.bpm ? nil : bpm, volume: volume == 127 ? nil : volume,
            protected: protected ? true : nil)
    }
}

extension KitPad {
    fileprivate init(
        _ address: PadAddress, _ sample: CardSample, _ project: PadConfiguration, tempo: Double, path: String
    ) {
        self.init(address, sample: path)
        let record = project.pads[address.index]
        let name = project.padNames[address.index].text
        self.name = name == shownName ? nil : name
        start = record[.start] == SampleFile.headerSize ? nil : sample.sourceFrame(ofByte: record[.start])
        end = record[.end] == sample.fileSize ? nil : sample.sourceFrame(ofByte: record[.end])
        loopStart = record[.loopStart] == record[.start] ? nil : sample.sourceFrame(ofByte: record[.loopStart])
        if !project.chops.isEmpty {
            chops = project.chops[address.index].prefix(PadConfiguration.chopPoints)
                .filter { $0 != .max }.map { sample.sourceFrame(ofFrame: Int($0)) }
        }
        (level, pan, bus) = (record[.level], record[.pan], record[.bus])
        (gate, loop, reverse) = (record[.gate] != 0, record.isLooped, record[.reverse] != 0)
        (pitch, fineTune, playMode) = (record[.pitch], record[.fineTune], record[.playMode])
        (muteGroup, padLink) = (record[.muteGroup], record[.padLink])
        bpm = record.bpm == tempo ? nil : record.bpm
        (tempoSync, stretch) = (record[.tempoSync] != 0, Double(record[.stretch]) / 100)
        (attack, hold, release) = (record[.attack], record[.hold], record[.release])
        (oneShot, fixedVelocity) = (record.isOneShot, record.hasFixedVelocity)
    }
}
