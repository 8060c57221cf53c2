import StorageTestKit
import Testing

@testable import Auth

@Suite struct DeviceNameTests {
    @Test func `a browser's own words stay as they are`() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
        #expect(DeviceName(firefox)?.text == firefox)
        #expect(DeviceName("Аудио 日本語 😀")?.text == "Аудио 日本語 😀")
    }

    @Test(arguments: [
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie: x=1"), ("  two \t\u{2029} words\u{A0}", "two words"),
        ("exe\u{202E}gpj.txt", "exegpj.txt"), ("a\u{0}b\u{1B}[31m", "ab[31m"),
        ("zero\u{200B}width\u{FEFF}", "zerowidth"), ("private\u{E000}use", "privateuse"),
        ("\u{200B} a \u{200B} b", "a b"),
    ])
    func `what is not seen goes, and what is white is one space`(sent: String, kept: String) {
        #expect(DeviceName(sent)?.text == kept)
    }

    @Test(arguments: ["", " ", "\r\n", "\u{0}\u{200B}\u{202E}", " \u{7F} "])
    func `nothing to be seen is no name`(sent: String) {
        #expect(DeviceName(sent) == nil)
    }

    @Test func `a long name is cut, and one of megabytes costs no more`() throws {
        let long = try #require(DeviceName(String(repeating: "x", count: 10_000_000)))
        #expect(long.text.unicodeScalars.count == DeviceName.longest)
        let spaced = try #require(DeviceName(String(repeating: "x", count: 199) + " yz"))
        #expect(spaced.text == String(repeating: "x", count: 199))
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `whatever is sent, a name is one clean line, and cleaning it again changes nothing`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scalars = (0..<400).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0...(seed % 2 == 0 ? 0x10FFFF : 0xFF), using: &random))
        }
        guard let name = DeviceName(String(String.UnicodeScalarView(scalars))) else { return }
        #expect(name.text.unicodeScalars.count <= DeviceName.longest)
        #expect(!name.text.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(DeviceName(name.text) == name)
    }
}
