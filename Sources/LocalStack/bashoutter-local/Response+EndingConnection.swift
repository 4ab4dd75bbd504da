import HTTPTypes
import Hummingbird

extension Response {
    /// Thrown when the response has been written, to end the connection.
    private struct EndOfConnection: Error {}

    /// The response, after which the connection closes: the rest of a rejected body is not worth reading.
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
