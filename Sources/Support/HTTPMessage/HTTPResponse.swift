package import NIOCore

/// A complete response.
package struct HTTPResponse: Sendable {
    /// The status code, 200…599.
    package var status: Int
    package var headers: HTTPHeaderFields
    package var body: ByteBuffer

    package init(status: Int, headers: HTTPHeaderFields = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
