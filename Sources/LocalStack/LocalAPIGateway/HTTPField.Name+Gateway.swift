import HTTPTypes

extension HTTPField.Name {
    static let apigwRequestID = HTTPField.Name(known: "Apigw-Requestid")
    static let host = HTTPField.Name(known: "Host")
    static let traceID = HTTPField.Name(known: "X-Amzn-Trace-Id")
    static let xForwardedFor = HTTPField.Name(known: "X-Forwarded-For")

    private init(known name: String) {
        guard let name = Self(name) else { preconditionFailure("\(name) is not a valid field name") }
        self = name
    }
}
