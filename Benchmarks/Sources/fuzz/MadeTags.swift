/// Small tags of every kind, for the files that are mutated.
enum MadeTags {
    static let id3: [UInt8] = {
        let frames =
            frame("TIT2", [3] + Array("Title".utf8)) + frame("TPE1", [1, 0xFF, 0xFE, 0x41, 0, 0, 0, 0x42, 0])
            + frame("COMM", [3] + Array("eng\0hello".utf8)) + frame("TXXX", [3] + Array("KEY\0Am".utf8))
            + frame("TCON", flags: 3, [0, 0, 0, 5, 0] + Array("(17)".utf8)) + frame("TBPM", [0] + Array("128".utf8))
        return Array("ID3".utf8) + [4, 0, 0, 0, 0, UInt8(frames.count >> 7), UInt8(frames.count & 127)] + frames
    }()

    private static func frame(_ name: String, flags: UInt8 = 0, _ content: [UInt8]) -> [UInt8] {
        Array(name.utf8) + [0, 0, 0, UInt8(content.count), 0, flags] + content
    }

    static let id3v1: [UInt8] = Array("TAG".utf8) + [UInt8](repeating: 0x41, count: 124) + [17]

    static let comments: [UInt8] = {
        let list = ["TITLE=Title", "ARTIST=Ada", "BPM=128", "KEY=Am"]
        return little(UInt32(5)) + Array("maker".utf8) + little(UInt32(list.count))
            + list.flatMap { little(UInt32($0.utf8.count)) + Array($0.utf8) }
    }()

    static let info: [UInt8] = Array("INFO".utf8) + entry("INAM", Array("Title\0".utf8)) + entry("ICMT", [0xE9, 0x0A])

    static let broadcast: [UInt8] =
        [UInt8](repeating: 0x41, count: 338) + little(48_000 as UInt64) + [2, 0] + [UInt8](repeating: 9, count: 300)

    static let cue: [UInt8] =
        little(2 as UInt32)
        + [5, 0, 0, 0, 0, 20, 6, 0, 0, 0, 0, 99].flatMap { little($0 as UInt32) }

    static let cueNames: [UInt8] =
        Array("adtl".utf8) + entry("labl", little(5 as UInt32) + Array("Verse\0".utf8))
        + entry("note", little(6 as UInt32) + [0x41, 0]) + entry("ltxt", little(5 as UInt32) + little(9 as UInt32))

    private static func entry(_ tag: String, _ content: [UInt8]) -> [UInt8] {
        Array(tag.utf8) + little(UInt32(content.count)) + content
    }
}
