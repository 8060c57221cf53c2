extension Project {
    /// Writes every pattern as a MIDI file, `A1.mid`, at the tempo of its bank.
    ///
    /// A pattern that cannot be read is left out: ``problems`` has it.
    ///
    /// - Parameters:
    ///   - path: where the new folder will be; it appears whole or not at all.
    ///   - replacesExisting: whether a folder that is there is kept as a backup; it is an error otherwise.
    /// - Throws: ``SamplerError``, ``AudioWriteError``; `CancellationError`.
    public func exportMIDI(to path: String, replacesExisting: Bool = false) throws -> ProjectOutput {
        try ProjectOutput.make(at: path, replacesExisting: replacesExisting) { output in
            try patterns.map { address in
                try Task.checkCancellation()
                let midi = try pattern(address).midi(bpm: configuration.bpm(ofBank: address.bank))
                try OutputFile.write(midi, to: "\(output.staging)/\(address).mid")
                return ProjectOutput.File(name: "\(address).mid", isParsed: true)
            }
        }
    }
}
