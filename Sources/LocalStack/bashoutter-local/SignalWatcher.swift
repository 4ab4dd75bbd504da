import Glibc
import LocalLambda
import Logging
import UnixSignals

/// Says that the stack is stopping at the first Ctrl-C, and ends everything at once at the second.
struct SignalWatcher {
    let logger: Logger
    let console: AsyncLogWriter

    func run() async {
        var count = 0
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            count += 1
            if count == 1 {
                logger.info("stopping (\(signal)); once more to stop at once")
                continue
            }
            LocalLambda.killAllProcesses()
            console.flush()
            _exit(130)
        }
    }
}
