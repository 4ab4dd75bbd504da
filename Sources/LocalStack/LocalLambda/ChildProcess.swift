import CSpawn
import Glibc

/// A process that has been started and not yet been reaped. It leads a process group of its own.
struct ChildProcess {
    struct StartError: Error, CustomStringConvertible {
        let executable: String
        let code: Int32
        var description: String { "could not start \(executable): \(String(cString: strerror(code)))" }
        /// Whether the file is open for writing: by a linker, or for a moment by a process that was forked while its parent
        /// wrote the file.
        var isExecutableBusy: Bool { code == ETXTBSY }
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

    /// Sends a signal to the process group.
    func signal(_ number: Int32) {
        kill(-id, number)
    }

    /// Returns nil while the process runs. After it exits, kills its process group, reaps it and returns its status.
    func reap() -> ExitStatus? {
        var info = siginfo_t()
        // WNOWAIT leaves a zombie, so that the group's id cannot be reused before the group is killed.
        guard waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return .unknown }
        guard info.si_code != 0 else { return nil }
        signal(SIGKILL)
        var status: Int32 = 0
        guard waitpid(id, &status, 0) == id else { return .unknown }
        ProcessRegistry.remove(id)
        let number = status & 0x7F
        return number == 0 ? .exited(status >> 8 & 0xFF) : .killed(number)
    }

    /// The peak resident set size in MB, rounded up; nil if it cannot be read.
    func peakMemory() -> Int? {
        guard let file = fopen("/proc/\(id)/status", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split { $0 == " " || $0 == "\t" }
            guard fields.first == "VmHWM:", fields.count > 1, let kilobytes = Int(fields[1]) else { continue }
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
