import JSON
import NIOCore

/// Makes the JSON object with which Lambda describes an error.
enum ErrorPayload {
    static func make(type: String, message: String) -> ByteBuffer {
        var writer = JSONWriter()
        writer.object {
            $0.member("errorType", type)
            $0.member("errorMessage", message)
        }
        return ByteBuffer(bytes: writer.bytes)
    }

    static func make(_ failure: InitFailure<ByteBuffer>, initTimeout: Duration) -> ByteBuffer {
        switch failure {
        case .notStarted(let message):
            make(type: "Runtime.InvalidEntrypoint", message: message)
        case .reported(let payload):
            payload
        case .timedOut:
            make(type: "Sandbox.Timedout", message: "Init timed out after \(initTimeout.seconds(decimals: 2)) seconds")
        case .exited(let status):
            make(type: "Runtime.ExitError", message: "Runtime exited with error: \(status)")
        }
    }
}
