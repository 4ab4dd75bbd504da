import Glibc

/// Threads for work that computes or waits for as long as it lives, which would starve a pool.
enum Threads {
    private final class Job: Sendable {
        let body: @Sendable (Int) -> Void
        let index: Int

        init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.index = index
            self.body = body
        }
    }

    /// Calls `body` with 0, 1, … `count` - 1, each on a thread of its own, the first on the caller's; returns when all
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
            precondition(code == 0, "no thread: error \(code)")
            threads.append(thread)
        }
        body(0)
        for thread in threads { pthread_join(thread, nil) }
    }
}
