import AudioCore
import Foundation
import Storage

/// One sound made into a file of a sampler's card: the part of an export that meets bytes from strangers.
public struct CardConversion: Codable, Equatable, Sendable {
    /// What the file is for.
    public enum Kind: Codable, Equatable, Sendable {
        /// A pad of an SP-404MKII, which has to fit its sample.
        case project(KitPad)
        /// A pad of an SP-404SX.
        case sx(KitPad)
        /// A file that is imported by itself: `wav` or `aiff`.
        case file(String)
    }

    public let kind: Kind
    /// Path of the sound.
    public let source: String
    /// Path of the file to write, in a folder that is there.
    public let target: String
    /// Adds silence to sounds that are too short.
    public let lengthens: Bool

    init(_ kind: Kind, source: String, target: String, lengthens: Bool) {
        (self.kind, self.source, self.target, self.lengthens) = (kind, source, target, lengthens)
    }

    /// Largest file that is made: 16 minutes of stereo, 16 bits, 48 kHz, and its head.
    static let largestFile = 200 << 20

    /// - Throws: what ``CardPlan/convert(_:in:)`` throws.
    func run(ffmpeg: FFmpeg?) throws -> CardSample {
        var options = CardOptions()
        (options.lengthensShort, options.ffmpeg, options.limits) = (lengthens, ffmpeg, .ofChildren)
        switch kind {
        case .project(let pad):
            return try carryOut(ProjectPlan(kit(of: pad), from: "", number: 1, options: options))
        case .sx(let pad):
            return try carryOut(SXCardPlan(kit(of: pad), from: "", options: options))
        case .file(let format):
            let format = ImportPlan.Format(rawValue: format) ?? .wav
            return try carryOut(ImportPlan([ImportSound(source)], name: "sound", format: format, options: options))
        }
    }

    private func kit(of pad: KitPad) -> Kit {
        var pad = pad
        (pad.sample, pad.name, pad.reason) = (source, "sound", nil)
        return Kit(name: "kit", pads: [pad])
    }

    /// The plan of a single sound names the file; where it is to go is known here.
    private func carryOut(_ plan: some CardPlan) throws -> CardSample {
        guard let item = plan.items.first else {
            throw SamplerError.unfit(file: source, reason: "the device has no such pad", remedy: "choose another")
        }
        let files = FileManager.default
        let scratch = target + ".making"
        let made = "\(scratch)/\(item.target)"
        try files.createDirectory(
            atPath: (made as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: scratch) }
        let sample = try plan.convert(0, in: scratch)
        try files.moveItem(atPath: made, toPath: target)
        return sample
    }
}

/// Makes files of cards. The sounds come from outside and may be hostile.
public protocol CardConverter: Sendable {
    func convert(_ conversion: CardConversion) async throws(AnalysisFailure) -> CardSample
}

extension InProcessAnalyzer: CardConverter {
    public func convert(_ conversion: CardConversion) async throws(AnalysisFailure) -> CardSample {
        switch await blocking({ CardConversionAnswer(of: conversion, ffmpeg: nil) }) {
        case .made(let sample): return sample
        case .rejected(let reason): throw .rejected(reason)
        }
    }
}

/// What comes back from a child that converts: one line of JSON.
enum CardConversionAnswer: Codable {
    case made(CardSample)
    /// In words for the owner, without paths.
    case rejected(String)

    init(of conversion: CardConversion, ffmpeg: FFmpeg?) {
        do {
            self = .made(try conversion.run(ffmpeg: ffmpeg))
        } catch AudioError.cannotOpen(_, let reason) {
            self = .rejected("the file cannot be opened (\(reason))")
        } catch let error as AudioError {
            self = .rejected(error.description)
        } catch SamplerError.unfit(_, let reason, let remedy) {
            self = .rejected("\(reason): \(remedy)")
        } catch SamplerError.unusableKit(let problems) {
            self = .rejected(problems.map { "\($0.problem): \($0.remedy)" }.joined(separator: "; "))
        } catch {
            self = .rejected("the file cannot be converted")
        }
    }
}
