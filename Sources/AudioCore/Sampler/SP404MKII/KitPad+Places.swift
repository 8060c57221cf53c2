extension KitPad {
    /// Refuses places that a sound does not have, or that fall together at the rate of the unit.
    ///
    /// - Parameters:
    ///   - sample: what the sound has become.
    ///   - file: path of the sound.
    /// - Throws: ``SamplerError/unfit(file:reason:remedy:)``.
    func checkPlaces(in sample: CardSample, of file: String) throws(SamplerError) {
        let scale = Double(SampleFile.sampleRate) / Double(sample.sourceRate)
        let starts = [start, loopStart].compactMap { $0 } + chops
        let outside = starts.first { (Double($0) * scale).rounded() >= Double(sample.frames) }
        // One frame more: resampling may round the length down where the place is rounded up.
        let endOutside = end.flatMap { (Double($0) * scale).rounded() > Double(sample.frames) + 1 ? $0 : nil }
        if let place = outside ?? endOutside {
            throw .unfit(
                file: file, reason: "frame \(place) is behind the end of the sample",
                remedy: "use places before \(sample.sourceFrame(ofFrame: sample.frames))")
        }
        let last = end.map(sample.frame(ofSourceFrame:)) ?? sample.frames
        let first = sample.frame(ofSourceFrame: start ?? 0)
        let loop = loopStart.map(sample.frame(ofSourceFrame:)) ?? first
        let points = chops.map(sample.frame(ofSourceFrame:))
        guard first < last, loop < last, zip(points, points.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .unfit(
                file: file, reason: "places of the pad fall together at 48 kHz", remedy: "put them further apart")
        }
    }
}
