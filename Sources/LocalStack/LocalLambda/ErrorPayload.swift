import JSON
import NIOCore

/// Makes the JSON object by which Lambda describes an error.
enum ErrorPayload {
    static func make(type: String, message: String) -> ByteBuffer {
        var writer = JSONWriter()
        writer.object {
            $0.member("errorType", type)
            $0.member("errorMessage", message)
        }
        return ByteBuffer(bytes: writer.bytes)
    }
}
