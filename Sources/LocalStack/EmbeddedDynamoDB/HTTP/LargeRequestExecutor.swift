import Dispatch

/// Executes large requests on threads of their own: decoding 16 MB on the event loop would delay all other requests.
final class LargeRequestExecutor: TaskExecutor {
    static let shared = LargeRequestExecutor()

    private let queue = DispatchQueue(label: "EmbeddedDynamoDB.largeRequests", qos: .utility, attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
