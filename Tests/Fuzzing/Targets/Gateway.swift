import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import NIOHTTP1
import ServerlessTemplate

/// What the HTTP front makes of bytes: of a request's target, of a whole request as a function is to have it, of what a
/// function replies, of what a runtime and a caller of Lambda ask, and of a page's origin.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    checkTarget(text)
    checkRequest(bytes)
    checkReply(ByteBuffer(bytes: bytes))
    checkRuntimeRequest(text)
    checkFunctionIdentifier(text)
    checkOrigin(text)
}

/// A target: its path, its query, its route, and the file that it may stand for.
private func checkTarget(_ text: String) {
    let target = RequestTarget(text)
    let whole = text.utf8.contains(UInt8(ascii: "?")) ? "\(target.path)?\(target.query)" : target.path
    promise(whole == text, "path and query are the target")
    let names = target.parameters.map(\.name)
    promise(Set(names.map { Array($0.utf8) }).count == names.count, "a parameter is there once")

    for method in ["GET", "POST", "TRACE"] {
        guard let match = routes.match(method: method, path: target.path) else { continue }
        promise(routes.owns(path: target.path), "what is routed is the API's")
        promise(match.route.method == method || match.route.method == "ANY", "the route takes the method")
        promise(match.parameters.allSatisfy { !$0.value.isEmpty || $0.name == "rest" }, "no segment is empty")
    }
    if let file = SitePath(target.path) {
        promise(!file.components.isEmpty, "a file has a name")
        for component in file.components {
            promise(!component.isEmpty && !component.hasPrefix("."), "no component is hidden or leads upwards")
            promise(!component.utf8.contains { "/\\\0".utf8.contains($0) }, "a component is one name")
        }
    }
}

/// A request of these bytes: method, target, fields each on a line, an empty line, and the body.
private func request(_ bytes: UnsafeRawBufferPointer) -> (Request, body: ByteBuffer)? {
    var rest = bytes[...]
    func line() -> String {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        return String(decoding: line, as: UTF8.self)
    }
    guard let method = HTTPRequest.Method(line()) else { return nil }
    var head = HTTPRequest(method: method, scheme: "http", authority: nil, path: line())
    while !rest.isEmpty {
        let field = line()
        if field.isEmpty { break }
        let colon = field.utf8.firstIndex(of: UInt8(ascii: ":")) ?? field.utf8.endIndex
        let value = String(field.utf8[colon...].dropFirst()) ?? ""
        if field[..<colon] == "host" {
            head.authority = value
        } else if let name = HTTPField.Name(String(field[..<colon])) {
            head.headerFields.append(HTTPField(name: name, value: value))
        }
    }
    let body = ByteBuffer(bytes: rest)
    return (Request(head: head, body: .init(buffer: body)), body)
}

/// A request becomes an event that says the same, and is for this machine only under a name that nobody else can own.
private func checkRequest(_ bytes: UnsafeRawBufferPointer) {
    guard let (request, body) = request(bytes) else { return }
    _ = RequestRules.isOfAllowedSize(request)
    if RequestRules.isForThisMachine(request) {
        let authority = (request.head.authority ?? "").lowercased()
        let name = ["localhost", "127.0.0.1", "[::1]"].first { authority.hasPrefix($0) }
        promise(name != nil, "the name is one of this machine's")
        let port = authority.utf8.dropFirst(name?.utf8.count ?? 0)
        promise(port.isEmpty || port.first == UInt8(ascii: ":"), "the name ends where it should")
        promise(port.dropFirst().allSatisfy { "0123456789+".utf8.contains($0) }, "what follows is a port")
    }
    let target = RequestTarget(request.head.path ?? "/")
    guard let match = routes.match(method: request.method.rawValue, path: target.path) else { return }
    let payload = ProxyEventEncoder(request: request, target: target, match: match, body: body).payload()
    guard let event = try? JSONValue(parsing: Array(buffer: payload)).object else {
        return promise(false, "an event is a JSON object")
    }
    promise(event["routeKey"]?.string == match.route.key, "an event names its route")
    promise(event["rawQueryString"]?.string == target.query, "an event has the query as it was sent")
    let query = event["queryStringParameters"]?.object ?? [:]
    promise(query.count == (target.query.isEmpty ? 0 : target.parameters.count), "an event has all parameters")
    let headers = event["headers"]?.object ?? [:]
    promise(headers["x-forwarded-proto"]?.string == "http", "the protocol is the gateway's to say")
    promise(headers["host"]?.string == (request.head.authority ?? "localhost"), "the host is there once")
    promise(headers["cookie"] == nil, "cookies have a place of their own")
    let isBase64 = event["isBase64Encoded"] == .bool(true)
    promise((event["body"] == nil) == (body.readableBytes == 0), "an event has a body if the request has")
    if !isBase64, let text = event["body"]?.string {
        promise(Array(text.utf8) == Array(buffer: body), "a text arrives as it was sent")
    }
}

