import CSpawn
import Glibc
import Synchronization

/// A process that has been started and not yet been reaped. It leads a process group of its own.
struct ChildProcess {
    /// Why a process could not be started.
    struct StartError: Error, CustomStringConvertible {
        let executable: String
        let code: Int32
        var description: String { "\(executable) cannot be started: \(String(cString: strerror(code)))" }
        /// Somebody has the file open for writing: a linker, or for a moment a process that was forked from whoever has
        /// just written it.
        var isBeingWritten: Bool { code == ETXTBSY }
    }

    let id: pid_t

    /// Starts `executable`; `output` receives its standard output and standard error.
    init(executable: String, environment: [String], directory: String, output: Int32) throws(StartError) {
        let result = Self.withCStrings([executable]) { arguments in
            Self.withCStrings(environment) { environment in
                cspawn_start(executable, arguments, environment, directory, output)
            }
        }
        guard result > 0 else { throw StartError(executable: executable, code: -result) }
        id = result
        ProcessRegistry.insert(id)
    }

    /// Sends a signal to the process and to all that it has started.
    func signal(_ number: Int32) {
        kill(-id, number)
    }

    /// If the process has ended: ends what it has left behind, and says how it ended.
    func reap() -> ExitStatus? {
        var info = siginfo_t()
        // First only looking, so that the group's id cannot be given to anybody else before the group is killed.
        guard waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return .unknown }
        guard info.si_code != 0 else { return nil }
        signal(SIGKILL)
        var status: Int32 = 0
        guard waitpid(id, &status, 0) == id else { return .unknown }
        ProcessRegistry.remove(id)
        let number = status & 0x7F
        return number == 0 ? .exited(status >> 8 & 0xFF) : .killed(number)
    }

    /// The most memory that the process has had in use so far, in MB, rounded up.
    func peakMemory() -> Int? {
        guard let file = fopen("/proc/\(id)/status", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split { $0 == " " || $0 == "\t" }
            guard words.first == "VmHWM:", words.count > 1, let kilobytes = Int(words[1]) else { continue }
            return (kilobytes + 1_023) / 1_024
        }
        return nil
    }

    private static func withCStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) } + [nil]
        defer { copies.forEach { free($0) } }
        return body(copies)
    }
}

/// How a process ended.
enum ExitStatus: CustomStringConvertible {
    case exited(Int32)
    case killed(Int32)
    case unknown

    /// In the words of Lambda's own logs.
    var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .killed(let number): "signal: \(Self.name(of: number))"
        case .unknown: "unknown status"
        }
    }

    private static func name(of signal: Int32) -> String {
        guard let name = strsignal(signal) else { return "\(signal)" }
        return String(cString: name).lowercased()
    }
}

/// All processes that have been started and not been reaped, for the moment when there is no time left to stop them in
/// good order.
enum ProcessRegistry {
    private static let ids = Mutex<Set<pid_t>>([])

    static func insert(_ id: pid_t) { ids.withLock { _ = $0.insert(id) } }
    static func remove(_ id: pid_t) { ids.withLock { _ = $0.remove(id) } }
    static func killAll() {
        ids.withLock { for id in $0 { kill(-id, SIGKILL) } }
    }
}
