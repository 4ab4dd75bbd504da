import Foundation
import JSON
import LocalLambda
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A Lambda with one function that does what its events say, and everything that it has logged.
///
/// `{"do": "echo"}` returns the event, `error` reports one, `exit` ends the process, `hang` never returns, `wait` returns
/// when the file `gate` exists, `environment` and `headers` return what the process has found, `big` returns `size`
/// bytes, `print` writes `text`.
final class FakeFunction: Sendable {
    let lambda: LocalLambda
    let folder: URL
    let eventLoop: any EventLoop
    private let logged = Mutex("")

    var log: String { logged.withLock { $0 } }

    /// - Parameter program: What the bootstrap is, if it is not the obedient one.
    init(
        _ program: String = FakeFunction.obedient,
        timeout: Int = 60,
        environment: [String: String] = [:],
        limits: LambdaLimits = FakeFunction.patient
    ) throws {
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bootstrap = folder.appending(path: "bootstrap")
        try Data(program.utf8).write(to: bootstrap)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: bootstrap.path(percentEncoded: false)
        )
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        lambda = LocalLambda(
            [
                LocalFunction(
                    name: "Fake",
                    handler: "fake.handler",
                    executable: bootstrap.path(percentEncoded: false),
                    memorySize: 256,
                    timeout: timeout,
                    environment: environment
                )
            ],
            limits: limits,
            eventLoop: eventLoop,
            logsAllInvocations: true,
            log: { sink.yield(String(buffer: $0)) }
        )
        Task { [weak self] in
            for await line in lines { self?.logged.withLock { $0 += line } }
        }
    }

    /// Starts the function, has `body` use it, and stops it.
    static func with(_ fake: FakeFunction, _ body: (FakeFunction) async throws -> Void) async throws {
        await fake.lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"])
        do {
            try await body(fake)
        } catch {
            await fake.lambda.shutDown()
            print("What the function's log says of \(error):\n\(fake.log)")
            throw error
        }
        await fake.lambda.shutDown()
        try? FileManager.default.removeItem(at: fake.folder)
    }

    /// Limits that a slow machine does not meet.
    static var patient: LambdaLimits {
        var limits = LambdaLimits()
        limits.initTimeout = 60
        limits.waitingTime = 60
        return limits
    }

    func invoke(_ what: String, _ members: [String: JSONValue] = [:]) async throws -> InvocationResult {
        try await lambda.invoke("Fake", payload: Self.event(what, members))
    }

    static func event(_ what: String, _ members: [String: JSONValue] = [:]) -> ByteBuffer {
        ByteBuffer(bytes: JSONValue.object(members.merging(["do": .string(what)]) { $1 }).bytes)
    }

    /// Invokes and returns the reply as JSON.
    func reply(_ what: String, _ members: [String: JSONValue] = [:]) async throws -> JSONValue {
        let result = try await invoke(what, members)
        return try JSONValue(parsing: Array(buffer: result.payload))
    }

    func openGate() throws { try Data().write(to: folder.appending(path: "gate")) }

    func processCount() async throws -> Int { try await lambda.processCounts()["Fake"] ?? 0 }

    /// The ids of the invocation's processes that the operating system still knows.
    func isAlive(_ id: Int) -> Bool { kill(pid_t(id), 0) == 0 }

    /// Returns when the condition holds; after a minute the test has failed.
    func eventually(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<6_000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(what)\n\(log)")
    }

    static let obedient = """
        #!/usr/bin/python3
        import http.client, json, os, sys, time
        api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        print("pid", os.getpid(), flush=True)
        def ask(method, path, body=None, headers={}):
            api.request(method, "/2018-06-01/runtime/" + path, body, headers)
            reply = api.getresponse()
            return reply, reply.read()
        while True:
            reply, event = ask("GET", "invocation/next")
            name = reply.headers["Lambda-Runtime-Aws-Request-Id"]
            event = json.loads(event)
            what = event["do"]
            result = {**event, "pid": os.getpid()}
            if what == "exit": os._exit(3)
            if what == "hang": time.sleep(10000)
            if what == "wait":
                while not os.path.exists("gate"): time.sleep(0.005)
            if what == "environment": result = {"variables": dict(os.environ), "folder": os.getcwd(), "group": os.getpgid(0) == os.getpid()}
            if what == "headers": result = {key.lower(): value for key, value in reply.headers.items()}
            if what == "print": print(event["text"], flush=True)
            if what == "child":
                import subprocess
                result = {"child": subprocess.Popen(["/bin/sleep", "10000"]).pid}
            if what == "twice": ask("POST", f"invocation/{name}/response", "1"); result = {"status": ask("POST", f"invocation/{name}/response", "2")[0].status}; continue
            if what == "other": result = {"status": ask("POST", "invocation/other/response", "1")[0].status}
            if what == "next": result = {"status": ask("GET", "invocation/next")[0].status}
            if what == "path": result = {"status": ask("GET", "nothing")[0].status}
            if what == "error":
                ask("POST", f"invocation/{name}/error", json.dumps({"errorType": "Sad", "errorMessage": "no"}), {"Lambda-Runtime-Function-Error-Type": "Sad"})
                continue
            body = json.dumps(result)
            if what == "big": body = '"' + "x" * (event["size"] - 2) + '"'
            status = ask("POST", f"invocation/{name}/response", body)[0].status
            print("status", status, flush=True)
        """
}
