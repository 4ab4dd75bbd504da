/// The lines that Lambda logs at the end of an invocation.
struct InvocationReport {
    private let requestID: String
    private let outcome: InvocationCompletion<Invocation>.Outcome
    private let duration: Duration
    private let initDuration: Duration?
    private let timeout: Int
    private let memorySize: Int
    private let maxMemoryUsed: Int?

    /// - Parameters:
    ///   - timeout: The function's timeout in seconds.
    ///   - memorySize: The function's memory size in MB.
    ///   - maxMemoryUsed: The process's peak memory in MB; nil if it is not known.
    init(_ completion: InvocationCompletion<Invocation>, timeout: Int, memorySize: Int, maxMemoryUsed: Int?) {
        requestID = completion.invocation.id
        outcome = completion.outcome
        duration = completion.duration
        initDuration = completion.initDuration
        self.timeout = timeout
        self.memorySize = memorySize
        self.maxMemoryUsed = maxMemoryUsed
    }

    var isFailure: Bool { if case .success = outcome { false } else { true } }

    /// END and REPORT, preceded by the failure if the invocation timed out or its process exited.
    func lines() -> [String] {
        var lines: [String] = []
        switch outcome {
        case .timedOut:
            lines.append("\(requestID) Task timed out after \(Duration.seconds(timeout).seconds(decimals: 2)) seconds")
        case .exited(let status):
            lines.append("RequestId: \(requestID) Error: Runtime exited with error: \(status)")
        case .success, .functionError, .responseTooLarge:
            break
        }
        lines.append("END RequestId: \(requestID)")
        var report = "REPORT RequestId: \(requestID)\tDuration: \(duration.milliseconds(decimals: 2)) ms\t"
        let billed = (duration + (initDuration ?? .zero)).roundedUpMilliseconds
        report += "Billed Duration: \(billed) ms\tMemory Size: \(memorySize) MB"
        if let maxMemoryUsed { report += "\tMax Memory Used: \(maxMemoryUsed) MB" }
        if let initDuration { report += "\tInit Duration: \(initDuration.milliseconds(decimals: 2)) ms" }
        switch outcome {
        case .success: break
        case .functionError(let type, _): report += "\tStatus: error\tError Type: \(type)"
        case .responseTooLarge: report += "\tStatus: error\tError Type: Function.ResponseSizeTooLarge"
        case .timedOut: report += "\tStatus: timeout"
        case .exited: report += "\tStatus: error\tError Type: Runtime.ExitError"
        }
        lines.append(report)
        return lines
    }
}
