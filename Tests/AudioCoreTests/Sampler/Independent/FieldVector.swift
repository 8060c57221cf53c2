import Testing

@testable import AudioCore

/// One field of PADCONF.BIN: where it is, which bits are its own, and what sets it.
struct FieldVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Of the four bytes the field is in; `nil` where a version does not have it.
    let place: @Sendable (PlainLayout) -> Int?
    /// Its bits in these bytes, a big-endian word.
    var mask = 0xFFFF_FFFF
    /// What they are after the change.
    let bits: Int
    let change: @Sendable (inout PadConfiguration) -> Void

    static let all = padWords + padFlags + settings + banks + texts + chops

    /// Both ends of each word's range, on the first, a middle and the last pad.
    private static let padWords = zip([0, 77, 159], [true, false, true]).flatMap { pad, upper in
        FieldProofTests.words.map { field, word in
            let value = upper ? field.range.upperBound : field.range.lowerBound
            return FieldVector(
                testDescription: "\(field) \(value) of pad \(pad)", place: { $0.word(word, pad: pad).lowerBound },
                bits: value < 0 ? value + 0x1_0000_0000 : value, change: { $0.pads[pad][field] = value })
        }
    }

    private static let padFlags = [0, 159].flatMap { pad in
        [
            FieldVector("one-shot on", word: 10, of: pad, mask: 32, bits: 32) { $0.isOneShot = true },
            FieldVector("one-shot off", word: 10, of: pad, mask: 32, bits: 0) { $0.isOneShot = false },
            FieldVector("fixed velocity on", word: 10, of: pad, mask: 1, bits: 1) { $0.hasFixedVelocity = true },
            FieldVector("fixed velocity off", word: 10, of: pad, mask: 1, bits: 0) { $0.hasFixedVelocity = false },
            FieldVector("loop on", word: 5, of: pad, bits: 0x7FFF_FFFF) { $0.isLooped = true },
            FieldVector("loop off", word: 5, of: pad, bits: 0) { $0.isLooped = false },
            FieldVector("87.65 BPM", word: 9, of: pad, bits: 8_765) { $0.bpm = 87.65 },
        ]
    }

    private static let settings = [
        FieldVector("project at 123.45 BPM", setting: 0, mask: 0xFFFF, bits: 12_345) { $0.bpm = 123.45 },
        FieldVector("project tempo used", setting: 0, mask: 0x1_0000, bits: 0x1_0000) { $0.usesProjectTempo = true },
        FieldVector("project tempo not used", setting: 0, mask: 0x1_0000, bits: 0) { $0.usesProjectTempo = false },
    ]

    private static let banks = (0..<10).flatMap { bank in
        let volume = (mask: bank % 2 == 0 ? 0xFFFF : 0xFFFF_0000, unit: bank % 2 == 0 ? 1 : 0x1_0000)
        return [
            FieldVector("bank \(bank) protected", setting: 12 + bank, mask: 1, bits: 1) {
                $0.setProtected(true, ofBank: bank)
            },
            FieldVector("bank \(bank) not protected", setting: 12 + bank, mask: 1, bits: 0) {
                $0.setProtected(false, ofBank: bank)
            },
            FieldVector("bank \(bank) at 200 BPM", setting: 12 + bank, mask: 0x1_FFFE, bits: 40_000) {
                $0.setBPM(200, ofBank: bank)
            },
            FieldVector("bank \(bank) at volume 100", setting: 23 + bank / 2, mask: volume.mask, bits: 27 * volume.unit)
            {
                $0.setVolume(100, ofBank: bank)
            },
            FieldVector("bank \(bank) at volume 0", setting: 23 + bank / 2, mask: volume.mask, bits: 127 * volume.unit)
            {
                $0.setVolume(0, ofBank: bank)
            },
        ]
    }

    /// Names change as a whole; their first word is looked at, and the rest is the same before and after.
    private static let texts =
        [
            FieldVector(
                testDescription: "project name", place: { $0.version == 3 ? $0.projectName.lowerBound : nil },
                bits: 0x4E69_6768
            ) { configuration in
                let rest = configuration.name?.bytes.dropFirst(4) ?? []
                configuration.name = DeviceText(bytes: Array("Nigh".utf8) + rest)
            }
        ]
        + [0, 77, 159].map { pad in
            FieldVector(
                testDescription: "name of pad \(pad)", place: { $0.name(pad: pad).lowerBound }, bits: 0x4B69_636B
            ) { configuration in
                let rest = configuration.padNames[pad].bytes.dropFirst(4)
                configuration.padNames[pad] = DeviceText(bytes: Array("Kick".utf8) + rest)
            }
        }

    private static let chops = [(0, 0), (77, 9), (159, 15), (159, 31)].map { pad, chop in
        FieldVector(
            testDescription: "chop \(chop) of pad \(pad)",
            place: { $0.version == 3 ? $0.chop(chop, pad: pad).lowerBound : nil }, bits: 0x0102_0304
        ) { $0.chops[pad][chop] = 0x0102_0304 }
    }
}

extension FieldVector {
    private init(
        _ name: String, word: Int, of pad: Int, mask: Int = 0xFFFF_FFFF, bits: Int,
        change: @escaping @Sendable (inout PadRecord) -> Void
    ) {
        self.init(
            testDescription: "\(name), pad \(pad)", place: { $0.word(word, pad: pad).lowerBound }, mask: mask,
            bits: bits,
            change: { change(&$0.pads[pad]) })
    }

    private init(
        _ name: String, setting: Int, mask: Int, bits: Int,
        change: @escaping @Sendable (inout ProjectSettings) -> Void
    ) {
        self.init(
            testDescription: name, place: { $0.setting(setting).lowerBound }, mask: mask, bits: bits,
            change: { change(&$0.settings) })
    }
}
