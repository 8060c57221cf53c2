/// What was found wrong so far while a plan file is read.
final class PlanFaults {
    private(set) var problems: [PlanProblem] = []

    func note(_ problem: PlanProblem) {
        problems.append(problem)
    }

    /// Nil, and noted, where reading what is at `place` fails.
    func noting<Value>(at place: [any CodingKey], _ read: () throws -> Value) -> Value? {
        do {
            return try read()
        } catch let error as DecodingError {
            note(PlanProblem(error))
        } catch {
            // What the decoder throws for numbers that do not fit, without their place.
            note(.error(PlanProblem.place(place), "cannot be read as what it should be"))
        }
        return nil
    }
}

/// One object of a plan file, read key by key. What is wrong is noted and reading goes on, so that all faults of a file are
/// found at once.
struct PlanFileObject<Key: CodingKey & CaseIterable> {
    private let container: KeyedDecodingContainer<Key>
    private let faults: PlanFaults

    /// Nil, and noted, if it is no object. A misspelt limit would be no limit: unknown keys are noted.
    init?(_ decoder: any Decoder, by keys: Key.Type, noting faults: PlanFaults) {
        guard let container = faults.noting(at: decoder.codingPath, { try decoder.container(keyedBy: keys) }) else {
            return nil
        }
        (self.container, self.faults) = (container, faults)
        for error in decoder.unknownKeys(keys) { faults.note(PlanProblem(error)) }
    }

    /// Nil where it is absent, `null` or wrong.
    func value<Value: Decodable>(_ key: Key, as type: Value.Type) -> Value? {
        faults.noting(at: place(key)) { try container.decodeIfPresent(type, forKey: key) } ?? nil
    }

    func required<Value: Decodable>(_ key: Key, as type: Value.Type) -> Value? {
        faults.noting(at: place(key)) { try container.decode(type, forKey: key) }
    }

    func number(_ key: Key, in range: ClosedRange<Int> = 0...Int.max) -> Int? {
        guard let number = value(key, as: Int.self) else { return nil }
        guard range.contains(number) else {
            let fault =
                range.upperBound == .max && range.lowerBound == 0
                ? "is negative" : "is not from \(range.lowerBound) to \(range.upperBound)"
            note(key, fault)
            return nil
        }
        return number
    }

    /// Nil where it is absent or `null`.
    func decoder(_ key: Key) -> (any Decoder)? {
        isPresent(key) ? faults.noting(at: place(key)) { try container.superDecoder(forKey: key) } : nil
    }

    /// The elements of an array; none where it is absent or `null`.
    func list(_ key: Key) -> [any Decoder] {
        guard isPresent(key) else { return [] }
        return faults.noting(at: place(key)) {
            var (list, decoders) = (try container.nestedUnkeyedContainer(forKey: key), [any Decoder]())
            while !list.isAtEnd { decoders.append(try list.superDecoder()) }
            return decoders
        } ?? []
    }

    /// The members of an object whose keys are names, by name; none where it is absent or `null`.
    func named(_ key: Key) -> [(name: String, decoder: any Decoder)] {
        guard isPresent(key) else { return [] }
        return faults.noting(at: place(key)) {
            let members = try container.nestedContainer(keyedBy: AnyKey.self, forKey: key)
            return try members.allKeys.sorted { $0.stringValue < $1.stringValue }
                .map { (name: $0.stringValue, decoder: try members.superDecoder(forKey: $0)) }
        } ?? []
    }

    func isPresent(_ key: Key) -> Bool {
        container.contains(key) && (try? container.decodeNil(forKey: key)) != true
    }

    /// Notes what is wrong with the value of a key.
    func note(_ key: Key, _ fault: String) {
        faults.note(PlanProblem(.dataCorrupted(.init(codingPath: place(key), debugDescription: fault))))
    }

    private func place(_ key: Key) -> [any CodingKey] { container.codingPath + [key] }
}

extension Decoder {
    /// A misspelt limit would be no limit: unknown keys are an error.
    func refuseUnknownKeys<Key: CodingKey & CaseIterable>(_ known: Key.Type) throws {
        if let error = unknownKeys(known).first { throw error }
    }

    fileprivate func unknownKeys<Key: CodingKey & CaseIterable>(_ known: Key.Type) -> [DecodingError] {
        let names = Set(known.allCases.map(\.stringValue))
        let keys = (try? container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)) ?? []
        return keys.filter { !names.contains($0) }.sorted().map { key in
            .dataCorrupted(
                .init(
                    codingPath: codingPath,
                    debugDescription: "unknown key '\(key)'; known are \(names.sorted().joined(separator: ", "))"))
        }
    }
}

struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
