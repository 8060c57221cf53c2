/// Finds where a sound can be cut without a click.
enum ZeroPoint {
    /// The zero crossing of `range` that is nearest to `target`, the earlier one of two; where there is none, the
    /// sample nearest to zero.
    ///
    /// - Parameter range: not empty; a crossing at `index` lies between the sample before and the one at it.
    static func nearest(to target: Int, in sound: UnsafeBufferPointer<Float>, range: ClosedRange<Int>) -> Int {
        var smallest = (index: target, magnitude: Float.infinity)
        for distance in 0...max(target - range.lowerBound, range.upperBound - target, 0) {
            for index in distance == 0 ? [target] : [target - distance, target + distance]
            where range.contains(index) && sound.indices.contains(index) {
                if isCrossing(sound, index) { return index }
                if sound[index].magnitude < smallest.magnitude { smallest = (index, sound[index].magnitude) }
            }
        }
        return smallest.index
    }

    private static func isCrossing(_ sound: UnsafeBufferPointer<Float>, _ index: Int) -> Bool {
        guard index > 0 else { return false }
        let (before, after) = (sound[index - 1], sound[index])
        return before == 0 || after == 0 || (before < 0) != (after < 0)
    }
}
