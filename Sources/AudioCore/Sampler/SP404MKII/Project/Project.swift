/// A project of an SP-404MKII, as it lies on a card or in the unit's storage.
///
/// Reading gathers everything that is wrong and goes on: what is damaged is named in ``problems`` and missing in
/// ``samples`` or ``patterns``. Only a folder without a readable `PADCONF.BIN` is no project.
///
/// Cost: heads of samples are read, not the samples; one pattern at a time. Links in the folder are not followed.
public struct Project: Sendable {
    /// Of the folder.
    public let path: String
    public let configuration: PadConfiguration
    /// The heads of the sample files that can be played, those without a pad among them.
    public let samples: [PadAddress: SampleFile]
    /// The patterns that can be read, by the pad that starts them.
    public let patterns: [PadAddress]
    /// Everything else in the folder, below it: chain, pictures, what is not known or damaged.
    public let otherFiles: [String]
    /// Everything that is wrong, file by file.
    public let problems: [ProjectProblem]
    let folder: ProjectFolder

    /// Reads a project.
    ///
    /// - Parameter path: of the folder that holds `PADCONF.BIN`.
    /// - Throws: ``SamplerError`` where there is none, or a damaged one.
    public init(path: String) throws(SamplerError) {
        (self.path, folder) = (path, try ProjectFolder(path: path))
        guard let file = folder.file(PadConfiguration.fileName) else {
            throw .cannotRead(file: "\(path)/\(PadConfiguration.fileName)", reason: "there is none")
        }
        configuration = try folder.configuration(file)
        var survey = ProjectSurvey(folder, configuration)
        survey.look()
        (samples, patterns, otherFiles) = (survey.samples, survey.patterns, survey.otherFiles)
        problems = survey.problems
    }

    /// Whether everything can be loaded and played: there may be warnings.
    public var isSound: Bool { !problems.contains { $0.severity == .error } }

    /// Reads one pattern.
    ///
    /// - Parameter address: the pad that starts it.
    /// - Throws: ``SamplerError`` if there is none, or a damaged one.
    public func pattern(_ address: PadAddress) throws(SamplerError) -> Pattern {
        guard let file = folder.file(address.patternFile) else {
            throw .cannotRead(file: address.patternFile, reason: "there is none")
        }
        return try folder.pattern(file)
    }

    /// Where the sample of a pad is, below the project; `nil` if there is none.
    ///
    /// - Parameter address: of the pad.
    public func sampleFile(_ address: PadAddress) -> String? { folder.file(address.sampleFile) }

    /// Where the pattern of a pad is, below the project; `nil` if there is none.
    ///
    /// - Parameter address: of the pad.
    public func patternFile(_ address: PadAddress) -> String? { folder.file(address.patternFile) }

    /// What the project plays, its places counted in frames of 48 kHz. Values of damaged records are taken as they
    /// are: ``Kit/problems`` tells of them.
    ///
    /// - Parameter sample: what the sample of a pad is called in the kit.
    public func kit(sample: (PadAddress) -> String) -> Kit {
        let used = samples.filter { !configuration.pads[$0.key.index].isEmpty }
        let played = used.mapValues { file in
            CardSample(
                sourceRate: SampleFile.sampleRate, channels: file.channels, frames: file.frames, clippedSamples: 0,
                addedFrames: 0)
        }
        return Kit(configuration, samples: played, path: sample)
    }
}

extension PadAddress {
    /// `SMPL/BANK1-01.SMP` for A1.
    var sampleFile: String { "SMPL/\(sampleFileName)" }

    /// `PTN/PTN00001.BIN` for A1 … `PTN/PTN00160.BIN` for J16.
    var patternFile: String {
        let number = String(index + 1)
        return "PTN/PTN\(String(repeating: "0", count: 5 - number.count))\(number).BIN"
    }
}
