import Foundation
import Testing

@testable import AudioCore

@Suite struct KitTests {
    @Test func `pads are named A1 to J16`() {
        #expect(PadAddress.all.count == 160 && PadAddress.all.map(\.index) == Array(0..<160))
        #expect(PadAddress("a1") == PadAddress.all[0] && PadAddress("J16") == PadAddress.all[159])
        for wrong in ["", "A", "A0", "A17", "K1", "1A", "A-1", "A 1", "A+1", "A١", "AA1", "ı5", "A\u{301}1"] {
            #expect(PadAddress(wrong) == nil, "\(wrong)")
        }
        for address in PadAddress.all { #expect(PadAddress(address.description) == address) }
    }

    @Test func `what JSON leaves out has its default`() throws {
        let json = #"{"name": "K", "bpm": 90, "pads": [{"pad": "B3", "sample": "kick.wav", "level": 90}]}"#
        let kit = try JSONDecoder().decode(Kit.self, from: Data(json.utf8))
        var pad = try KitPad(#require(PadAddress("B3")), sample: "kick.wav")
        pad.level = 90
        #expect(kit == Kit(name: "K", bpm: 90, pads: [pad]))
        #expect(kit.problems.isEmpty)
        #expect(try JSONDecoder().decode(Kit.self, from: JSONEncoder().encode(kit)) == kit)
    }

    @Test func `every problem is told, with its pad and its remedy`() throws {
        var pad = try KitPad(#require(PadAddress("C2")), sample: "")
        (pad.level, pad.pitch, pad.start, pad.end) = (128, -13, 100, 100)
        pad.chops = [300, 200]
        pad.stretch = .nan
        let kit = Kit(name: "ü", bpm: .infinity, pads: [pad, pad])
        let texts = kit.problems.map(\.description)
        #expect(texts.contains("the name does not fit: use 1 to 31 ASCII characters"))
        #expect(texts.contains("C2: 2 samples on one pad: leave one of them"))
        #expect(texts.contains("C2: level 128: use 0 to 127"))
        #expect(texts.contains("C2: end 100 is not behind start 100: put it behind"))
        #expect(texts.count == 3 + 2 * 7)
    }

    @Test func `a bank is one letter, and is named once`() {
        #expect(Kit(name: "K", banks: [KitBank("A"), KitBank("j", volume: 0)]).problems.isEmpty)
        for wrong in ["A1", "", "K", "B0", "ı"] {
            #expect(Kit(name: "K", banks: [KitBank(wrong)]).problems.count == 1, "\(wrong)")
        }
        let twice = Kit(name: "K", banks: [KitBank("B", bpm: 90), KitBank("b", volume: 3)])
        #expect(twice.problems.map(\.description) == ["bank B is named more than once: put it into one"])
    }

    @Test func `a name that would come back shorter is told`() {
        #expect(Kit(name: "K ").problems.map(\.description) == ["the name ends with a space: leave the space out"])
    }

    @Test func `a kit file that is none says where`() throws {
        let folder = try TestFolder()
        let path = folder.file("kit.json")
        for (json, place) in [
            (#"{"name": "K", "bpm": 90, "pads": [{"pad": "K1", "sample": "a.wav"}]}"#, "pads[0].pad"),
            (#"{"name": "K", "pads": []}"#, "has no 'bpm'"), (#"{"name": "K", "bpm": "fast", "pads": []}"#, "bpm"),
            (#"{"name": "K", "bpm": 90, "pads": [{"pad": "A1", "sample": "a.wav", "levle": 1}]}"#, "no 'levle'"),
            ("[", "the file"), ("", "the file"),
        ] {
            try Data(json.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SamplerError.self) { try Kit(path: path) }
            #expect("\(error as Any)".contains(place), "\(json): \(error as Any)")
        }
        #expect(throws: SamplerError.self) { try Kit(path: folder.file("none.json")) }
        let kit = Kit(name: "K", pads: PadAddress.all.map { KitPad($0, sample: "\($0).wav") }, banks: [KitBank("J")])
        try kit.json().write(to: URL(fileURLWithPath: path))
        #expect(try Kit(path: path) == kit)
    }
}
