extension Project {
    /// Writes the samples as 16-bit WAV files that are called as their pads are, and `kit.json` with what the pads
    /// do. Samples without a pad are called as their files, and not in the kit.
    ///
    /// Frames are written as they are: 48 kHz, nothing is rounded. A damaged file is left out: ``problems`` has it.
    ///
    /// - Parameters:
    ///   - path: where the new folder will be; it appears whole or not at all.
    ///   - replacesExisting: whether a folder that is there is kept as a backup; it is an error otherwise.
    /// - Throws: ``SamplerError``, ``AudioError``, ``AudioWriteError``; `CancellationError`.
    public func extract(to path: String, replacesExisting: Bool = false) throws -> ProjectOutput {
        let names = extractedNames
        var kit = kit { names[$0] ?? "" }
        // Version 2 has no name.
        if kit.name.isEmpty { kit.name = DeviceText(String(folderName), length: 32).text }
        return try ProjectOutput.make(at: path, replacesExisting: replacesExisting) { output in
            let files = try samples.sorted { $0.key < $1.key }.compactMap { address, sample in
                try names[address].map { name in
                    try writeWAV(sample, of: address, to: "\(output.staging)/\(name)")
                    return ProjectOutput.File(name: name, isParsed: true)
                }
            }
            try OutputFile.write(Array(kit.json()), to: "\(output.staging)/\(Self.kitFile)")
            return files + [ProjectOutput.File(name: Self.kitFile, isParsed: true)]
        }
    }

    private static let kitFile = "kit.json"

    private var folderName: Substring { path.split(separator: "/").last { $0 != "." } ?? "Project" }

    /// What the file of each sample will be called.
    private var extractedNames: [PadAddress: String] {
        var names = SafeNames()
        return samples.keys.sorted().reduce(into: [:]) { files, address in
            let isUsed = !configuration.pads[address.index].isEmpty
            let name = isUsed ? configuration.padNames[address.index].text : ""
            files[address] = names.name(name.isEmpty ? "Pad \(address)" : name) + ".wav"
        }
    }

    private func writeWAV(_ sample: SampleFile, of address: PadAddress, to target: String) throws {
        guard let file = sampleFile(address) else { return }
        let input = try folder.open(file)
        var options = AudioFileWriter.Options()
        options.expectedFrames = sample.frames
        let writer = try AudioFileWriter(
            path: target, encoding: .wav(.bits16), sampleRate: SampleFile.sampleRate, channels: sample.channels,
            options: options)
        var (offset, left) = (SampleFile.headerSize, sample.frames)
        while left > 0 {
            try Task.checkCancellation()
            let count = min(left, Self.portion / 4)
            let bytes = try input.bytes(at: offset, count: count * 2 * sample.channels)
            guard bytes.count == count * 2 * sample.channels else {
                throw SamplerError.damaged(file: file, reason: "it became shorter while it was read")
            }
            try writer.write(
                stride(from: 0, to: bytes.count, by: 2).map { place in
                    let value = Int16(bitPattern: UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))
                    return Float(value) / 32_768
                })
            (offset, left) = (offset + bytes.count, left - count)
        }
        try writer.finish()
    }
}

/// Names of files that any file system takes, each given out once.
struct SafeNames {
    private var taken: Set<String> = []

    /// - Parameter text: printable ASCII.
    mutating func name(_ text: String) -> String {
        var safe = String(
            String.UnicodeScalarView(text.unicodeScalars.map { CardNames.forbidden.contains($0) ? "_" : $0 }))
        if safe.hasPrefix(".") { safe = "_" + safe.dropFirst() }
        while safe.hasSuffix(".") || safe.hasSuffix(" ") { safe.removeLast() }
        while safe.hasPrefix(" ") { safe.removeFirst() }
        if safe.isEmpty || DeviceName.isReserved(Array(safe.utf8)) { safe = "_" + safe }
        var (name, number) = (safe, 1)
        while !taken.insert(name.uppercased()).inserted {
            number += 1
            name = "\(safe)-\(number)"
        }
        return name
    }
}
