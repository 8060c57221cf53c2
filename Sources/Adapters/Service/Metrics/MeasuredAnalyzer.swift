import AudioCore

/// An analyser whose work is timed.
struct MeasuredAnalyzer: SampleAnalyzer {
    let analyzer: any SampleAnalyzer
    let metrics: MetricRegistry

    func analyze(path: String, options: AnalysisOptions) async throws(AnalysisFailure) -> AudioFeatures {
        try await metrics.timing("analyze") { () async throws(AnalysisFailure) in
            try await analyzer.analyze(path: path, options: options)
        }
    }

    func draw(_ drawing: Drawing, of path: String) async throws(AnalysisFailure) -> [UInt8] {
        try await metrics.timing("draw") { () async throws(AnalysisFailure) in
            try await analyzer.draw(drawing, of: path)
        }
    }

    func level(
        _ leveling: Leveling, path: String, to output: String
    ) async throws(AnalysisFailure) -> LeveledSound {
        try await metrics.timing("level") { () async throws(AnalysisFailure) in
            try await analyzer.level(leveling, path: path, to: output)
        }
    }

    func accepts(_ format: AudioFormat) -> Bool { analyzer.accepts(format) }
}

/// A maker of cards whose work is timed.
struct MeasuredConverter: CardConverter {
    let converter: any CardConverter
    let metrics: MetricRegistry

    func convert(_ conversion: CardConversion) async throws(AnalysisFailure) -> CardSample {
        try await metrics.timing("convert") { () async throws(AnalysisFailure) in
            try await converter.convert(conversion)
        }
    }
}

extension MetricRegistry {
    fileprivate func timing<Value>(
        _ task: String, _ work: () async throws(AnalysisFailure) -> Value
    ) async throws(AnalysisFailure) -> Value {
        let started = ContinuousClock.now
        do {
            let value = try await work()
            observe(started.duration(to: .now), in: .analysis, task, "ok")
            return value
        } catch {
            observe(started.duration(to: .now), in: .analysis, task, error.outcome)
            throw error
        }
    }
}

extension AnalysisFailure {
    fileprivate var outcome: String {
        switch self {
        case .rejected: "rejected"
        case .crashed: "crashed"
        case .overloaded: "overloaded"
        case .cancelled: "cancelled"
        }
    }
}
