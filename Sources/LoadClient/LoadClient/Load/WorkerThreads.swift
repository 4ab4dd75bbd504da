import Glibc

/// Threads for workers that block, which must not occupy the threads of Swift's concurrency pool.
enum WorkerThreads {
    private final class Job: Sendable {
        let body: @Sendable (Int) -> Void
        let index: Int

        init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.index = index
            self.body = body
        }
    }

    /// Calls `body` with the indices 0..<`count`, each on its own thread and the first on the caller's, and waits until all
    /// have returned.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var threads: [pthread_t] = []
        for index in 1..<max(count, 1) {
            var thread = pthread_t()
            let job = Unmanaged.passRetained(Job(index, body))
            let code = pthread_create(
                &thread,
                nil,
                { context in
                    guard let context else { return nil }
                    let job = Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
                    job.body(job.index)
                    return nil
                },
                job.toOpaque()
            )
            precondition(code == 0, "pthread_create failed with error \(code)")
            threads.append(thread)
        }
        body(0)
        for thread in threads { pthread_join(thread, nil) }
    }
}
