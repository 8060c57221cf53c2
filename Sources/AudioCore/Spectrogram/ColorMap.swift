/// Colours for quiet to loud, evenly spaced for the eye: equal steps of level look like equal steps.
///
/// Source: S. van der Walt and N. Smith, maps of matplotlib 2 (CC0), as the polynomials of degree six that
/// M. Zucker fitted to them (CC0): within 4 of 255 of the tables.
public enum ColorMap: String, CaseIterable, Sendable {
    /// Black, violet, orange, pale yellow.
    case magma
    /// Violet, green, yellow.
    case viridis
    /// Black to white.
    case gray

    /// 256 colours, quiet to loud.
    public var palette: [PixelColor] {
        (0...255).map { index in
            let level = Double(index) / 255
            let color = coefficients.reversed().reduce(SIMD3<Double>()) { $0 * level + $1 } * 255
            let bytes = color.clamped(lowerBound: SIMD3(), upperBound: SIMD3(repeating: 255)).rounded(.toNearestOrEven)
            return PixelColor(red: UInt8(bytes.x), green: UInt8(bytes.y), blue: UInt8(bytes.z))
        }
    }

    /// Red, green and blue, by the power of the level.
    private var coefficients: [SIMD3<Double>] {
        switch self {
        case .magma:
            [
                [-0.002136485053939582, -0.000749655052795221, -0.005386127855323933],
                [0.2516605407371642, 0.6775232436837668, 2.494026599312351],
                [8.353717279216625, -3.577719514958484, 0.3144679030132573],
                [-27.66873308576866, 14.26473078096533, -13.64921318813922],
                [52.17613981234068, -27.94360607168351, 12.94416944238394],
                [-50.76852536473588, 29.04658282127291, 4.23415299384598],
                [18.65570506591883, -11.48977351997711, -5.601961508734096],
            ]
        case .viridis:
            [
                [0.2777273272234177, 0.005407344544966578, 0.3340998053353061],
                [0.1050930431085774, 1.404613529898575, 1.384590162594685],
                [-0.3308618287255563, 0.214847559468213, 0.09509516302823659],
                [-4.634230498983486, -5.799100973351585, -19.33244095627987],
                [6.228269936347081, 14.17993336680509, 56.69055260068105],
                [4.776384997670288, -13.74514537774601, -65.35303263337234],
                [-5.435455855934631, 4.645852612178535, 26.3124352495832],
            ]
        case .gray: [SIMD3(), SIMD3(repeating: 1)]
        }
    }
}
