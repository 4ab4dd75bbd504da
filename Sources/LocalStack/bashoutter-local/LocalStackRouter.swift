import HTTPTypes
import Hummingbird
import JSON
import LocalAPIGateway
import LocalLambda
import LocalS3Website
import NIOCore

/// Leads each request to the service that it is for: Lambda's API, the HTTP API, or the page.
struct LocalStackRouter: HTTPResponder {
    typealias Context = BasicRequestContext

    let gateway: LocalAPIGateway
    let invokeAPI: InvokeAPI
    let site: LocalS3Website

    func respond(to request: Request, context: Context) async -> Response {
        let response = await answer(request)
        let isLast = response.status == .contentTooLarge || response.headers[.connection] == "close"
        return isLast ? response.endingConnection() : response
    }

    private func answer(_ request: Request) async -> Response {
        // A page of another site could have its own name resolved to this machine; the browser tells the name.
        guard RequestRules.isForThisMachine(request) else { return GatewayError.forbidden.response }
        guard RequestRules.isOfAllowedSize(request) else { return gateway.reply(.headersTooLarge, to: request) }
        let path = request.uri.path
        if gateway.owns(path: path) { return await gateway.respond(to: request) }
        if path == InvokeAPI.path || path.hasPrefix("\(InvokeAPI.path)/") {
            return await invokeAPI.respond(to: request)
        }
        if let file = await site.respond(to: request) { return file }
        let isRead = request.method == .get || request.method == .head
        if isRead, path == "/config.json" { return pageSettings(for: request) }
        if isRead, request.headers[.accept]?.contains("text/html") == true {
            let page = await site.notFound()
            return request.method == .head ? page.createHeadResponse() : page
        }
        return await gateway.respond(to: request)
    }

    /// Where the page finds the API: at the address by which the page itself was asked for.
    private func pageSettings(for request: Request) -> Response {
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
