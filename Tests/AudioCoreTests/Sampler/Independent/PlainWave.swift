/// A RIFF file as a list of chunks.
struct PlainWave: Equatable {
    /// Identifier and place of the content, in the file's order.
    private(set) var chunks: [(id: String, content: Range<Int>)] = []
    private(set) var complaints = Complaints()
    let file: PlainBytes

    init(_ file: PlainBytes) {
        self.file = file
        complaints.expect(file.holds("RIFF", at: 0) && file.holds("WAVE", at: 8), "is no RIFF WAVE")
        complaints.expect(file.little(4, 4) == file.count - 8, "tells a size of \(file.little(4, 4)) + 8")
        var place = 12
        while place + 8 <= file.count {
            let end = place + 8 + file.little(place + 4, 4)
            let id = String(decoding: file[place..<place + 4], as: UTF8.self)
            complaints.expect(end <= file.count, "\(id) goes past the end")
            chunks.append((id, place + 8..<min(end, file.count)))
            place = end + end % 2
        }
        complaints.expect(place == file.count, "ends inside a chunk")
    }

    static func == (one: Self, other: Self) -> Bool { one.file == other.file }

    var channels: Int { field(2, 2) }
    var samples: [Int] {
        data.map { PlainBytes(file[0..<$0.upperBound]).samples(from: $0.lowerBound, bigEndian: false) } ?? []
    }
    var data: Range<Int>? { chunks.first { $0.id == "data" }?.content }

    /// A number of `fmt `.
    private func field(_ offset: Int, _ size: Int) -> Int {
        guard let format = chunks.first(where: { $0.id == "fmt " })?.content, format.count >= 16 else { return 0 }
        return file.little(format.lowerBound + offset, size)
    }

    /// What speaks against 16-bit PCM of this rate.
    func complaints(rate: Int) -> [String] {
        var found = complaints
        found.expect(field(0, 2) == 1, "has format tag \(field(0, 2))")
        found.expect(channels == 1 || channels == 2, "has \(channels) channels")
        found.expect(field(4, 4) == rate, "has \(field(4, 4)) Hz")
        found.expect(field(8, 4) == rate * 2 * channels, "tells \(field(8, 4)) bytes a second")
        found.expect(field(12, 2) == 2 * channels, "tells frames of \(field(12, 2)) bytes")
        found.expect(field(14, 2) == 16, "has \(field(14, 2)) bits")
        found.expect(
            !(data ?? 0..<0).isEmpty && (data ?? 0..<0).count % (2 * max(channels, 1)) == 0, "has no whole frames")
        found.expect((data ?? 0..<0).count <= 16 * 60 * rate * 2 * channels, "is longer than 16 minutes")
        return found.list
    }

    /// What speaks against it as a sample in IMPORT: 48 kHz, `fmt ` and `data`, a short name.
    func complaintsForImport(name: String) -> [String] {
        var found = Complaints(list: complaints(rate: 48_000))
        found.expect(chunks.map(\.id) == ["fmt ", "data"], "has chunks \(chunks.map(\.id))")
        found.expect(chunks.first?.content.count == 16, "has a long fmt")
        let stem = name.split(separator: ".").dropLast().joined(separator: ".")
        found.expect((1...23).contains(stem.utf8.count), "has a name of \(stem.utf8.count) bytes")
        found.expect(stem.utf8.allSatisfy { (32...126).contains($0) }, "has a name that is not ASCII")
        found.expect(!stem.utf8.contains { Array("\"*/:<>?\\|".utf8).contains($0) }, "has a name FAT32 refuses")
        return found.list.map { "\(name) \($0)" }
    }

    /// What speaks against it as a pad's sample of an SP-404SX: `RLND` after `fmt `, samples at byte 512.
    func complaintsForSX(pad: Int) -> [String] {
        var found = Complaints(list: complaints(rate: 44_100))
        found.expect(chunks.map(\.id) == ["fmt ", "RLND", "data"], "has chunks \(chunks.map(\.id))")
        found.expect(data?.lowerBound == 512, "has its samples at \(data?.lowerBound ?? 0)")
        if chunks.count > 1 {
            let expected = Array("roifspsx".utf8) + [4, 0, 0, 0, UInt8(pad)] + [UInt8](repeating: 0, count: 445)
            found.expect(file[chunks[1].content] == expected, "has another RLND")
        }
        return found.list
    }
}
