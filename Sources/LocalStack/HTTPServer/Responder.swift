package import HTTPMessage
package import NIOCore

/// Serves the requests of one connection, on the server's event loop.
package protocol Responder: AnyObject {
    /// Decides whether to admit a request whose head has arrived. Its body has not been received yet.
    func decide(on request: Request) -> RequestDecision

    /// Returns the response to an admitted request. If the future fails, the connection closes.
    func respond(to request: Request) -> EventLoopFuture<HTTPResponse>

    /// Returns the response to a request that the server rejects; nil to close the connection without a response. `request`
    /// is nil if its head could not be parsed.
    func response(to rejection: RequestRejection, of request: Request?) -> HTTPResponse?

    /// Called when the connection has closed. Does nothing by default.
    func connectionDidClose()
}

extension Responder {
    package func connectionDidClose() {}
}

package enum RequestDecision: Sendable {
    /// Receive a body of up to this many bytes.
    case admit(maximumBodySize: Int)
    /// Drop the body and send the response at that time.
    case reject(HTTPResponse, at: NIODeadline)
    /// Close the connection without a response.
    case close
}
