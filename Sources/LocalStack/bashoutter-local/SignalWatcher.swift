import Glibc
import LocalLambda
import Logging
import UnixSignals

/// Logs at the first SIGINT or SIGTERM that the stack is stopping, and terminates everything at once at the second.
struct SignalWatcher {
    let logger: Logger
    let logWriter: AsyncLogWriter

    func run() async {
        var count = 0
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            count += 1
            if count == 1 {
                logger.info("stopping (\(signal)); press Ctrl-C again to terminate immediately")
                continue
            }
            LocalLambda.killAllProcesses()
            logWriter.flush()
            _exit(130)
        }
    }
}
