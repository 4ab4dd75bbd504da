import HTTPTypes
import Hummingbird
import JSON
import LocalAPIGateway
import LocalLambda
import LocalS3Website
import NIOCore

/// Routes each request to its service: the HTTP API, Lambda's Invoke API, or the website.
struct LocalStackRouter: HTTPResponder {
    typealias Context = BasicRequestContext

    let gateway: LocalAPIGateway
    let invokeAPI: InvokeAPI
    let website: LocalS3Website

    func respond(to request: Request, context: Context) async -> Response {
        let response = await route(request)
        let isLast = response.status == .contentTooLarge || response.headers[.connection] == "close"
        return isLast ? response.endingConnection() : response
    }

    private func route(_ request: Request) async -> Response {
        // A page of another site could have its own name resolve to this machine, but the browser sends that name.
        guard RequestRules.isForThisMachine(request) else { return GatewayError.forbidden.response }
        guard RequestRules.isWithinHeaderLimit(request) else { return gateway.response(.headersTooLarge, to: request) }
        let path = request.uri.path
        if gateway.owns(path: path) { return await gateway.respond(to: request) }
        if path == InvokeAPI.path || path.hasPrefix("\(InvokeAPI.path)/") {
            return await invokeAPI.respond(to: request)
        }
        if let file = await website.respond(to: request) { return file }
        let isRead = request.method == .get || request.method == .head
        if isRead, path == "/config.json" { return websiteConfiguration(for: request) }
        if isRead, request.headers[.accept]?.contains("text/html") == true {
            let page = await website.notFound()
            return request.method == .head ? page.createHeadResponse() : page
        }
        return await gateway.respond(to: request)
    }

    /// Tells the page the API's address: the one from which the page itself was loaded.
    private func websiteConfiguration(for request: Request) -> Response {
        var writer = JSONWriter()
        writer.object { $0.member("apiEndpoint", "http://\(request.head.authority ?? "127.0.0.1")") }
        let response = Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes))
        )
        return request.method == .head ? response.createHeadResponse() : response
    }
}
