import Foundation
import JSON
import LocalLambda
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct FunctionPoolTests {
    static func limits(_ change: (inout LambdaLimits) -> Void) -> LambdaLimits {
        var limits = FakeFunction.patient
        change(&limits)
        return limits
    }

    @Test
    func `the number of processes follows the invocations, up to the limit, and falls back to one`() async throws {
        let limits = Self.limits {
            $0.concurrency = 3
            $0.idleTimeout = .seconds(0.2)
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            #expect(try await fake.processCount() == 1)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await fake.response(to: "wait").object?["pid"]?.int }
                }
                try await fake.eventually("there are three processes") { try await fake.processCount() == 3 }
                try fake.openGate()
                var pids: Set<Int?> = []
                for try await pid in group { pids.insert(pid) }
                #expect(pids.count <= 3)
                #expect(!pids.contains(nil))
            }
            try await fake.eventually("there is one process again") { try await fake.processCount() == 1 }
            #expect(try await fake.invoke("echo").status == .success)
        }
    }

    @Test
    func `sequential invocations share one process`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            var pids: Set<Int?> = []
            for _ in 0..<20 { pids.insert(try await fake.response(to: "echo").object?["pid"]?.int) }
            #expect(pids.count == 1)
        }
    }

    @Test
    func `invocations that would wait too long are rejected at once`() async throws {
        let limits = Self.limits {
            $0.concurrency = 1
            $0.maximumExpectedWait = .zero
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask { (try? await fake.invoke("wait")) != nil }
                }
                // All but one are rejected while the gate is closed.
                var results: [Bool] = []
                for await result in group {
                    results.append(result)
                    if results.count == 5 { try? fake.openGate() }
                }
                #expect(results == [false, false, false, false, false, true])
            }
        }
    }

    @Test
    func `a request is rejected before its body is read when it would wait too long`() async throws {
        let limits = Self.limits {
            $0.concurrency = 1
            $0.maximumExpectedWait = .zero
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            let lambda = fake.lambda
            #expect(try await fake.eventLoop.submit { lambda.rejectionTime(of: "Fake") == nil }.get())
            try await lambda.begin("Fake", payload: FakeFunction.event("wait")).get()
            #expect(try await fake.eventLoop.submit { lambda.rejectionTime(of: "Fake") != nil }.get())
            await #expect(throws: InvocationRejection.tooManyRequests) {
                try await lambda.begin("Fake", payload: FakeFunction.event("wait")).get()
            }
            try fake.openGate()
            try await fake.eventually("the function is idle again") {
                try await fake.eventLoop.submit { lambda.rejectionTime(of: "Fake") == nil }.get()
            }
        }
    }

    @Test
    func `queued payloads have a size limit`() async throws {
        try await Self.rejectsASecondInvocation { $0.maximumQueuedBytes = 0 }
    }

    @Test
    func `an invocation that has waited too long is rejected`() async throws {
        try await Self.rejectsASecondInvocation { $0.queueTimeout = .seconds(0.05) }
    }

    /// Expects a rejection while the only process is busy.
    private static func rejectsASecondInvocation(_ change: (inout LambdaLimits) -> Void) async throws {
        var limits = limits(change)
        limits.concurrency = 1
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            async let first = fake.invoke("wait")
            try await fake.eventually("the invocation has started") { fake.log.contains("START") }
            await #expect(throws: InvocationRejection.tooManyRequests) { try await fake.invoke("echo") }
            try fake.openGate()
            #expect(try await first.status == .success)
        }
    }

    @Test
    func `a function that fails to start fails its invocations and is restarted with backoff`() async throws {
        try await FakeFunction.with(try FakeFunction("#!/bin/sh\necho no luck\necho x >> starts\nexit 7\n")) { fake in
            for _ in 0..<50 {
                let result = try await fake.invoke("echo")
                #expect(result.status == .initFailed)
                #expect(String(buffer: result.payload).contains("exit status 7"))
            }
            let starts = try String(contentsOf: fake.folder.appending(path: "starts"), encoding: .utf8)
            #expect(starts.count / 2 < 20)
            #expect(fake.log.contains("[Fake] no luck"))
            #expect(fake.log.contains("failed to start"))
        }
    }

    @Test
    func `a function that failed to start is started again`() async throws {
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "api = ",
            with: "os.path.exists('gate') or sys.exit(1)\napi = "
        )
        try await FakeFunction.with(try FakeFunction(program)) { fake in
            #expect(try await fake.invoke("echo").status == .initFailed)
            try fake.openGate()
            try await fake.eventually("an invocation succeeds") { try await fake.invoke("echo").status == .success }
        }
    }

    @Test
    func `queued invocations are served after the backoff although all other processes have exited`() async throws {
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "api = ",
            with: "if os.path.exists('broken'): os.remove('broken'); sys.exit(1)\napi = "
        )
        let limits = Self.limits {
            $0.concurrency = 2
            $0.queueTimeout = .seconds(10)
        }
        try await FakeFunction.with(try FakeFunction(program, limits: limits)) { fake in
            let pid = try #require(try await fake.response(to: "echo").object?["pid"]?.int)
            async let busy = fake.invoke("hang")
            try await fake.eventually("the invocation has started") {
                fake.log.components(separatedBy: "START").count == 3
            }
            try Data().write(to: fake.folder.appending(path: "broken"))
            async let waiting = fake.invoke("echo")
            try await fake.eventually("another process fails to start") { fake.log.contains("failed to start") }
            kill(pid_t(pid), SIGKILL)
            #expect(try await busy.status == .exited)
            #expect(try await waiting.status == .success)
        }
    }

    @Test
    func `a process that loses its connection and does not reconnect is replaced`() async throws {
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "while True:\n",
            with: """
                def leave():
                    import socket
                    api.request("GET", "/2018-06-01/runtime/invocation/next")
                    api.sock.shutdown(socket.SHUT_WR)
                    time.sleep(10000)
                action = ""
                while True:
                    if action == "leave": leave()

                """
        )
        let limits = Self.limits {
            $0.concurrency = 1
            $0.reconnectTimeout = .seconds(0.1)
            $0.queueTimeout = .seconds(10)
        }
        try await FakeFunction.with(try FakeFunction(program, limits: limits)) { fake in
            let pid = try #require(try await fake.response(to: "leave").object?["pid"]?.int)
            try await fake.eventually("the process is gone") { !fake.isAlive(pid) }
            #expect(try await fake.response(to: "echo").object?["pid"]?.int != pid)
        }
    }

    @Test
    func `an init error that the function reports is the result of its invocations`() async throws {
        let program = """
            #!/usr/bin/python3
            import http.client, os
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            api.request("POST", "/2018-06-01/runtime/init/error", '{"errorType": "NoTable", "errorMessage": "TABLE_NAME"}')
            api.getresponse().read()
            os._exit(1)
            """
        try await FakeFunction.with(try FakeFunction(program)) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .initFailed)
            #expect(String(buffer: result.payload).contains("NoTable"))
        }
    }

    // A timeout of 0 expires before the process has been started.
    @Test(arguments: [(0.1, "0.10"), (0, "0.00")])
    func `a function that never requests an invocation fails after its init timeout`(
        seconds: Double,
        text: String
    ) async throws {
        let limits = Self.limits { $0.initTimeout = .seconds(seconds) }
        try await FakeFunction.with(try FakeFunction("#!/bin/sh\nexec sleep 10000\n", limits: limits)) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .initFailed)
            #expect(String(buffer: result.payload).contains("Init timed out after \(text) seconds"))
        }
    }

    @Test
    func `a bootstrap that is still being written is waited for`() async throws {
        let fake = try FakeFunction()
        let writer = try FileHandle(forUpdating: fake.folder.appending(path: "bootstrap"))
        async let running: Void = FakeFunction.with(fake) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .success)
        }
        try await fake.eventually("the log reports it") { fake.log.contains("waiting until it is written") }
        try writer.close()
        try await running
        #expect(!fake.log.contains("retrying in"))
    }

    @Test
    func `a bootstrap in an unknown format is an error that names it`() async throws {
        try await FakeFunction.with(try FakeFunction("\u{7F}ELF nonsense")) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .initFailed)
            #expect(String(buffer: result.payload).contains("bootstrap: Exec format error"))
        }
    }

    @Test
    func `shutdown ends busy processes with their invocations and rejects new ones`() async throws {
        let limits = Self.limits { $0.stopTimeout = .seconds(0.1) }
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "api = ",
            with: "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\napi = "
        )
        try await FakeFunction.with(try FakeFunction(program, limits: limits)) { fake in
            let pid = try #require(try await fake.response(to: "echo").object?["pid"]?.int)
            async let busy = fake.invoke("hang")
            try await fake.eventually("the invocation has started") {
                fake.log.components(separatedBy: "START").count == 3
            }
            await fake.lambda.shutDown()
            #expect(try await busy.status == .exited)
            #expect(!fake.isAlive(pid))
            await #expect(throws: InvocationRejection.shuttingDown) { try await fake.invoke("echo") }
        }
    }
}
