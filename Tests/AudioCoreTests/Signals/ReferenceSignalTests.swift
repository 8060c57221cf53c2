import Testing

@Suite struct ReferenceSignalTests {
    @Test(arguments: Reference.all)
    func `the signal made from the formula is the one the reference was computed on`(name: String) throws {
        let reference = try Reference(name)
        let signal = reference.signal()
        let sum = signal.reduce(0.0) { $0 + Double($1) }
        let squares = signal.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(signal.count == reference.samples)
        #expect(abs(sum - reference.check.sum) <= max(1e-6 * abs(reference.check.sum), 1e-4))
        #expect(abs(squares - reference.check.sum_sq) <= 1e-6 * reference.check.sum_sq)
        #expect(zip(signal, reference.check.first8).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        #expect(abs(Double(signal.map(abs).max() ?? 0) - reference.check.peak) < 1e-6)
    }
}
