import Glibc

/// How a process ended.
package enum ExitStatus: CustomStringConvertible, Equatable, Sendable {
    /// With this exit code.
    case exited(Int32)
    /// By the signal with this number.
    case killed(Int32)
    /// The status could not be read, or the process was never started.
    case unknown

    /// In the form of Lambda's own logs: `exit status 1`, `signal: killed`.
    package var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .killed(let signal): "signal: \(Self.name(of: signal))"
        case .unknown: "unknown status"
        }
    }

    private static func name(of signal: Int32) -> String {
        guard let name = strsignal(signal) else { return "\(signal)" }
        return String(cString: name).lowercased()
    }
}
