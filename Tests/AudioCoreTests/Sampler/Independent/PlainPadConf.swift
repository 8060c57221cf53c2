/// Where things are in a PADCONF.BIN.
struct PlainLayout {
    /// 2 or 3.
    let version: Int

    var size: Int { version == 3 ? 52_000 : 31_488 }
    var records: Int { version == 3 ? 0xA0 : 0x80 }
    var names: Int { version == 3 ? 0x6C20 : 0x6C00 }

    func setting(_ word: Int) -> Range<Int> { 0x10 + 4 * word..<0x14 + 4 * word }
    func word(_ word: Int, pad: Int) -> Range<Int> {
        records + 172 * pad + 4 * word..<records + 172 * pad + 4 * word + 4
    }
    func name(pad: Int) -> Range<Int> { names + 24 * pad..<names + 24 * pad + 24 }

    // The rest is in version 3 only.
    var projectName: Range<Int> { 0x80..<0xA0 }
    func chop(_ chop: Int, pad: Int) -> Range<Int> {
        0x7B20 + 128 * pad + 4 * chop..<0x7B20 + 128 * pad + 4 * chop + 4
    }
    func reserved(pad: Int) -> Range<Int> { 0x7B20 + 128 * pad + 64..<0x7B20 + 128 * pad + 128 }
}

/// A PADCONF.BIN read from its description alone, with nothing of the library.
struct PlainPadConf: Equatable {
    var version = 0
    var settings: [Int] = []
    var projectName: String?
    /// 160 pads of 43 words.
    var pads: [[Int]] = []
    var names: [String] = []
    /// 160 pads of up to 16 places in frames.
    var chops: [[Int]] = []
    var complaints = Complaints()

    init(_ file: PlainBytes) {
        version = Int(file[8..<9].first ?? 0)
        complaints.expect(file.holds("RFPD", at: 0), "PADCONF does not begin with RFPD")
        complaints.expect(version == 2 || version == 3, "PADCONF is of version \(version)")
        complaints.expect(file[9..<12] == [0, 0, 0], "bytes 9–11 are not zero")
        complaints.expect(file.big(12) == 0x7A80, "0x0C is not 0x7A80")
        if version == 3 { complaints.expect(file.big(4) == 0xA0, "0x04 is not 0xA0") }
        let layout = PlainLayout(version: version)
        complaints.expect(file.count == layout.size, "PADCONF has \(file.count) bytes, not \(layout.size)")
        guard complaints.list.isEmpty else { return }
        readSettings(file, layout)
        for pad in 0..<160 { readPad(pad, file, layout) }
    }

    func bankIsProtected(_ bank: Int) -> Bool { settings[12 + bank] % 2 == 1 }
    func bankTempo(_ bank: Int) -> Int { settings[12 + bank] / 2 % 65_536 }
    func bankVolume(_ bank: Int) -> Int {
        127 - (bank % 2 == 0 ? settings[23 + bank / 2] % 65_536 : settings[23 + bank / 2] / 65_536)
    }
    var projectTempo: Int { settings[0] % 65_536 }
    var usesProjectTempo: Bool { settings[0] / 65_536 == 1 }

    private mutating func readSettings(_ file: PlainBytes, _ layout: PlainLayout) {
        settings = (0..<28).map { file.big(layout.setting($0).lowerBound) }
        complaints.expect(settings[0] < 0x2_0000, "bits over 16 of setting 0 are set")
        complaints.expect((4_000...20_000).contains(projectTempo), "the project's tempo is \(projectTempo)")
        for word in 3...5 { complaints.expect(settings[word] == 64, "setting \(word) is not 64") }
        for word in 7...11 { complaints.expect(settings[word] == 32, "setting \(word) is not 32") }
        for bank in 0..<10 {
            complaints.expect(settings[12 + bank] < 0x2_0000, "bits over 16 of bank \(bank) are set")
            complaints.expect((4_000...20_000).contains(bankTempo(bank)), "bank \(bank) has \(bankTempo(bank)) BPM×100")
            complaints.expect((0...127).contains(bankVolume(bank)), "bank \(bank) has volume \(bankVolume(bank))")
        }
        guard version == 3 else { return }
        projectName = plainText(file[layout.projectName])
        complaints.expect(projectName != nil, "the project's name is no ASCII text")
    }

    private mutating func readPad(_ pad: Int, _ file: PlainBytes, _ layout: PlainLayout) {
        // Pitch and fine tune are the two words that go below zero.
        let words = (0..<43).map { word in
            let place = layout.word(word, pad: pad).lowerBound
            return word == 13 || word == 14 ? file.signed(place) : file.big(place)
        }
        pads.append(words)
        for (word, allowed) in Self.allowed {
            complaints.expect(allowed.contains(words[word]), "pad \(pad): word \(word) is \(words[word])")
        }
        complaints.expect([0, 1, 0x7FFF_FFFF].contains(words[5]), "pad \(pad): loop is \(words[5])")
        for word in 25...42 { complaints.expect(words[word] == 0, "pad \(pad): word \(word) is not 0") }
        let field = file[layout.name(pad: pad)]
        names.append(plainText(field) ?? "")
        complaints.expect(plainText(field) != nil && field[23] == 0, "pad \(pad): name \(field)")
        if names[pad].isEmpty {
            complaints.expect(field.dropLast().allSatisfy { $0 == 32 }, "pad \(pad): an empty name is 23 spaces")
        }
        if version == 3 { readChops(pad, file, layout) }
    }

    private mutating func readChops(_ pad: Int, _ file: PlainBytes, _ layout: PlainLayout) {
        let places = (0..<16).map { file.signed(layout.chop($0, pad: pad).lowerBound) }
        let used = Array(places.prefix { $0 != -1 })
        complaints.expect(places.dropFirst(used.count).allSatisfy { $0 == -1 }, "pad \(pad): a gap in its chops")
        complaints.expect(zip(used, used.dropFirst()).allSatisfy { $0 < $1 }, "pad \(pad): chops out of order")
        complaints.expect(used.allSatisfy { $0 >= 0 }, "pad \(pad): a chop before the sample")
        chops.append(used)
    }

    /// Words that have a range.
    private static let allowed: [(Int, ClosedRange<Int>)] = [
        (3, 0...127), (4, 0...1), (6, 1...1), (7, 0...10), (8, 0...1), (9, 4_000...20_000), (10, 0...63), (12, 0...1),
        (13, -12...12), (14, -100...100), (15, 0...3), (16, 5_000...15_000), (18, 0...127), (19, 0...10),
        (22, 0...127), (23, 0...127), (24, 0...127),
    ]
}
