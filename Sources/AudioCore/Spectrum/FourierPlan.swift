import CFFTW3

/// How to transform real signals of one size; made once for the process and shared.
///
/// FFTW's planner is not thread safe, executing a plan is: so planning happens under one lock and
/// everybody executes the same plan on buffers of their own. `ESTIMATE` plans differ neither between
/// runs nor between processes (`MEASURE` plans do, in the last bits) and take 1 to 3 ms once.
final class FourierPlan: @unchecked Sendable {
    let size: Int
    private let plan: fftwf_plan

    private static let made = SharedValues<Int, FourierPlan>(capacity: 32)

    /// The plan for real transforms of `size` points; never fails for a size of at least 1.
    static func shared(size: Int) -> FourierPlan {
        made.value(for: size) { FourierPlan(planning: $0) }
    }

    private init(planning size: Int) {
        let input = AlignedBuffer(count: size)
        let output = AlignedBuffer(count: 2 * (size / 2 + 1))
        let plan = output.base.withMemoryRebound(to: fftwf_complex.self, capacity: size / 2 + 1) {
            fftwf_plan_dft_r2c_1d(Int32(size), input.base, $0, UInt32(FFTW_ESTIMATE))
        }
        guard let plan else { preconditionFailure("FFTW cannot plan a real transform of \(size) points") }
        (self.size, self.plan) = (size, plan)
    }

    fileprivate func execute(_ input: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        output.withMemoryRebound(to: fftwf_complex.self, capacity: size / 2 + 1) {
            fftwf_execute_dft_r2c(plan, input, $0)
        }
    }
}

/// One user's place to transform: a shared plan with own buffers.
///
/// The transform is unscaled: output bin k is Σ input[n]·e^(−2πi·k·n/size). FFTW may overwrite `input`.
struct FourierTransform: ~Copyable {
    let input: AlignedBuffer
    /// Real and imaginary parts in turn, `size / 2 + 1` bins.
    let output: AlignedBuffer
    private let plan: FourierPlan

    init(size: Int) {
        plan = .shared(size: size)
        input = AlignedBuffer(count: size)
        output = AlignedBuffer(count: 2 * (size / 2 + 1))
        // The plan was made for this alignment; with another one it may trap.
        precondition(fftwf_alignment_of(input.base) == 0 && fftwf_alignment_of(output.base) == 0)
    }

    var size: Int { plan.size }
    var bins: Int { plan.size / 2 + 1 }

    func execute() { plan.execute(input.base, output.base) }
}
