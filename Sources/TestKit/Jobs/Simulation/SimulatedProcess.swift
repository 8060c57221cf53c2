import Storage
import StorageTestKit
import Synchronization

/// One process of a simulation, from its start to its death. Each machine has a clock of its own.
final class SimulatedProcess: Sendable {
    let name: String
    private let machine: ManualClock
    private let life = Mutex(true)

    init(_ name: String) {
        (self.name, machine) = (name, ManualClock())
    }

    /// On the same machine.
    init(inPlaceOf process: SimulatedProcess) {
        (name, machine) = ("\(process.name)'", process.machine)
    }

    var clock: any WallClock { machine }
    var now: Timestamp { machine.now() }

    func advance(seconds: Int) { machine.advance(by: .seconds(seconds)) }

    func turn(to time: Timestamp) { machine.turn(to: time) }

    var isAlive: Bool { life.withLock { $0 } }

    /// Whatever its errands are about to do, nothing of it happens any more.
    func die() { life.withLock { $0 = false } }
}
