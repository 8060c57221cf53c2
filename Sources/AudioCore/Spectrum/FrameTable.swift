/// Rows of one width, one a frame, for what can only be judged when the loudest frame is known.
///
/// The room for all rows is set aside at once and touched row by row: the system gives memory as rows
/// come, nothing is allocated per frame and nothing is moved.
struct FrameTable<Value: BitwiseCopyable>: ~Copyable {
    let width: Int
    let capacity: Int
    private(set) var count = 0
    private let base: UnsafeMutablePointer<Value>

    init(width: Int, capacity: Int) {
        (self.width, self.capacity) = (width, capacity)
        base = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, width * capacity) * MemoryLayout<Value>.stride, alignment: 64
        ).bindMemory(to: Value.self, capacity: max(1, width * capacity))
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    var isFull: Bool { count == capacity }

    /// Room for the next row; fill all of it.
    mutating func append() -> UnsafeMutablePointer<Value> {
        precondition(count < capacity, "the table is full")
        count += 1
        return base + (count - 1) * width
    }

    /// Row `index`, valid until the table is emptied.
    func row(_ index: Int) -> UnsafePointer<Value> {
        precondition(index >= 0 && index < count, "row \(index) is outside a table of \(count)")
        return UnsafePointer(base + index * width)
    }

    /// The row appended last.
    var last: UnsafeMutablePointer<Value> {
        precondition(count > 0, "the table is empty")
        return base + (count - 1) * width
    }

    /// A copy of all rows.
    var array: [Value] { Array(UnsafeBufferPointer(start: base, count: count * width)) }

    mutating func removeAll() { count = 0 }
}
