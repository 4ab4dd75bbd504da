import HTTPMessage
import HTTPServer
import JSON
import NIOCore
import ServerlessTemplate

/// The parsers of the local API Gateway and Lambda: request targets, requests and the events made of them, functions'
/// responses, Runtime API requests, function identifiers, and origins.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    checkTarget(text)
    checkRequest(bytes)
    checkResponse(ByteBuffer(bytes: bytes))
    checkRuntimeRequest(text)
    checkFunctionIdentifier(text)
    checkOrigin(text)
}

/// A target's path, query, route and website file.
private func checkTarget(_ text: String) {
    let target = Request(target: text)
    expect(target.path + (target.query.map { "?\($0)" } ?? "") == text, "path and query together are the target")
    let names = ProxyEventEncoder.parameters(of: target.query ?? "").map(\.name)
    expect(Set(names.map { Array($0.utf8) }).count == names.count, "parameter names are unique")

    for method in ["GET", "POST", "TRACE"] {
        guard let match = routes.match(method: method, path: target.path) else { continue }
        expect(routes.owns(path: target.path), "a routed path belongs to the API")
        expect(match.route.method == method || match.route.method == "ANY", "the route matches the method")
        expect(match.parameters.allSatisfy { !$0.value.isEmpty || $0.name == "rest" }, "path parameters are not empty")
    }
    if let file = SitePath(target.path) {
        expect(!file.components.isEmpty, "a file path has components")
        for component in file.components {
            expect(
                !component.isEmpty && !component.hasPrefix("."), "no component is hidden or refers to the parent folder"
            )
            expect(!component.utf8.contains { "/\\\0".utf8.contains($0) }, "a component has no separators")
        }
    }
}

/// Parses an input into a request: lines with the method, the target and each field, an empty line, and the body.
private func request(_ bytes: UnsafeRawBufferPointer) -> Request {
    var rest = bytes[...]
    func line() -> String {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        return String(decoding: line, as: UTF8.self)
    }
    var request = Request(method: line(), target: line())
    while !rest.isEmpty {
        let field = line()
        if field.isEmpty { break }
        let colon = field.utf8.firstIndex(of: UInt8(ascii: ":")) ?? field.utf8.endIndex
        let value = String(field.utf8[colon...].dropFirst()) ?? ""
        if field[..<colon] == "host" { request.host = value }
        let fields = HTTPHeaderFields([(String(field[..<colon]), value)])
        if fields.isWellFormed { request.headers.add(name: String(field[..<colon]), value: value) }
    }
    request.body = ByteBuffer(bytes: rest)
    return request
}

/// A request's event has the same content; only loopback hosts, which no other site can use, are accepted.
private func checkRequest(_ bytes: UnsafeRawBufferPointer) {
    let request = request(bytes)
    if let host = request.host, request.isFor(["localhost", "127.0.0.1", "[::1]"]) {
        let authority = host.lowercased()
        let name = ["localhost", "127.0.0.1", "[::1]"].first { authority.hasPrefix($0) }
        expect(name != nil, "the host is the loopback interface")
        let port = authority.utf8.dropFirst(name?.utf8.count ?? 0)
        expect(port.isEmpty || port.first == UInt8(ascii: ":"), "only a port follows the host")
        expect(port.dropFirst().allSatisfy { "0123456789+".utf8.contains($0) }, "the port is a number")
    }
    guard let match = routes.match(method: request.method, path: request.path) else { return }
    let payload = ProxyEventEncoder(request: request, match: match).payload()
    guard let event = try? JSONValue(parsing: Array(buffer: payload)).object else {
        return expect(false, "an event is a JSON object")
    }
    expect(event["routeKey"]?.string == match.route.key, "the event contains its route key")
    expect(event["rawQueryString"]?.string == request.query ?? "", "the event contains the unchanged query")
    let query = event["queryStringParameters"]?.object ?? [:]
    let parameters = ProxyEventEncoder.parameters(of: request.query ?? "")
    expect(query.count == parameters.count, "the event contains all query parameters")
    let headers = event["headers"]?.object ?? [:]
    expect(headers["x-forwarded-proto"]?.string == "http", "clients cannot set the forwarded protocol")
    expect(headers["host"]?.string == (request.host ?? "localhost"), "the event contains the host once")
    expect(headers["cookie"] == nil, "the event's headers do not contain cookies")
    let isBase64 = event["isBase64Encoded"] == .bool(true)
    expect((event["body"] == nil) == (request.body.readableBytes == 0), "the event has a body if the request has one")
    if !isBase64, let text = event["body"]?.string {
        expect(Array(text.utf8) == Array(buffer: request.body), "a text body is unchanged")
    }
}

