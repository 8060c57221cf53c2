extension Kit {
    /// Everything that is wrong with the kit: its own values, and what they say of the samples.
    ///
    /// Samples that are missing, cannot be read, have more than two channels, are too short or too long; places behind
    /// the end of a sample. Headers are read; formats that do not tell their length are decoded.
    ///
    /// - Parameters:
    ///   - base: the folder that relative paths of the kit are meant from.
    ///   - ffmpeg: reads M4A and AAC, if given.
    /// - Returns: the whole kit's problems first, then those of the pads, A1 first.
    public func problems(from base: String, ffmpeg: FFmpeg? = nil) -> [KitProblem] {
        let paths = pads.filter { !$0.sample.isEmpty }.map { $0.path(from: base) }
        return problems(of: SampleLength.all(paths, ffmpeg), from: base, lengthensShort: false)
    }

    /// - Parameters:
    ///   - lengths: by path; samples that are not among them are not looked at.
    ///   - lengthensShort: what is lengthened is not too short.
    func problems(
        of lengths: [String: Result<SampleLength, AudioError>], from base: String, lengthensShort: Bool
    ) -> [KitProblem] {
        let own = Dictionary(grouping: problems, by: \.pad)
        let pads = Dictionary(grouping: pads, by: \.address).sorted { $0.key < $1.key }
        let ofPads = pads.flatMap { address, pads in
            (own[address] ?? []) + pads.flatMap { $0.problems(of: lengths[$0.path(from: base)], lengthensShort) }
        }
        return (own[nil] ?? []) + ofPads
    }
}

extension KitPad {
    /// What is wrong with a pad whose sample is known without a look at its file.
    ///
    /// - Parameters:
    ///   - length: of the sample.
    ///   - name: of the sample, as its owner knows it.
    ///   - lengthensShort: what is lengthened is not too short.
    public func problems(
        of length: SampleLength, named name: String, lengthensShort: Bool = false
    ) -> [KitProblem] {
        problems + SampleLength.problems(.success(length), of: name, at: address, lengthensShort)
            + places(behind: length.frames)
    }

    fileprivate func problems(of length: Result<SampleLength, AudioError>?, _ lengthensShort: Bool) -> [KitProblem] {
        let found = SampleLength.problems(length, of: sample, at: address, lengthensShort)
        guard case .success(let length) = length else { return found }
        return found + places(behind: length.frames)
    }

    private func places(behind frames: Int) -> [KitProblem] {
        var found: [KitProblem] = []
        func note(_ place: String, _ most: Int) {
            let told = "\(place) is behind the end of the sample (\(frames) frames)"
            found.append(KitProblem(pad: address, problem: told, remedy: "use at most \(most)"))
        }
        if let start, start >= frames { note("start \(start)", frames - 1) }
        if let end, end > frames { note("end \(end)", frames) }
        if let loopStart, loopStart >= frames { note("loop_start \(loopStart)", frames - 1) }
        for chop in chops where chop >= frames { note("chop \(chop)", frames - 1) }
        return found
    }
}
