extension Project {
    /// Writes the project again from its values: every file that can be read is, and gives the same bytes; others,
    /// chain and pictures among them, are copied.
    ///
    /// - Parameters:
    ///   - path: where the new folder will be; it appears whole or not at all.
    ///   - replacesExisting: whether a folder that is there is kept as a backup; it is an error otherwise.
    /// - Throws: ``SamplerError``, ``AudioWriteError``; `CancellationError`.
    public func rebuild(to path: String, replacesExisting: Bool = false) throws -> ProjectOutput {
        try ProjectOutput.make(at: path, replacesExisting: replacesExisting) { output in
            for name in folder.folders { try output.makeFolder(name) }
            let values = try writers
            return try folder.files.map { file in
                try Task.checkCancellation()
                let target = "\(output.staging)/\(file)"
                if let write = values[file] { try write(target) } else { try copy(file, from: 0, to: target) }
                return ProjectOutput.File(name: file, isParsed: values[file] != nil)
            }
        }
    }

    /// How each file that was understood is written.
    private var writers: [String: (_ target: String) throws -> Void] {
        get throws {
            var writers: [String: (String) throws -> Void] = [:]
            if let file = folder.file(PadConfiguration.fileName) {
                writers[file] = { try OutputFile.write(configuration.bytes, to: $0) }
            }
            for (address, sample) in samples {
                guard let file = sampleFile(address) else { continue }
                writers[file] = { try copy(file, from: SampleFile.headerSize, to: $0, behind: sample.head) }
            }
            for address in patterns {
                guard let file = patternFile(address) else { continue }
                writers[file] = { try OutputFile.write(pattern(address).bytes, to: $0) }
            }
            return writers
        }
    }

    /// Copies a file in portions.
    ///
    /// - Parameters:
    ///   - start: the first byte that is copied.
    ///   - head: written before them.
    private func copy(_ file: String, from start: Int, to target: String, behind head: [UInt8] = []) throws {
        let input = try folder.open(file)
        let output = try OutputFile(path: target, replaces: false)
        _ = head.withUnsafeBytes { output.write($0) }
        var offset = start
        while case let bytes = try input.bytes(at: offset, count: Self.portion), !bytes.isEmpty {
            try Task.checkCancellation()
            _ = bytes.withUnsafeBytes { output.write($0) }
            offset += bytes.count
        }
        try output.publish()
    }

    /// Bytes that are read at once.
    static let portion = 1 << 18
}
