import Dispatch
import Foundation
import Synchronization

/// Control-C as something to react to, so that nothing half done is left and what is done can be kept.
final class Interruption {
    private let state = State()
    private let source: any DispatchSourceSignal

    /// As long as this lives, Control-C no longer ends the program by itself; the second one does.
    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [state] in
            signal(SIGINT, SIG_DFL)
            state.request()
        }
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }

    var isRequested: Bool { state.isRequested }

    /// Does something when Control-C is pressed; at once if it has been.
    func react(_ reaction: @escaping @Sendable () -> Void) { state.add(reaction) }

    private final class State: Sendable {
        private let reactions = Mutex<(isRequested: Bool, all: [@Sendable () -> Void])>((false, []))

        var isRequested: Bool { reactions.withLock { $0.isRequested } }

        func add(_ reaction: @escaping @Sendable () -> Void) {
            let isLate = reactions.withLock { reactions in
                reactions.all.append(reaction)
                return reactions.isRequested
            }
            if isLate { reaction() }
        }

        func request() {
            let all = reactions.withLock { reactions in
                reactions.isRequested = true
                return reactions.all
            }
            for reaction in all { reaction() }
        }
    }
}
