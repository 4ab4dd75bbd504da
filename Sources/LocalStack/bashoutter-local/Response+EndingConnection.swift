import HTTPTypes
import Hummingbird

extension Response {
    /// Thrown when the reply has been written, to end the connection.
    private struct EndOfConnection: Error {}

    /// The reply, with the connection ending behind it: the rest of a body that was refused is not worth reading.
    func endingConnection() -> Response {
        var response = self
        let body = body
        response.headers[.connection] = "close"
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            throw EndOfConnection()
        }
        return response
    }
}
