import CKernels

/// How a sound sounds, in 96 numbers: near each other for sounds that are alike.
///
/// Told from the sound's own onset on and against its own level, so that gain, silence before or after it, sample rate
/// and lossy coding change little. The numbers stand in six ``Section``s; each is scaled so that the squared distance
/// of two sounds picked at random from a library of drums, notes and loops is about 2: see ``distance(to:)``.
public struct SimilarityVector: Equatable, Sendable {
    /// Of vectors made by this code: only vectors of one version compare.
    public static let currentVersion = 1
    /// Numbers of a vector.
    public static let length = 96

    /// Which code made it.
    public let version: Int
    /// `[length]`, four decimals; no unit, within ±`largest`.
    public let values: [Float]

    /// Beyond what a vector can hold.
    static let largest: Float = 2

    init(measured: [Float]) {
        (version, values) = (Self.currentVersion, SimilarityScale.vector(measured))
    }

    /// A vector that was kept in another form.
    ///
    /// - Parameter values: of the current version.
    /// - Returns: `nil` for another number of values than ``length``, and for values no vector has.
    public init?(_ values: [Float]) {
        guard values.count == Self.length, values.allSatisfy({ abs($0) <= Self.largest }) else { return nil }
        (version, self.values) = (Self.currentVersion, values)
    }

    /// How unlike two sounds are: the Euclidean distance.
    ///
    /// 0 for the same sound; below 0.3 the same recording in another encoding; around 0.8 two hits of one kind of drum or
    /// two notes of one instrument; around 1.4 two sounds picked at random.
    ///
    /// - Parameter other: of the same version.
    public func distance(to other: SimilarityVector) -> Float {
        precondition(version == other.version, "only vectors of one version compare")
        var square: Float = 0
        ck_squared_distances(values, other.values, Self.length, 1, &square)
        return square.squareRoot()
    }
}

extension SimilarityVector: Codable {
    private enum CodingKeys: String, CodingKey {
        case version
        case values = "vector"
    }

    /// - Throws: `DecodingError` for another number of values than ``length``, and for values no vector has.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        values = try container.decode([Float].self, forKey: .values)
        guard values.count == Self.length, values.allSatisfy({ abs($0) <= Self.largest }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container, debugDescription: "not \(Self.length) values within ±\(Self.largest)")
        }
    }
}
