import APIGateway
import JSON

/// The reader of API Gateway's events: what is no JSON is refused, a request has a method and no empty segment, and a
/// reply made of what a request holds is JSON that says the same.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    guard let request = try? ProxyRequest(parsing: bytes) else { return }
    guard (try? JSONValue(parsing: Array(bytes))) != nil else { return promise(false, "an event is JSON") }
    promise(request.method == request.method.uppercased(), "the method is in upper case")
    for segment in request.path {
        promise(!segment.isEmpty, "no segment is empty")
        // Only an encoded slash can be part of one, and then there is a percent sign somewhere.
        let isEncoded = bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "\\"))
        promise(isEncoded || !segment.utf8.contains(UInt8(ascii: "/")), "no slash is part of a segment")
    }
    echo(request)
}

private func echo(_ request: ProxyRequest) {
    let fields = request.query.map { (name: $0.key, value: $0.value.first ?? "") }
    for format in [ProxyRequest.PayloadFormat.version1, .version2] {
        let binary = ProxyResponse(status: 200, headers: fields, body: .binary(request.body)).json(for: format)
        guard let reply = try? JSONValue(parsing: binary) else { return promise(false, "a binary reply is JSON") }
        promise(reply["statusCode"]?.int == 200, "the status is there")
        if let text = String(validating: request.body, as: UTF8.self) {
            let json = ProxyResponse(status: 200, headers: fields, body: .text(request.body)).json(for: format)
            promise((try? JSONValue(parsing: json))?["body"]?.string == text, "the text is there, unchanged")
        }
    }
}
