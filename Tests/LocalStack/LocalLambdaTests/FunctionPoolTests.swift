import Foundation
import JSON
import LocalLambda
import NIOCore
import Testing

@Suite
struct FunctionPoolTests {
    static func limits(_ change: (inout LambdaLimits) -> Void) -> LambdaLimits {
        var limits = FakeFunction.patient
        change(&limits)
        return limits
    }

    @Test
    func `there are as many processes as invocations, up to the limit, and one when all is quiet`() async throws {
        let limits = Self.limits {
            $0.concurrency = 3
            $0.idleTimeout = 0.2
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            #expect(try await fake.processCount() == 1)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await fake.reply("wait").object?["pid"]?.int }
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
    func `one process is enough for invocations that follow each other`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            var pids: Set<Int?> = []
            for _ in 0..<20 { pids.insert(try await fake.reply("echo").object?["pid"]?.int) }
            #expect(pids.count == 1)
        }
    }

    @Test
    func `when too many wait, further ones are refused at once`() async throws {
        let limits = Self.limits {
            $0.concurrency = 1
            $0.waitingOfOneFunction = 1
            $0.waitingInvocations = 1
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask { (try? await fake.invoke("wait")) != nil }
                }
                // Three are refused while the gate is shut, and only then is it opened.
                var answers: [Bool] = []
                for await answer in group {
                    answers.append(answer)
                    if answers == [false, false, false] { try? fake.openGate() }
                }
                #expect(answers == [false, false, false, true, true, true])
            }
        }
    }

    @Test
    func `no more requests are let in than can be under way, though none of them has arrived`() async throws {
        let limits = Self.limits {
            $0.concurrency = 2
            $0.waitingOfOneFunction = 1
            $0.waitingInvocations = 1
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            let lambda = fake.lambda
            try await fake.eventLoop.submit {
                let slow = (0..<10).compactMap { _ in Self.place(lambda) }
                #expect(slow.count == 10)
                for place in slow.prefix(3) {
                    place.take()
                    place.take()
                }
                try #require(Self.place(lambda)).take()
                #expect(Self.place(lambda) == nil)
                // One that was let in before is not counted if there is no place for it any more.
                slow[4].take()
                slow[4].leave()
                #expect(Self.place(lambda) == nil)
                slow[0].leave()
                slow[0].leave()
                try #require(Self.place(lambda)).take()
                #expect(Self.place(lambda) == nil)
            }.get()
        }
    }

    /// The place of one more request; nil when it is refused.
    private static func place(_ lambda: LocalLambda) -> Place? {
        if case .admitted(let place) = lambda.admission(of: "Fake") { place } else { nil }
    }

    @Test
    func `no request is let in while no invocation may wait`() async throws {
        let limits = Self.limits {
            $0.concurrency = 1
            $0.waitingOfOneFunction = 0
            $0.waitingInvocations = 1
        }
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            let lambda = fake.lambda
            let event = FakeFunction.event("wait")
            // The one that has the process, and the one that waits for it.
            for _ in 0..<2 { try await lambda.begin("Fake", payload: event) }
            #expect(try await fake.eventLoop.submit { Self.place(lambda) == nil }.get())
            await #expect(throws: InvocationRejection.tooManyRequests) { try await lambda.begin("Fake", payload: event) }
            try fake.openGate()
            try await fake.eventually("there is a place again") {
                try await fake.eventLoop.submit { Self.place(lambda) != nil }.get()
            }
        }
    }

    @Test
    func `waiting payloads have a size limit`() async throws {
        try await Self.refusesASecondInvocation { $0.waitingBytes = 0 }
    }

    @Test
    func `an invocation that has waited too long is refused`() async throws {
        try await Self.refusesASecondInvocation { $0.waitingTime = 0.05 }
    }

    /// While the only process works on one.
    private static func refusesASecondInvocation(_ change: (inout LambdaLimits) -> Void) async throws {
        var limits = limits(change)
        limits.concurrency = 1
        try await FakeFunction.with(try FakeFunction(limits: limits)) { fake in
            async let first = fake.invoke("wait")
            try await fake.eventually("it is being worked on") { fake.log.contains("START") }
            await #expect(throws: InvocationRejection.tooManyRequests) { try await fake.invoke("echo") }
            try fake.openGate()
            #expect(try await first.status == .success)
        }
    }

    @Test
    func `a function that cannot start fails its invocations and is not started again at once`() async throws {
        try await FakeFunction.with(try FakeFunction("#!/bin/sh\necho no luck\necho x >> starts\nexit 7\n")) { fake in
            for _ in 0..<50 {
                let result = try await fake.invoke("echo")
                #expect(result.status == .initFailed)
                #expect(String(buffer: result.payload).contains("exit status 7"))
            }
            let starts = try String(contentsOf: fake.folder.appending(path: "starts"), encoding: .utf8)
            #expect(starts.count / 2 < 20)
            #expect(fake.log.contains("[Fake] no luck"))
            #expect(fake.log.contains("cannot start"))
        }
    }

    @Test
    func `a function that can start again is started again`() async throws {
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "api = ",
            with: "os.path.exists('gate') or sys.exit(1)\napi = "
        )
        try await FakeFunction.with(try FakeFunction(program)) { fake in
            #expect(try await fake.invoke("echo").status == .initFailed)
            try fake.openGate()
            try await fake.eventually("it works") { try await fake.invoke("echo").status == .success }
        }
    }

    @Test
    func `what waits is served after the backoff, though all other processes have died`() async throws {
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "api = ",
            with: "if os.path.exists('broken'): os.remove('broken'); sys.exit(1)\napi = "
        )
        let limits = Self.limits {
            $0.concurrency = 2
            $0.waitingTime = 10
        }
        try await FakeFunction.with(try FakeFunction(program, limits: limits)) { fake in
            let pid = try #require(try await fake.reply("echo").object?["pid"]?.int)
            async let busy = fake.invoke("hang")
            try await fake.eventually("it is being worked on") { fake.log.components(separatedBy: "START").count == 3 }
            try Data().write(to: fake.folder.appending(path: "broken"))
            async let waiting = fake.invoke("echo")
            try await fake.eventually("another process cannot start") { fake.log.contains("cannot start") }
            kill(pid_t(pid), SIGKILL)
            #expect(try await busy.status == .exited)
            #expect(try await waiting.status == .success)
        }
    }

    @Test
    func `a process that loses its connection and does not ask again is replaced`() async throws {
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "while True:\n",
            with: """
                def leave():
                    import socket
                    api.request("GET", "/2018-06-01/runtime/invocation/next")
                    api.sock.shutdown(socket.SHUT_WR)
                    time.sleep(10000)
                what = ""
                while True:
                    if what == "leave": leave()

                """
        )
        let limits = Self.limits {
            $0.concurrency = 1
            $0.reconnectTimeout = 0.1
            $0.waitingTime = 10
        }
        try await FakeFunction.with(try FakeFunction(program, limits: limits)) { fake in
            let pid = try #require(try await fake.reply("leave").object?["pid"]?.int)
            try await fake.eventually("it is ended") { !fake.isAlive(pid) }
            #expect(try await fake.reply("echo").object?["pid"]?.int != pid)
        }
    }

    @Test
    func `what a function says of its failure to start is passed on`() async throws {
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

    // With no time at all it is over before the process has been started.
    @Test(arguments: [(0.1, "0.10"), (0, "0.00")])
    func `a function that never asks for an invocation is killed after its init timeout`(
        seconds: Double,
        words: String
    ) async throws {
        let limits = Self.limits { $0.initTimeout = seconds }
        try await FakeFunction.with(try FakeFunction("#!/bin/sh\nexec sleep 10000\n", limits: limits)) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .initFailed)
            #expect(String(buffer: result.payload).contains("Init timed out after \(words) seconds"))
        }
    }

    @Test
    func `a program that is just being written is waited for`() async throws {
        let fake = try FakeFunction()
        let writer = try FileHandle(forUpdating: fake.folder.appending(path: "bootstrap"))
        async let running: Void = FakeFunction.with(fake) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .success)
        }
        try await fake.eventually("it is waited for") { fake.log.contains("waiting until it is written") }
        try writer.close()
        try await running
        #expect(!fake.log.contains("not tried again"))
    }

    @Test
    func `a program that is none is an error that names it`() async throws {
        try await FakeFunction.with(try FakeFunction("\u{7F}ELF nonsense")) { fake in
            let result = try await fake.invoke("echo")
            #expect(result.status == .initFailed)
            #expect(String(buffer: result.payload).contains("bootstrap cannot be started"))
        }
    }

    @Test
    func `shutting down ends busy processes and their invocations and refuses new ones`() async throws {
        let limits = Self.limits { $0.stopTimeout = 0.1 }
        let program = FakeFunction.obedient.replacingOccurrences(
            of: "api = ",
            with: "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\napi = "
        )
        try await FakeFunction.with(try FakeFunction(program, limits: limits)) { fake in
            let pid = try #require(try await fake.reply("echo").object?["pid"]?.int)
            async let busy = fake.invoke("hang")
            try await fake.eventually("it is being worked on") { fake.log.components(separatedBy: "START").count == 3 }
            await fake.lambda.shutDown()
            #expect(try await busy.status == .exited)
            #expect(!fake.isAlive(pid))
            await #expect(throws: InvocationRejection.shuttingDown) { try await fake.invoke("echo") }
        }
    }
}
