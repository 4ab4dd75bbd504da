import HTTPConnection
import HTTPServer
import JSON
import LocalAPIGateway
import LocalLambda
import LocalS3Website
import NIOCore

/// Routes each request to its service: the HTTP API, Lambda's Invoke API, or the website.
final class LocalStackResponder: Responder, Sendable {
    private let gateway: LocalAPIGateway
    private let invokeAPI: InvokeAPI
    private let website: LocalS3Website
    private let eventLoop: any EventLoop

    init(gateway: LocalAPIGateway, invokeAPI: InvokeAPI, website: LocalS3Website, eventLoop: any EventLoop) {
        self.gateway = gateway
        self.invokeAPI = invokeAPI
        self.website = website
        self.eventLoop = eventLoop
    }

    func decide(on request: Request) -> RequestDecision {
        if gateway.owns(path: request.path) { return gateway.decide(on: request) }
        if invokeAPI.owns(path: request.path) { return invokeAPI.decide(on: request) }
        return .admit(maximumBodySize: LocalAPIGateway.maximumBodySize)
    }

    func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
        if gateway.owns(path: request.path) { return gateway.respond(to: request) }
        if invokeAPI.owns(path: request.path) { return invokeAPI.respond(to: request) }
        let isRead = request.method == "GET" || request.method == "HEAD"
        return website.respond(to: request).flatMap { [self] file in
            if let file { return eventLoop.makeSucceededFuture(file) }
            if isRead, request.path == "/config.json" {
                return eventLoop.makeSucceededFuture(Self.websiteConfiguration(for: request))
            }
            if isRead, request.headers.first(name: "accept")?.contains("text/html") == true {
                return website.notFound()
            }
            return gateway.respond(to: request)
        }
    }

    func response(to rejection: RequestRejection, of request: Request?) -> HTTPResponse? {
        if let request, invokeAPI.owns(path: request.path) { return invokeAPI.response(to: rejection) }
        return gateway.response(to: rejection, of: request)
    }

    /// Tells the page the API's address: the one from which the page itself was loaded.
    private static func websiteConfiguration(for request: Request) -> HTTPResponse {
        var writer = JSONWriter()
        writer.object { $0.member("apiEndpoint", "http://\(request.host ?? "127.0.0.1")") }
        return HTTPResponse(
            status: 200,
            headers: ["Content-Type": "application/json", "Cache-Control": "no-cache"],
            body: ByteBuffer(bytes: writer.bytes)
        )
    }
}
