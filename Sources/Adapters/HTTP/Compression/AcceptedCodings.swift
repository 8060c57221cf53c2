import HTTPTypes

/// Which codings a client takes (`Accept-Encoding`, RFC 9110 §12.5.3).
struct AcceptedCodings: Equatable, Sendable {
    /// From 0, never, to 1.
    private let weights: [String: Double]

    init(_ headers: HTTPFields) {
        var weights: [String: Double] = [:]
        for part in (headers[.acceptEncoding] ?? "").split(separator: ",") {
            let parts = part.split(separator: ";", omittingEmptySubsequences: false).map {
                $0.trimmingBlanks.lowercased()
            }
            guard let name = parts.first, !name.isEmpty else { continue }
            weights[name] = Self.weight(parts.dropFirst().first)
        }
        self.weights = weights
    }

    /// Whether gzip is as good as nothing, or better.
    var takesGzip: Bool {
        let gzip = weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0
        return gzip > 0 && gzip >= (weights["identity"] ?? 0)
    }

    /// What cannot be read is no consent.
    private static func weight(_ parameter: String?) -> Double {
        guard let parameter else { return 1 }
        guard parameter.hasPrefix("q="), parameter.utf8.count <= 7, let weight = Double(parameter.dropFirst(2)),
            (0...1).contains(weight)
        else { return 0 }
        return weight
    }
}
