import Dispatch
import Foundation
import Synchronization

/// Control-C as a question to ask, so that what is done so far can be kept.
final class Interruption {
    private let flag = Flag()
    private let source: any DispatchSourceSignal

    /// As long as this lives, Control-C no longer ends the program by itself; the second one does.
    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [flag] in
            flag.isSet.withLock { $0 = true }
            signal(SIGINT, SIG_DFL)
        }
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }

    var isRequested: Bool { flag.isSet.withLock { $0 } }
}

private final class Flag: Sendable {
    let isSet = Mutex(false)
}
