import AudioCore
import Storage

/// A sample, and how unlike another it sounds.
public struct SampleDistance: Equatable, Sendable {
    public let id: SampleID
    /// As ``SimilarityVector/distance(to:)``.
    public let distance: Float
    public let vector: SimilarityVector
}

extension SampleCatalog {
    /// Most vectors that one search compares, so that its time has an end: 10,000 of them are read and compared in some
    /// 40 ms.
    public static let mostCompared = 50_000

    /// The vector that tells how a sample sounds; nil for silence, and for one that was analysed when there were none, or
    /// others.
    public func vector(
        of id: SampleID, owner: AccountID, in session: any ReadSession
    ) throws -> SimilarityVector? {
        try session.row(
            """
            SELECT vector FROM sample_vectors
            WHERE owner = \(owner) AND sample_id = \(id) AND version = \(SimilarityVector.currentVersion)
            """
        ).flatMap(SimilarityVector.init)
    }

    /// The vectors of several samples; of those that have one.
    ///
    /// - Parameter ids: at most 1,000.
    public func vectors(
        of ids: [SampleID], owner: AccountID, in session: any ReadSession
    ) throws -> [SampleID: SimilarityVector] {
        guard !ids.isEmpty else { return [:] }
        let rows = try session.rows(
            """
            SELECT sample_id, vector FROM sample_vectors
            WHERE owner = \(owner) AND version = \(SimilarityVector.currentVersion) AND sample_id IN (\(list: ids))
            """)
        return try rows.reduce(into: [:]) { vectors, row in
            vectors[try row.get("sample_id", as: SampleID.self)] = SimilarityVector(row)
        }
    }

    /// The shown samples of an owner that are nearest to one, which is not among them; nearest first, of equally near ones
    /// the lesser name first.
    ///
    /// - Parameter count: at most so many.
    public func nearest(
        to vector: SimilarityVector, besides id: SampleID, of owner: AccountID, count: Int, within most: Float,
        in session: any ReadSession
    ) throws -> [SampleDistance] {
        let hidden = try session.rows("SELECT id FROM sample_facets WHERE owner = \(owner) AND hidden = 1")
            .reduce(into: Set([id])) { $0.insert(try $1.get("id", as: SampleID.self)) }
        let rows = try session.rows(
            """
            SELECT sample_id, vector FROM sample_vectors
            WHERE owner = \(owner) AND version = \(SimilarityVector.currentVersion) LIMIT \(Self.mostCompared)
            """)
        let near = try rows.compactMap { row -> SampleDistance? in
            guard let other = SimilarityVector(row) else { return nil }
            let distance = other.distance(to: vector)
            guard distance <= most else { return nil }
            return SampleDistance(id: try row.get("sample_id"), distance: distance, vector: other)
        }
        return near.filter { !hidden.contains($0.id) }
            .sorted { ($0.distance, $0.id.text) < ($1.distance, $1.id.text) }
            .prefix(max(0, count)).map(\.self)
    }

    func setVector(_ vector: SimilarityVector?, of sample: Sample, in session: any WriteSession) throws {
        try session.execute(
            "DELETE FROM sample_vectors WHERE owner = \(sample.owner) AND sample_id = \(sample.id)")
        guard let vector else { return }
        try session.execute(
            """
            INSERT INTO sample_vectors (owner, sample_id, version, vector)
            VALUES (\(sample.owner), \(sample.id), \(vector.version), \(vector.packed))
            """)
    }
}

/// In a row: each of the values, which have four decimals, as a whole number of 16 bits, the lower byte first.
extension SimilarityVector {
    private static let scale: Float = 10_000

    var packed: [UInt8] {
        values.flatMap { value -> [UInt8] in
            let whole = UInt16(bitPattern: Int16(clamping: Int((value * Self.scale).rounded())))
            return [UInt8(truncatingIfNeeded: whole), UInt8(truncatingIfNeeded: whole >> 8)]
        }
    }

    init?(packed bytes: [UInt8]) {
        guard bytes.count == 2 * Self.length else { return nil }
        let values = [Float](unsafeUninitializedCapacity: Self.length) { buffer, count in
            for place in 0..<Self.length {
                let whole = UInt16(bytes[2 * place]) | UInt16(bytes[2 * place + 1]) << 8
                buffer[place] = Float(Int16(bitPattern: whole)) / Self.scale
            }
            count = Self.length
        }
        self.init(values)
    }

    fileprivate init?(_ row: Row) {
        guard let bytes: [UInt8] = try? row.get("vector") else { return nil }
        self.init(packed: bytes)
    }
}
