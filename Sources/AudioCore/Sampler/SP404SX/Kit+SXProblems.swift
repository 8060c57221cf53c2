extension Kit {
    /// Pads 13 to 16, which an SP-404SX does not have.
    var padsNotOnSX: [KitProblem] {
        pads.map(\.address).sorted().filter { $0.indexOnSX == nil }.map {
            KitProblem(pad: $0, problem: "an SP-404SX has 12 pads a bank", remedy: "move it to one of the pads 1 to 12")
        }
    }

    /// Values that an SP-404SX does not have; one problem per pad and bank.
    var problemsOnSX: [KitProblem] {
        let tempo = Self.isWholeTenth(bpm) ? [] : [KitProblem(pad: nil, problem: "\(bpm) BPM", remedy: Self.tenths)]
        return tempo + (banks ?? []).compactMap(\.problemOnSX)
            + pads.sorted { $0.address < $1.address }.compactMap(\.problemOnSX)
    }

    fileprivate static let tenths = "an SP-404SX counts tenths, it is rounded"

    fileprivate static func isWholeTenth(_ bpm: Double) -> Bool { bpm == (bpm * 10).rounded() / 10 }
}

extension KitBank {
    fileprivate var problemOnSX: KitProblem? {
        var lost: [String] = []
        if bpm != nil { lost.append("tempo") }
        if volume ?? 127 != 127 { lost.append("volume") }
        if protected == true { lost.append("protection") }
        if lost.isEmpty { return nil }
        return KitProblem(
            pad: nil, problem: "bank \(bank): \(lost.joined(separator: ", ")) not kept",
            remedy: "an SP-404SX has none for a bank, set it on the pads")
    }
}

extension KitPad {
    fileprivate var problemOnSX: KitProblem? {
        let lost = lostOnSX
        if lost.isEmpty || address.indexOnSX == nil { return nil }
        return KitProblem(
            pad: address, problem: "\(lost.joined(separator: ", ")) not kept",
            remedy: "an SP-404SX has none, put it into the sample")
    }

    /// Values by their names in a kit file.
    private var lostOnSX: [String] {
        let differs = [
            ("pan", pan != 64), ("pitch", pitch != 0), ("fine_tune", fineTune != 0), ("play_mode", playMode != 0),
            ("mute_group", muteGroup != 0), ("pad_link", padLink != 0), ("stretch", stretch != 100),
            ("attack", attack != 0), ("hold", hold != 100), ("release", release != 0), ("bus", bus != 1),
            ("chops", !chops.isEmpty), ("loop_start", loopStart ?? start ?? 0 != start ?? 0),
            ("one_shot with gate", oneShot && gate), ("fixed_velocity", fixedVelocity),
        ]
        return differs.filter(\.1).map(\.0)
    }
}
