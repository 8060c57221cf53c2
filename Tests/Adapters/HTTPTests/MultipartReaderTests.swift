import Storage
import Testing

@testable import WaxwingHTTP

@Suite struct MultipartReaderTests {
    private let boundary = "X-boundary"

    /// Binary data with everything that looks like a delimiter and is none.
    private let audio = Array("\r\n--X-boundar\r\n--\r\n\r\n--Y\r\r\n-".utf8) + (0...255).map { UInt8($0) }

    private var form: [UInt8] {
        let file = #"content-disposition: form-data; name="audio"; filename="a \"b\".wav""#
        return Array("preamble\r\n--X-boundary\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi".utf8)
            + Array("\r\n--X-boundary \t\r\n\(file)\r\nContent-Type: audio/wav\r\n\r\n".utf8) + audio
            + Array("\r\n--X-boundary--\r\nepilogue".utf8)
    }

    @Test(arguments: 1...48)
    func `any chunking of the body gives the same parts`(size: Int) async throws {
        let reader = MultipartReader(chunks(form, of: size), boundary: boundary)
        #expect(try await reader.nextPart() == MultipartPart(name: "note", filename: nil))
        #expect(try await content(of: reader) == Array("hi".utf8))
        #expect(try await reader.nextPart() == MultipartPart(name: "audio", filename: "a \"b\".wav"))
        #expect(try await content(of: reader) == audio)
        #expect(try await reader.nextPart() == nil)
    }

    @Test func `an empty file is a part without bytes`() async throws {
        let form =
            "--X-boundary\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"\"\r\n\r\n\r\n--X-boundary--"
        let reader = MultipartReader(chunks(Array(form.utf8), of: 7), boundary: boundary)
        #expect(try await reader.nextPart() == MultipartPart(name: "audio", filename: ""))
        #expect(try await content(of: reader) == [])
        #expect(try await reader.nextPart() == nil)
    }

    @Test func `the position is that of the next unread byte of the body`() async throws {
        let reader = MultipartReader(chunks(form, of: 5), boundary: boundary)
        _ = try await reader.nextPart()
        _ = try await reader.nextPart()
        let position = await reader.position
        #expect(Array(form[position..<(position + audio.count)]) == audio)
    }

    /// However it is cut, what is missing is noticed before the end of the form is reported.
    @Test func `a body cut anywhere before its last boundary is refused`() async throws {
        let end = form.count - "--\r\nepilogue".utf8.count
        for cut in stride(from: 0, through: end, by: 3) {
            let reader = MultipartReader(chunks(Array(form[..<cut]), of: 64), boundary: boundary)
            await #expect(throws: MultipartError.self, "cut at \(cut)") {
                while try await reader.nextPart() != nil { while try await reader.nextChunk() != nil {} }
            }
        }
    }

    @Test(arguments: [
        "--X-boundary\r\nContent-Type: text/plain\r\n\r\nx\r\n--X-boundary--",
        "--X-boundary\r\nContent-Disposition: attachment; name=\"audio\"\r\n\r\nx\r\n--X-boundary--",
        "--X-boundary\r\nContent-Disposition: form-data\r\n\r\nx\r\n--X-boundary--",
        "--X-boundaryjunk\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--X-boundary--",
    ])
    func `a part that does not say what it is is refused`(form: String) async {
        let reader = MultipartReader(chunks(Array(form.utf8), of: 64), boundary: boundary)
        await #expect(throws: MultipartError.self) { try await reader.nextPart() }
    }

    @Test func `endless headers, preambles and parts are refused before they fill the memory`() async {
        let part = "--X-boundary\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
        let bodies = [
            "--X-boundary\r\n" + String(repeating: "X-Header: 1\r\n", count: 100_000),
            String(repeating: "no boundary here ", count: 100_000),
            String(repeating: part, count: 1000) + "--X-boundary--",
        ]
        for body in bodies {
            let reader = MultipartReader(chunks(Array(body.utf8), of: 4096), boundary: boundary)
            await #expect(throws: MultipartError.self) { while try await reader.nextPart() != nil {} }
        }
    }

    private func content(of reader: MultipartReader) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await reader.nextChunk() { bytes += chunk }
        return bytes
    }

    private func chunks(_ bytes: [UInt8], of size: Int) -> ByteStream {
        let source = Chunks(bytes, size)
        return ByteStream(pull: { await source.next() })
    }

    private actor Chunks {
        private var rest: ArraySlice<UInt8>
        private let size: Int

        init(_ bytes: [UInt8], _ size: Int) {
            (rest, self.size) = (bytes[...], size)
        }

        func next() -> [UInt8]? {
            defer { rest = rest.dropFirst(size) }
            return rest.isEmpty ? nil : Array(rest.prefix(size))
        }
    }
}

@Suite struct HeaderParametersTests {
    @Test(arguments: [
        ("form-data; name=audio", "audio"), ("form-data; name=\"a;b=c\"; filename=x", "a;b=c"),
        ("form-data ; NAME = \"x\"", "x"), ("form-data; name=\"a\\\"b\"", "a\"b"),
        ("form-data; name=\"C:\\dir\"", "C:\\dir"),
        ("form-data; name=first; name=second", "first"), ("form-data; name=\"open", "open"),
    ])
    func `parameters are read as browsers write them`(header: String, name: String) {
        #expect(HeaderParameters(header).value == "form-data")
        #expect(HeaderParameters(header)["name"] == name)
    }
}

extension MultipartPart {
    fileprivate init(name: String, filename: String?) throws {
        let file = filename.map { "; filename=\"\($0.replacing("\"", with: "\\\""))\"" } ?? ""
        try self.init(headers: ["Content-Disposition: form-data; name=\"\(name)\"\(file)"])
    }
}
