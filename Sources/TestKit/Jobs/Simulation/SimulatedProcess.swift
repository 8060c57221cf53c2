import ServiceLifecycleTestKit
import Storage
import StorageTestKit
import Synchronization

/// One process of a simulation, from its start to its death. Each has a machine of its own.
final class SimulatedProcess: Sendable {
    private struct Life {
        var isAlive = true
        /// Told to stop, and allowed to finish what it has begun.
        var isRetired = false
        /// How long it has stood still; nil while it goes on.
        var standstill: Duration?
        var service: Task<Void, Never>?
        /// Its service has ended.
        var isOver = false
        var shutdown: GracefulShutdownTestTrigger?
    }

    let name: String
    let machine: SimulatedMachine
    private let wallClock: ManualClock
    private let fault: PlantedFault?
    private let life = Mutex(Life())

    init(_ name: String, on thread: OneThread, planting fault: PlantedFault?) {
        (self.name, machine, wallClock, self.fault) = (name, SimulatedMachine(thread), ManualClock(), fault)
    }

    /// The next on its machine.
    init(inPlaceOf process: SimulatedProcess) {
        (name, machine) = ("\(process.name)'", process.machine.restarted())
        (wallClock, fault) = (process.wallClock, process.fault)
    }

    var clock: any WallClock { wallClock }
    var now: Timestamp { wallClock.now() }

    /// Somebody sets its clock.
    func set(forward seconds: Int) { wallClock.advance(by: .seconds(seconds)) }

    func turn(to time: Timestamp) { wallClock.turn(to: time) }

    /// Time goes by.
    func pass(_ duration: Duration) {
        wallClock.advance(by: duration)
        let isStanding = life.withLock { life in
            life.standstill? += duration
            return life.standstill != nil
        }
        if !isStanding { machine.advance(by: duration * (fault == .workersHurry ? 2 : 1)) }
    }

    // Standing still, as a machine that sleeps

    var isStanding: Bool { life.withLock { $0.standstill != nil } }

    func stand() { life.withLock { $0.standstill = $0.standstill ?? .zero } }

    func goOn() {
        if let missed = life.withLock({ $0.standstill.take() }) { machine.advance(by: missed) }
    }

    // Its service

    /// Runs a service in it until it dies, or is told to stop.
    func start(_ service: @escaping @Sendable () async -> Void) {
        let task = Task(executorPreference: machine.executor) {
            await testGracefulShutdown { shutdown in
                self.life.withLock { $0.shutdown = shutdown }
                await service()
            }
            self.life.withLock { $0.isOver = true }
        }
        life.withLock { $0.service = task }
    }

    /// Tells it to stop.
    func retire() {
        let shutdown = life.withLock { life in
            life.isRetired = true
            return life.shutdown
        }
        if fault != .stopsAreNotHeard { shutdown?.triggerGracefulShutdown() }
    }

    var isRetired: Bool { life.withLock(\.isRetired) }
    var isOver: Bool { life.withLock(\.isOver) }

    var isAlive: Bool { life.withLock(\.isAlive) }

    /// Whatever its errands are about to do, nothing of it happens any more.
    func die() { life.withLock { $0.isAlive = false } }

    /// Ends the tasks of a dead one.
    func vanish() {
        machine.vanish()
        life.withLock(\.service)?.cancel()
    }

    /// Returns when its service has ended.
    func end() async { await life.withLock(\.service)?.value }
}
