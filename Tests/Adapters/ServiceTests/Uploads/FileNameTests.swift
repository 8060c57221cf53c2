import Foundation
import Testing

@testable import WaxwingService

@Suite struct FileNameTests {
    @Test func `every hostile name becomes one that can be shown`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appending(path: "Vectors/paths/upload-filenames.json")
        let names = try JSONDecoder().decode(HostileNames.self, from: Data(contentsOf: file)).names
        #expect(names.count > 20)
        for name in names { expectFit(FileName.cleaned(name, format: "wav"), for: name) }
    }

    @Test(arguments: [
        ("a.wav", "a.wav"), ("a b.wav", "a b.wav"), ("日本.wav", "日本.wav"), ("../../x.wav", "x.wav"),
        (#"C:\drums\kick.wav"#, "kick.wav"), ("a\r\nSet-Cookie: x=1.wav", "aSet-Cookie: x=1.wav"),
        ("x.wav\u{0}.html", "x.wav.html"), ("\u{202E}3pm.exe", "3pm.exe"), ("a\u{2028}b.wav", "ab.wav"),
        ("  a.wav", "a.wav"), (".wav", ".wav"), ("drums/", "drums"), ("=1+1.wav", "=1+1.wav"),
    ])
    func `what is no folder and can be seen is kept`(name: String, cleaned: String) {
        #expect(FileName.cleaned(name, format: "wav") == cleaned)
    }

    @Test(arguments: [nil, "", " ", "/", "..", "../..", "\u{0}", "\u{200D}..", "a/.", "\\"])
    func `what leaves nothing is called after its format`(name: String?) {
        #expect(FileName.cleaned(name, format: "flac") == "upload.flac")
    }

    @Test(arguments: ["..\u{2F}\u{200D}etc", "a\u{2F}\u{301}b", "a\\\u{200D}b", "..\u{2F}\u{FE0F}x"])
    func `a slash that is joined to another character is still a slash`(name: String) {
        expectFit(FileName.cleaned(name, format: "wav"), for: name)
    }

    @Test func `a long name is cut between characters`() {
        for letter in ["a", "é", "日", "😀"] {
            let cleaned = FileName.cleaned(String(repeating: letter, count: 400), format: "wav")
            #expect((252...255).contains(cleaned.utf8.count))
            #expect(cleaned.allSatisfy { String($0) == letter })
        }
    }

    private func expectFit(_ cleaned: String, for name: String) {
        #expect((1...255).contains(cleaned.utf8.count))
        #expect(!cleaned.unicodeScalars.contains { $0 == "/" || $0 == "\\" }, "\(name.debugDescription)")
        #expect(cleaned != "." && cleaned != "..")
        for scalar in cleaned.unicodeScalars {
            let category = scalar.properties.generalCategory
            #expect(![.control, .format, .lineSeparator, .paragraphSeparator].contains(category))
        }
    }

    private struct HostileNames: Decodable {
        let names: [String]
    }
}
