import HTTPMessage
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
    private let accessLog: NIOLoopBoundBox<AccessLog>
    private let eventLoop: any EventLoop

    init(
        gateway: LocalAPIGateway,
        invokeAPI: InvokeAPI,
        website: LocalS3Website,
        accessLog: NIOLoopBoundBox<AccessLog>,
        eventLoop: any EventLoop
    ) {
        self.gateway = gateway
        self.invokeAPI = invokeAPI
        self.website = website
        self.accessLog = accessLog
        self.eventLoop = eventLoop
    }

    func decide(on request: Request) -> RequestDecision {
        let decision = route(request)
        if case .reject(let response, _) = decision {
            accessLog.value.log(request, status: response.status, duration: .zero)
        }
        return decision
    }

    private func route(_ request: Request) -> RequestDecision {
        if Self.isSignedForS3(request) { return .reject(Self.s3IsNotServed, at: .now()) }
        if gateway.owns(path: request.path) { return gateway.decide(on: request) }
        if invokeAPI.owns(path: request.path) { return invokeAPI.decide(on: request) }
        return .admit(maximumBodySize: LocalAPIGateway.maximumBodySize)
    }

    func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
        if gateway.owns(path: request.path) { return logged(gateway.respond(to: request), to: request) }
        if invokeAPI.owns(path: request.path) { return logged(invokeAPI.respond(to: request), to: request) }
        // Successful requests for files are not logged.
        return logged(file(for: request), to: request, fromStatus: 400)
    }

    private func logged(
        _ response: @autoclosure () -> EventLoopFuture<HTTPResponse>,
        to request: Request,
        fromStatus minimum: Int = 0
    ) -> EventLoopFuture<HTTPResponse> {
        let start = NIODeadline.now()
        let response = response()
        response.assumeIsolated().whenSuccess { [accessLog] response in
            guard response.status >= minimum else { return }
            accessLog.value.log(request, status: response.status, duration: .now() - start)
        }
        return response
    }

    private func file(for request: Request) -> EventLoopFuture<HTTPResponse> {
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
        guard let request else { return gateway.response(to: rejection, of: nil) }
        let response =
            invokeAPI.owns(path: request.path)
            ? invokeAPI.response(to: rejection) : gateway.response(to: rejection, of: request)
        accessLog.value.log(request, status: response.status, duration: .zero)
        return response
    }

    /// A configuration in which the page's API endpoint is the address from which the page itself was loaded.
    private static func websiteConfiguration(for request: Request) -> HTTPResponse {
        var writer = JSONWriter()
        writer.object { $0.member("apiEndpoint", "http://\(request.host ?? "127.0.0.1")") }
        return HTTPResponse(
            status: 200,
            headers: ["Content-Type": "application/json", "Cache-Control": "no-cache"],
            body: ByteBuffer(bytes: writer.bytes)
        )
    }

    // MARK: S3

    /// Whether the request was signed for S3's API, as by `aws s3 ls`.
    ///
    /// Source: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
    private static func isSignedForS3(_ request: Request) -> Bool {
        request.headers.first(name: "authorization")?.contains("/s3/aws4_request") ?? false
    }

    /// An error in S3's format, which clients report and do not retry.
    ///
    /// Source: "Error responses" in the Amazon S3 API reference.
    private static let s3IsNotServed = HTTPResponse(
        status: 501,
        headers: ["Content-Type": "application/xml"],
        body: ByteBuffer(
            string: """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>NotImplemented</Code><Message>The local stack serves the website, but not the API of S3. \
                Edit the files in the folder of --web instead.</Message></Error>
                """
        )
    )
}
