import NIOCore

/// What Lambda's REPORT line says of an invocation.
struct InvocationReport {
    /// How an invocation failed.
    enum Failure {
        /// The function reported an error of that type.
        case error(String)
        case timeout(seconds: String)
        /// The process ended, in that way.
        case exit(String)
    }

    let requestID: String
    let duration: TimeAmount
    let initDuration: TimeAmount?
    /// In MB.
    let memorySize: Int
    /// In MB.
    let maxMemoryUsed: Int?
    let failure: Failure?

    /// The lines that follow the function's own.
    func lines() -> [String] {
        var lines: [String] = []
        switch failure {
        case .timeout(let seconds): lines.append("\(requestID) Task timed out after \(seconds) seconds")
        case .exit(let status): lines.append("RequestId: \(requestID) Error: Runtime exited with error: \(status)")
        case .error, nil: break
        }
        lines.append("END RequestId: \(requestID)")
        var report = "REPORT RequestId: \(requestID)\tDuration: \(duration.inMilliseconds) ms\t"
        let billed = duration + (initDuration ?? .zero)
        report += "Billed Duration: \((billed.nanoseconds + 999_999) / 1_000_000) ms\tMemory Size: \(memorySize) MB"
        if let maxMemoryUsed { report += "\tMax Memory Used: \(maxMemoryUsed) MB" }
        if let initDuration { report += "\tInit Duration: \(initDuration.inMilliseconds) ms" }
        switch failure {
        case .timeout: report += "\tStatus: timeout"
        case .exit: report += "\tStatus: error\tError Type: Runtime.ExitError"
        case .error(let type): report += "\tStatus: error\tError Type: \(type)"
        case nil: break
        }
        lines.append(report)
        return lines
    }
}

/// The most memory that a process has used. Asking the kernel takes longer than a small invocation's bookkeeping, so
/// that it is asked only now and then; the value can only grow.
struct PeakMemory {
    private static let interval = TimeAmount.milliseconds(200)
    private var last: Int?
    private var askedAt = NIODeadline.distantPast

    mutating func value(of child: ChildProcess?, at now: NIODeadline) -> Int? {
        guard let child, now - askedAt >= Self.interval else { return last }
        askedAt = now
        last = child.peakMemory() ?? last
        return last
    }
}

extension TimeAmount {
    /// Milliseconds with two decimals.
    var inMilliseconds: String { (Double(nanoseconds) / 1e6).formatted(decimals: 2) }
}

extension Double {
    /// The number rounded to so many decimals, without Foundation and without a locale.
    func formatted(decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((self * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
