import Foundation

extension SXCard {
    /// All that is known of a card, for JSON.
    public struct Inspection: Equatable, Sendable, Codable {
        /// Always `sp404sx`.
        public var device = "sp404sx"
        public let folder: String
        /// Pads with a sample or a record that is not empty.
        public let pads: [Pad]
        /// Carried along by a rebuild: patterns and whatever else there is.
        public let otherFiles: [String]
        public let problems: [Problem]

        /// One row of the table of pads.
        public struct Pad: Equatable, Sendable, Codable {
            public let pad: PadAddress
            /// Below the folder; absent where there is none.
            public let file: String?
            public let bytes: Int?
            public let sampleRate: Int?
            public let channels: Int?
            public let frames: Int?
            public let seconds: Double?
            /// The pad that the head of the file names.
            public let padInFile: Int?
            /// Numbers of the record as they stand, by name: `original_start` … `user_tempo` (tenths of BPM).
            public let record: [String: Int]?
        }

        private enum CodingKeys: String, CodingKey {
            case device, folder, pads, problems
            case otherFiles = "other_files"
        }
    }

    /// For `--json` and tables.
    public var inspection: Inspection {
        let known = Set(pads.compactMap { $0.sample?.path } + [informationPath].compactMap(\.self))
        return Inspection(
            folder: folder, pads: pads.map(Inspection.Pad.init),
            otherFiles: files.keys.filter { !known.contains($0) }.sorted(),
            problems: problems)
    }
}

extension SXCard.Inspection.Pad {
    init(_ pad: SXCard.Pad) {
        let (sample, stream) = (pad.sample, pad.sample?.stream)
        (self.pad, file, bytes) = (pad.address, sample?.path, sample?.bytes)
        (sampleRate, channels, frames) = (stream?.sampleRate, stream?.channels, sample?.frames)
        seconds = stream.flatMap { stream in sample?.frames.map { Double($0) / Double(stream.sampleRate) } }
        padInFile = sample?.head?.padIndex
        record = pad.record.map { record in
            Dictionary(uniqueKeysWithValues: PadInformation.Record.Field.allCases.map { ($0.name, record[$0]) })
        }
    }

    private enum CodingKeys: String, CodingKey {
        case pad, file, bytes, channels, frames, seconds, record
        case sampleRate = "sample_rate"
        case padInFile = "pad_index_in_file"
    }
}
