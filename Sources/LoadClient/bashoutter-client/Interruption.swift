import Foundation
import Synchronization

/// Interruption by SIGINT (Ctrl-C) or SIGTERM. The first signal requests the command to stop; the second terminates the
/// process.
enum Interruption {
    private static let flag = Atomic(false)

    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    static func installSignalHandlers() {
        // Initializes the static property, which a signal handler must not do.
        flag.store(false, ordering: .relaxed)
        for signalNumber in [SIGINT, SIGTERM] {
            signal(signalNumber) { number in
                Interruption.flag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }

    /// 128 + SIGINT, as shells report it.
    static let exitStatus: Int32 = 130
}
