import Foundation

/// The periodic Hann window: ½ − ½·cos(2πn / size).
func hannWindow(size: Int) -> [Float] {
    (0..<size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size))) }
}