/// What a function replies sets nothing that is the connection's.
private func checkReply(_ payload: ByteBuffer) {
    guard let response = ProxyResponse.response(from: payload) else { return }
    promise((200..<600).contains(response.status.code), "a status is final")
    for field in response.headers {
        promise(!connectionFields.contains(field.name.canonicalName), "what is the connection's stays so")
        promise(!field.value.utf8.contains { "\r\n\0".utf8.contains($0) }, "a field is one line")
    }
}

private let connectionFields: Set = ["connection", "date", "te", "trailer", "transfer-encoding", "upgrade"]

/// What a runtime asks is about one invocation, whose name is one segment of the path.
private func checkRuntimeRequest(_ target: String) {
    for method in [HTTPMethod.GET, .POST] {
        switch RuntimeRequest(HTTPRequestHead(version: .http1_1, method: method, uri: target)) {
        case .next: promise(method == .GET, "an invocation is got")
        case .response(let id), .error(let id):
            promise(method == .POST, "a result is posted")
            promise(!id.isEmpty && !id.utf8.contains(UInt8(ascii: "/")), "an id is one segment")
        case .initError: promise(method == .POST, "a failure is posted")
        case nil: break
        }
    }
}

/// A name that means a function is a name, and its ARN means it too.
private func checkFunctionIdentifier(_ segment: String) {
    guard let name = FunctionIdentifier.name(in: segment) else { return }
    let isName = name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || isLetterOrDigit($0) }
    promise(isName && !name.isEmpty, "a name has letters, digits, - and _")
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:\(name)"
    promise(FunctionIdentifier.name(in: arn) == name, "an ARN means the name in it")
    promise(FunctionIdentifier.name(in: arn + ":$LATEST") == name, "a version changes nothing")
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Only a page whose origin is allowed may read a reply, and its origin is the one that is named.
private func checkOrigin(_ text: String) {
    let policy = CORSPolicy(
        CORSConfiguration(allowOrigins: ["https://haiku.example", "http://*"], allowCredentials: true))
    // A field's value has no line breaks and no spaces around it.
    let origin = HTTPField(name: .origin, value: text).value
    var response = Response(
        status: .ok, headers: [.accessControlAllowOrigin: "*", .accessControlAllowCredentials: "true"])
    policy.apply(to: &response, origin: origin)
    for response in [response, policy.preflight(of: origin)] {
        let allowed = response.headers[.accessControlAllowOrigin]
        let isAllowed = origin.lowercased() == "https://haiku.example" || origin.utf8.starts(with: "http://".utf8)
        promise(allowed == nil || isAllowed, "an origin that is not allowed is not named")
        promise(allowed == nil || allowed == origin, "the origin that asks is the one that is named")
        promise(allowed != nil || response.headers[.accessControlAllowCredentials] == nil, "nobody else sends cookies")
    }
}

private let routes = RouteTable([
    Route(method: "GET", path: "/haiku", functionID: "GetHaiku"),
    Route(method: "POST", path: "/haiku", functionID: "PostHaiku"),
    Route(method: "ANY", path: "/haiku", functionID: "GetHaiku"),
    Route(method: "GET", path: "/haiku/{item_id}", functionID: "GetHaiku"),
    Route(method: "ANY", path: "/rest/{name}/{rest+}", functionID: "GetHaiku"),
])
