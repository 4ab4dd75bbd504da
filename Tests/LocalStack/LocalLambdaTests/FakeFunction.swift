import Foundation
import JSON
import LocalLambda
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A local Lambda with one function that does what its events say, and its log.
///
/// The event's `do` is one of: `echo` (return the event), `error` and `empty error` (report an error), `exit`, `hang`,
/// `wait` (until the file `gate` exists), `environment` and `headers` (return what the process received), `big` (return
/// `size` bytes), `print` (write `text`), `child` (start a process), and `other`, `next` and `path`, which violate the
/// Runtime API.
final class FakeFunction: Sendable {
    let lambda: LocalLambda
    let folder: URL
    let eventLoop: any EventLoop
    private let logged = Mutex("")

    var log: String { logged.withLock { $0 } }

    /// - Parameter program: The text of `bootstrap`.
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
            logsInvocations: true,
            log: { sink.yield(String(buffer: $0)) }
        )
        Task { [weak self] in
            for await line in lines { self?.logged.withLock { $0 += line } }
        }
    }

    /// Starts the function, runs `body`, and shuts the function down.
    static func with(_ fake: FakeFunction, _ body: (FakeFunction) async throws -> Void) async throws {
        await fake.lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"])
        do {
            try await body(fake)
        } catch {
            await fake.lambda.shutDown()
            print("\(error); log of the function:\n\(fake.log)")
            throw error
        }
        await fake.lambda.shutDown()
        try? FileManager.default.removeItem(at: fake.folder)
    }

    /// Timeouts that do not expire even on a slow machine.
    static var patient: LambdaLimits {
        var limits = LambdaLimits()
        limits.initTimeout = .seconds(60)
        limits.queueTimeout = .seconds(60)
        return limits
    }

    func invoke(_ action: String, _ members: [String: JSONValue] = [:]) async throws -> InvocationResult {
        try await lambda.invoke("Fake", payload: Self.event(action, members)).get()
    }

    static func event(_ action: String, _ members: [String: JSONValue] = [:]) -> ByteBuffer {
        ByteBuffer(bytes: JSONValue.object(members.merging(["do": .string(action)]) { $1 }).bytes)
    }

    /// Invokes the function and parses its response.
    func response(to action: String, _ members: [String: JSONValue] = [:]) async throws -> JSONValue {
        let result = try await invoke(action, members)
        return try JSONValue(parsing: Array(buffer: result.payload))
    }

    func openGate() throws { try Data().write(to: folder.appending(path: "gate")) }

    func processCount() async throws -> Int { try await lambda.processCounts()["Fake"] ?? 0 }

    func isAlive(_ id: Int) -> Bool { kill(pid_t(id), 0) == 0 }

    /// Returns when the condition holds; records an issue after a minute.
    func eventually(_ comment: Comment, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<6_000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(comment)\n\(log)")
    }

    static let obedient = """
        #!/usr/bin/python3
        import http.client, json, os, sys, time
        api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        print("pid", os.getpid(), flush=True)
        def call(method, path, body=None, headers={}):
            api.request(method, "/2018-06-01/runtime/" + path, body, headers)
            response = api.getresponse()
            return response, response.read()
        while True:
            response, event = call("GET", "invocation/next")
            name = response.headers["Lambda-Runtime-Aws-Request-Id"]
            event = json.loads(event)
            action = event["do"]
            result = {**event, "pid": os.getpid()}
            if action == "exit": sys.stdout.write("no line break"); sys.stdout.flush(); os._exit(3)
            if action == "hang": time.sleep(10000)
            if action == "wait":
                while not os.path.exists("gate"): time.sleep(0.005)
            if action == "environment": result = {"variables": dict(os.environ), "folder": os.getcwd(), "group": os.getpgid(0) == os.getpid()}
            if action == "headers": result = {key.lower(): value for key, value in response.headers.items()}
            if action == "print": print(event["text"], flush=True)
            if action == "child":
                import subprocess
                result = {"child": subprocess.Popen(["/bin/sleep", "10000"]).pid}
            if action == "other": result = {"status": call("POST", "invocation/other/response", "1")[0].status}
            if action == "next": result = {"status": call("GET", "invocation/next")[0].status}
            if action == "path": result = {"status": call("GET", "nothing")[0].status}
            if action == "error":
                call("POST", f"invocation/{name}/error", json.dumps({"errorType": "Sad", "errorMessage": "no"}), {"Lambda-Runtime-Function-Error-Type": "Sad"})
                continue
            if action == "empty error":
                call("POST", f"invocation/{name}/error", "", {"Lambda-Runtime-Function-Error-Type": "Sad"})
                continue
            body = json.dumps(result)
            if action == "big": body = '"' + "x" * (event["size"] - 2) + '"'
            status = call("POST", f"invocation/{name}/response", body)[0].status
            print("status", status, flush=True)
        """
}
