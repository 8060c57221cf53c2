import Foundation

extension SXCard {
    /// Writes the whole card again: records and heads of samples from what they were read as, all else as it is.
    ///
    /// Every file comes out byte for byte as it was. What is not a regular file is left out.
    ///
    /// - Parameters:
    ///   - path: the folder to make, with what is in ``folder``; it appears whole or not at all.
    ///   - replacesExisting: whether a folder there is kept as a backup; it is an error otherwise.
    /// - Returns: files that were copied without being understood.
    /// - Throws: ``SamplerError``, `CancellationError`.
    @discardableResult
    public func rebuild(to path: String, replacesExisting: Bool = false) throws -> [String] {
        let target = try CardFolder(path: path, replacesExisting: replacesExisting)
        let heads = pads.compactMap { pad in pad.sample.flatMap { sample in sample.head.map { (sample.path, $0.head) } }
        }
        var known = Dictionary(uniqueKeysWithValues: heads)
        if let informationPath, let information { known[informationPath] = information.bytes }
        for file in files.keys.sorted() {
            try Task.checkCancellation()
            try target.makeFolder((file as NSString).deletingLastPathComponent)
            try copy(file, to: "\(target.staging)/\(file)", start: known[file] ?? [])
        }
        try target.publish()
        return files.keys.filter { known[$0] == nil }.sorted()
    }

    /// Writes the sample files under their names and `kit.json`, which names them.
    ///
    /// - Parameters:
    ///   - path: the folder to make; it appears whole or not at all.
    ///   - name: of the kit, as a card has none.
    ///   - replacesExisting: whether a folder there is kept as a backup; it is an error otherwise.
    /// - Returns: the kit. Samples of pads that are empty by their records are written, too, but not in it.
    /// - Throws: ``SamplerError``, `CancellationError`.
    @discardableResult
    public func extract(
        to path: String, kitName name: String = "SP-404SX", replacesExisting: Bool = false
    ) throws -> Kit {
        let target = try CardFolder(path: path, replacesExisting: replacesExisting)
        for sample in pads.compactMap(\.sample) where sample.stream != nil {
            try Task.checkCancellation()
            try copy(sample.path, to: "\(target.staging)/\(sample.name)", start: [])
        }
        let kit = kit(named: name)
        try writing("kit.json") { try OutputFile.write(Array(kit.json()), to: "\(target.staging)/kit.json") }
        try target.publish()
        return kit
    }

    /// Copies a file block by block.
    ///
    /// - Parameter start: stands for as many of its first bytes.
    private func copy(_ file: String, to path: String, start: [UInt8]) throws {
        try writing(path) {
            let input = try InputFile(path: "\(folder)/\(file)")
            let output = try OutputFile(path: path, replaces: false)
            _ = start.withUnsafeBytes(output.write)
            while output.offset < input.size, output.failure == nil {
                let block = try input.bytes(at: output.offset, count: 1 << 18)
                if block.isEmpty { break }
                _ = block.withUnsafeBytes(output.write)
            }
            guard output.failure != nil || output.count == files[file] else {
                throw SamplerError.cannotRead(file: file, reason: "it changed while it was read")
            }
            try output.publish()
        }
    }

    /// What fails is told as a sampler's error, with the file.
    private func writing(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as AudioWriteError {
            throw SamplerError.cannotWrite(path: path, reason: "\(error)")
        } catch let error as AudioError {
            throw SamplerError.cannotRead(file: path, reason: "\(error)")
        }
    }
}
