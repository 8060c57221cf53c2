import AudioCore
import Foundation

/// What goes to an analysis child: one line of JSON.
struct AnalysisRequest: Codable {
    let path: String
    let task: AnalysisTask
}

/// What is to be done with a file.
enum AnalysisTask: Codable {
    case features(waveformPoints: Int?, similarity: Bool)
    case drawing(Drawing)
    /// Only for a child that may write.
    case leveling(Leveling, output: String)

    init(_ options: AnalysisOptions) {
        self = .features(waveformPoints: options.waveformPoints, similarity: options.similarity)
    }

    /// Does it in this process.
    func answer(path: String, limits: DecodeLimits = DecodeLimits(), ffmpeg: FFmpeg? = nil) -> AnalysisResponse {
        do {
            switch self {
            case .features(let points, let similarity):
                let options = AnalysisOptions(waveformPoints: points, similarity: similarity)
                return .features(
                    try AudioAnalysis.analyze(path: path, options: options, limits: limits, ffmpeg: ffmpeg))
            case .drawing(let drawing):
                return .drawn(Data(try drawing.bytes(of: path, limits: limits, ffmpeg: ffmpeg)))
            case .leveling(let leveling, let output):
                return .leveled(try leveling.write(path, to: output, limits: limits, ffmpeg: ffmpeg))
            }
        } catch AudioError.cannotOpen(_, let reason) {
            return .rejected("the file cannot be opened (\(reason))")
        } catch let error as AudioError {
            return .rejected(error.description)
        } catch let error as PictureError {
            return .rejected(error.description)
        } catch let error as NormalizationError {
            return .rejected(error.words)
        } catch AudioWriteError.cannotCreate, AudioWriteError.cannotWrite {
            // A path of this machine is nothing for the owner of the file.
            return .rejected("the result cannot be written: it may be too long for the format")
        } catch let error as AudioWriteError {
            return .rejected(error.description)
        } catch {
            return .rejected("the file cannot be analysed")
        }
    }
}

extension NormalizationError {
    /// For whoever asks over the network.
    fileprivate var words: String {
        switch self {
        case .tooShort: "the sound is shorter than 400 ms and has no loudness: ask for a 'peak' instead"
        case .tooQuiet: "the sound is below -70 LUFS, which counts as silence: ask for a 'peak' instead"
        case .silent, .unreasonable: description
        }
    }
}

/// What comes back: one line of JSON.
enum AnalysisResponse: Codable {
    case features(AudioFeatures)
    case drawn(Data)
    case leveled(LeveledSound)
    case rejected(String)
}

enum AnalysisMessage {
    /// A line longer than this was not written by a sane child.
    static let longest = 4 << 20

    static func encode(_ message: some Encodable) throws -> [UInt8] {
        // JSON escapes line feeds in strings, so the line ends where the message does.
        Array(try JSONEncoder().encode(message)) + [UInt8(ascii: "\n")]
    }

    static func decode<Message: Decodable>(_ line: [UInt8], as type: Message.Type = Message.self) -> Message? {
        try? JSONDecoder().decode(type, from: Data(line))
    }
}
