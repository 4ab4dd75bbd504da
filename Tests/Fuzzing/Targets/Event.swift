import APIGateway
import JSON

/// The decoder of API Gateway's events accepts only JSON, a request has its method in upper case and no empty path segment,
/// and a response with the request's body is JSON with the same body.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    guard let request = try? ProxyRequest(parsing: bytes) else { return }
    guard (try? JSONValue(parsing: Array(bytes))) != nil else { return expect(false, "an event is JSON") }
    expect(request.method == request.method.uppercased(), "the method is in upper case")
    for segment in request.path {
        expect(!segment.isEmpty, "no segment is empty")
        // A segment can contain a slash only if it was percent-encoded or escaped.
        let isEncoded = bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "\\"))
        expect(isEncoded || !segment.utf8.contains(UInt8(ascii: "/")), "no segment contains a slash")
    }
    echo(request)
}

private func echo(_ request: ProxyRequest) {
    let fields = request.query.map { (name: $0.key, value: $0.value.first ?? "") }
    let text = String(decoding: request.body, as: UTF8.self)
    for format in [ProxyRequest.PayloadFormat.version1, .version2] {
        let json = ProxyResponse(status: 200, headers: fields, body: Array(text.utf8)).json(for: format)
        guard let response = try? JSONValue(parsing: json) else { return expect(false, "a response is JSON") }
        expect(response["statusCode"]?.int == 200, "the response has the status")
        expect(response["body"]?.string == text, "the text is unchanged")
    }
}
