/// The API could not be reached, or its response was not the expected one.
package struct RequestError: Error, CustomStringConvertible {
    package let description: String

    /// - Parameter request: The method and the path, such as `GET haiku`.
    init(_ endpoint: Endpoint, _ request: String, _ response: APIResponse) {
        switch response.outcome {
        case .failure(let failure):
            description = "\(endpoint.base) does not respond: \(response.failureMessage ?? failure.description)"
        case .status(let status):
            let details = HaikuList.errorDescription(in: response.body).map { ": \($0)" } ?? ""
            description = "\(endpoint.base) responded to \(request) with \(status)\(details)"
        }
    }

    init(_ description: String) { self.description = description }
}
