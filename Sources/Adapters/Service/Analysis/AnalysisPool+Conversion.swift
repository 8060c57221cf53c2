import AudioCore
import Foundation

/// Sounds become files of cards in children of their own: such a child may write, and so is used once and given up.
extension AnalysisPool: CardConverter {
    /// Added to the arguments of the pool's children: what makes one that converts.
    public static let conversionArgument = "--converts"

    public func convert(_ conversion: CardConversion) async throws(AnalysisFailure) -> CardSample {
        try await enter()
        defer { leave() }
        guard !Task.isCancelled else { throw .cancelled }
        guard let line = try? AnalysisMessage.encode(conversion) else {
            throw .crashed("the request cannot be encoded")
        }
        let child: ChildProcess
        do {
            child = try ChildProcess(executable: executable, arguments: arguments + [Self.conversionArgument])
        } catch {
            throw .crashed("the conversion cannot be started")
        }
        defer { child.stop() }
        let answer: [UInt8]
        do {
            answer = try await ask(child, line)
        } catch {
            if Task.isCancelled { throw .cancelled }
            switch error {
            case .died: throw .crashed("the conversion crashed on this file")
            case .timedOut: throw .crashed("the conversion took longer than \(deadline.components.seconds) s")
            case .babbled, .cannotStart: throw .crashed("the conversion failed")
            }
        }
        guard let response: CardConversionAnswer = AnalysisMessage.decode(answer) else {
            throw .crashed("the conversion failed")
        }
        switch response {
        case .made(let sample): return sample
        case .rejected(let reason): throw .rejected(reason)
        }
    }
}

extension AnalysisServer {
    /// The other end of ``AnalysisPool/convert(_:)``: converts as asked on standard input, until that ends.
    ///
    /// - Parameter ffmpeg: decodes M4A and AAC; without it they are refused.
    public static func runConversions(ffmpeg: FFmpeg? = nil) {
        Limits.apply(largestFile: rlim_t(CardConversion.largestFile))
        while let line = readLine() {
            guard let conversion: CardConversion = AnalysisMessage.decode(Array(line.utf8)),
                let answer = try? AnalysisMessage.encode(CardConversionAnswer(of: conversion, ffmpeg: ffmpeg))
            else { return }
            FileHandle.standardOutput.write(Data(answer))
        }
    }
}