/// A function's response cannot affect the connection.
private func checkResponse(_ payload: ByteBuffer) {
    guard let response = ProxyResponseDecoder.response(from: payload) else { return }
    expect((200..<600).contains(response.status), "the status is final")
    for field in response.headers {
        expect(!connectionFields.contains(field.name.lowercased()), "functions cannot set connection headers")
        expect(!field.value.utf8.contains { "\r\n\0".utf8.contains($0) }, "a header field has no line breaks")
    }
}

private let connectionFields: Set = [
    "connection", "content-length", "date", "te", "trailer", "transfer-encoding", "upgrade",
]

/// Runtime API requests have the right method and a request id that is one path segment.
private func checkRuntimeRequest(_ target: String) {
    for method in ["GET", "POST"] {
        switch RuntimeRequest(Request(method: method, target: target)) {
        case .next: expect(method == "GET", "the next invocation is requested with GET")
        case .response(let id), .error(let id):
            expect(method == "POST", "a result is sent with POST")
            expect(!id.isEmpty && !id.utf8.contains(UInt8(ascii: "/")), "a request id is one path segment")
        case .initError: expect(method == "POST", "an initialization error is sent with POST")
        case nil: break
        }
    }
}

/// An accepted function name is valid, and its ARN identifies the same function.
private func checkFunctionIdentifier(_ segment: String) {
    guard let name = FunctionIdentifier.name(in: segment) else { return }
    let isName = name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || isLetterOrDigit($0) }
    expect(isName && !name.isEmpty, "a function name consists of letters, digits, - and _")
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:\(name)"
    expect(FunctionIdentifier.name(in: arn) == name, "an ARN identifies the function that it names")
    expect(FunctionIdentifier.name(in: arn + ":$LATEST") == name, "$LATEST identifies the same function")
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Only pages of allowed origins may read a response.
private func checkOrigin(_ text: String) {
    let policy = CORSPolicy(
        CORSConfiguration(allowOrigins: ["https://haiku.example", "http://*"], allowCredentials: true))
    // The server removes the white space around a field's value; here, all of it is removed.
    let origin = text.filter { !$0.isWhitespace }
    var response = HTTPResponse(
        status: 200, headers: ["Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true"])
    policy.apply(to: &response, origin: origin)
    for response in [response, policy.preflight(of: origin)] {
        let allowed = response.headers["Access-Control-Allow-Origin"]
        let isAllowed = origin.lowercased() == "https://haiku.example" || origin.utf8.starts(with: "http://".utf8)
        expect(allowed == nil || isAllowed, "only an allowed origin is returned")
        expect(allowed == nil || allowed == origin, "the returned origin is the request's")
        expect(
            allowed != nil || response.headers["Access-Control-Allow-Credentials"] == nil,
            "credentials are allowed only for allowed origins")
    }
}

private let routes = RouteTable([
    Route(method: "GET", path: "/haiku", functionID: "GetHaiku"),
    Route(method: "POST", path: "/haiku", functionID: "PostHaiku"),
    Route(method: "ANY", path: "/haiku", functionID: "GetHaiku"),
    Route(method: "GET", path: "/haiku/{item_id}", functionID: "GetHaiku"),
    Route(method: "ANY", path: "/rest/{name}/{rest+}", functionID: "GetHaiku"),
])
