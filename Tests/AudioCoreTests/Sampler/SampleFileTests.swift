import Foundation
import Testing

@testable import AudioCore

@Suite struct SampleFileTests {
    @Test func `the digest is that of the standard`() {
        let cases = [
            "": "d41d8cd98f00b204e9800998ecf8427e", "abc": "900150983cd24fb0d6963f7d28e17f72",
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890":
                "57edf4a22be3c955ac49da2e2107b67a",
        ]
        for (text, digest) in cases {
            #expect(md5(Array(text.utf8)).map { String(format: "%02x", $0) }.joined() == digest)
        }
    }

    @Test func `filler is kept`() throws {
        var head = try SampleFile(channels: 2, frames: 10).head
        for place in Array(0x14..<0x20) + Array(0x30..<0x200) { head[place] = UInt8(truncatingIfNeeded: place * 7) }
        #expect(try SampleFile(head: head, fileSize: 552).head == head)
    }

    /// Bytes 0x14 to 0x1F are neither summed nor looked at.
    @Test(arguments: Array(0x00..<0x14) + Array(0x20..<0x30))
    func `a changed byte of the head is found`(place: Int) throws {
        var head = try SampleFile(channels: 2, frames: 10).head
        head[place] ^= 0x40
        #expect(throws: SamplerError.self) { try SampleFile(head: head, fileSize: 552) }
    }

    @Test func `lengths that cannot be are refused`() throws {
        #expect(throws: SamplerError.self) { try SampleFile(channels: 2, frames: 0) }
        #expect(throws: SamplerError.self) { try SampleFile(channels: 3, frames: 10) }
        #expect(throws: SamplerError.self) { try SampleFile(channels: 1, frames: SampleFile.mostFrames + 1) }
        let longest = try SampleFile(channels: 2, frames: SampleFile.mostFrames)
        #expect(try SampleFile(head: longest.head, fileSize: longest.fileSize) == longest)
        let head = try SampleFile(channels: 2, frames: 10).head
        #expect(throws: SamplerError.self) { try SampleFile(head: head, fileSize: 551) }
        #expect(throws: SamplerError.self) { try SampleFile(head: Array(head[..<40]), fileSize: 552) }
    }
}
