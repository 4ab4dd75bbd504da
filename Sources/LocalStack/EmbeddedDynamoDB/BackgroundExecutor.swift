import Dispatch

/// Moves long work off the event loop, where it would delay all other requests, to threads of its own.
final class BackgroundExecutor: TaskExecutor {
    static let shared = BackgroundExecutor()
    /// The size in bytes up to which a request or a response is decoded or encoded on the event loop.
    static let maximumInlineSize = 64 * 1024

    private let queue = DispatchQueue(label: "EmbeddedDynamoDB.background", qos: .utility, attributes: .concurrent)

    /// Runs `work` in the background if `isLong`, otherwise on the current executor.
    static func run<Result>(if isLong: Bool, _ work: () throws -> Result) async throws -> Result {
        guard isLong else { return try work() }
        return try await withTaskExecutorPreference(shared) { try work() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
