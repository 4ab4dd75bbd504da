/// The API could not be reached, or its response was not the expected one.
package struct RequestError: Error, CustomStringConvertible {
    package let description: String

    /// - Parameter request: The method and the path, such as `GET haiku`.
    init(_ endpoint: Endpoint, _ request: String, _ response: APIResponse) {
        switch response.outcome {
        case .failure(.unfinished):
            description = "interrupted before \(endpoint.base) responded to \(request)"
        case .failure(let failure):
            let reason = response.failureMessage ?? failure.description
            let hint = failure == .tls ? ". Pass --insecure to accept any certificate" : ""
            description = "\(endpoint.base) does not respond: \(reason)\(hint)"
        case .status(let status):
            var details = HaikuList.errorDescription(in: response.body).map { ": \($0)" } ?? ""
            if (300..<400).contains(status), let location = response.location {
                let target = Endpoint.resolve(location, against: endpoint.haiku) ?? location
                details += ", a redirect to \(target). Use the endpoint that it belongs to"
            }
            description = "\(endpoint.base) responded to \(request) with \(status)\(details)"
        }
    }

    /// The response to `GET haiku` was successful, but its body is not a list.
    init(notAList body: [UInt8], from endpoint: Endpoint) {
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let kind = first == UInt8(ascii: "<") ? "an HTML page" : "no list of haiku"
        description =
            "\(endpoint.haiku) returned \(kind). The endpoint must be the API's base URL, which the local stack and "
            + "script/deploy print"
    }

    init(_ description: String) { self.description = description }
}
