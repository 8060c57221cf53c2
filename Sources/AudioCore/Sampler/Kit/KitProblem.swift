/// What a device would not take of a kit, and how to mend it.
public struct KitProblem: Equatable, Sendable, CustomStringConvertible {
    /// `nil` for what concerns the whole kit.
    public let pad: PadAddress?
    /// What is wrong.
    public let problem: String
    /// What to do.
    public let remedy: String

    public var description: String { (pad.map { "\($0): " } ?? "") + "\(problem): \(remedy)" }
}

extension Kit {
    /// Everything that is wrong with the kit's own values, pad by pad; samples are not looked at.
    public var problems: [KitProblem] {
        var found: [KitProblem] = []
        if name.isEmpty || name.unicodeScalars.count > Self.longestName
            || !name.unicodeScalars.allSatisfy(Self.isPrintable)
        {
            found.append(KitProblem(pad: nil, problem: "the name does not fit", remedy: "use 1 to 31 ASCII characters"))
        }
        if name.last == " " {
            found.append(KitProblem(pad: nil, problem: "the name ends with a space", remedy: "leave the space out"))
        }
        if !Self.tempi.contains(bpm) {
            found.append(KitProblem(pad: nil, problem: "\(bpm) BPM", remedy: "use 40 to 200"))
        }
        let counts = Dictionary(grouping: pads, by: \.address)
        for (address, same) in counts.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            found.append(
                KitProblem(pad: address, problem: "\(same.count) samples on one pad", remedy: "leave one of them"))
        }
        for bank in banks ?? [] { found += bank.problems }
        let sameBanks = Dictionary(grouping: (banks ?? []).compactMap(\.index)) { $0 }.filter { $0.value.count > 1 }
        for bank in sameBanks.keys.sorted() {
            let letter = PadAddress.letter(ofBank: bank)
            found.append(
                KitProblem(pad: nil, problem: "bank \(letter) is named more than once", remedy: "put it into one"))
        }
        return found + pads.sorted { $0.address < $1.address }.flatMap(\.problems)
    }

    private static func isPrintable(_ scalar: UnicodeScalar) -> Bool { (0x20...0x7E).contains(scalar.value) }
}

extension KitBank {
    fileprivate var problems: [KitProblem] {
        var found: [KitProblem] = []
        func note(_ problem: String, _ remedy: String) {
            found.append(KitProblem(pad: nil, problem: "bank \(bank): \(problem)", remedy: remedy))
        }
        if index == nil { note("there is no such bank", "use A to J") }
        if let bpm, !Kit.tempi.contains(bpm) { note("\(bpm) BPM", "use 40 to 200") }
        if let volume, !(0...127).contains(volume) { note("volume \(volume)", "use 0 to 127") }
        return found
    }
}

extension KitPad {
    /// Everything that is wrong with this pad.
    var problems: [KitProblem] {
        var found: [KitProblem] = []
        func note(_ problem: String, _ remedy: String) {
            found.append(KitProblem(pad: address, problem: problem, remedy: remedy))
        }
        func check<Value: Comparable>(_ name: String, _ value: Value, _ range: ClosedRange<Value>) {
            if !range.contains(value) { note("\(name) \(value)", "use \(range.lowerBound) to \(range.upperBound)") }
        }
        check("level", level, 0...127)
        check("pan", pan, 0...127)
        check("pitch", pitch, -12...12)
        check("fine_tune", fineTune, -100...100)
        check("play_mode", playMode, 0...3)
        check("mute_group", muteGroup, 0...10)
        check("pad_link", padLink, 0...10)
        check("stretch", stretch, 50...150)
        check("attack", attack, 0...127)
        check("hold", hold, 0...127)
        check("release", release, 0...127)
        check("bus", bus, 0...2)
        if let bpm { check("bpm", bpm, Kit.tempi) }
        if sample.isEmpty { note("no sample is named", "give the path of a file") }
        let first = start ?? 0
        if first < 0 { note("start \(first)", "use 0 or more") }
        if let end, end <= first { note("end \(end) is not behind start \(first)", "put it behind") }
        if let loopStart, loopStart < first || loopStart >= end ?? .max {
            note("loop_start \(loopStart) is outside of start and end", "put it inside")
        }
        if chops.count > PadConfiguration.chopPoints {
            note("\(chops.count) chops", "leave at most \(PadConfiguration.chopPoints)")
        }
        if zip(chops, chops.dropFirst()).contains(where: { $0 >= $1 }) { note("chops are out of order", "sort them") }
        if chops.contains(where: { $0 < first || $0 >= end ?? .max }) {
            note("a chop is outside of start and end", "put it inside")
        }
        return found
    }
}
