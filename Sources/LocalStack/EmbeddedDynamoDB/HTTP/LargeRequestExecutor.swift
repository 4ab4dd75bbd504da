import Dispatch

/// Executes large requests on threads of their own. Decoding 16 MB takes longer than other clients may wait.
final class LargeRequestExecutor: TaskExecutor {
    static let shared = LargeRequestExecutor()

    private let queue = DispatchQueue(label: "EmbeddedDynamoDB.largeRequests", qos: .utility, attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
