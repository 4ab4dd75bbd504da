import Encoding
import HTTPMessage
import HTTPServer

/// The signer's identity in a Signature Version 4, in the Authorization header or in the query. The signature is not
/// verified: the database has no secret keys.
///
/// Source: "Elements of an AWS API request signature".
struct SigningCredential {
    let accessKeyID: String
    let region: String

    init(of request: Request) throws(ServiceError) {
        let parameters = request.query.map { PercentEncoding.parameters(ofQuery: $0) } ?? []
        let query = Dictionary(parameters.map { ($0.name, $0.value) }) { $1 }
        let isPresigned = query["X-Amz-Algorithm"] != nil
        let credential: String
        switch request.headers.first(name: "authorization") {
        case _? where isPresigned:
            throw ServiceError(
                .invalidSignature,
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
            )
        case let header? where header.hasPrefix("AWS4-"):
            // An array of bytes is many times faster to split than a string.
            let parts = Array(header.utf8).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }.dropFirst()
            var values: [String: String] = [:]
            for part in parts {
                let member = part.split(separator: UInt8(ascii: "="), maxSplits: 1)
                    .map { String(decoding: $0, as: UTF8.self) }
                if member.count == 2 { values[member[0]] = member[1] }
            }
            let reasons = ["Credential", "Signature", "SignedHeaders"].filter { values[$0, default: ""].isEmpty }
                .map { "Authorization header requires '\($0)' parameter. " }
            guard reasons.isEmpty else {
                throw ServiceError(.incompleteSignature, reasons.joined() + "Authorization=\(header)")
            }
            credential = values["Credential"] ?? ""
        case nil where isPresigned:
            let names = ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date"].map { "X-Amz-" + $0 }
            let reasons = names.filter { query[$0, default: ""].isEmpty }
                .map { "AWS query-string parameters must include '\($0)'. " }
            guard reasons.isEmpty else {
                throw ServiceError(.incompleteSignature, reasons.joined() + "Re-examine the query-string parameters.")
            }
            credential = query["X-Amz-Credential"] ?? ""
        default: throw ServiceError(.missingAuthenticationToken, "Request is missing Authentication Token")
        }
        let bytes = Array(credential.utf8)
        let scope = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard scope.count >= 5 else {
            throw ServiceError(
                .incompleteSignature,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                    + "got '\(credential)'"
            )
        }
        accessKeyID = String(decoding: bytes[..<(scope[scope.count - 4].startIndex - 1)], as: UTF8.self)
        region = String(decoding: scope[scope.count - 3], as: UTF8.self)
    }
}
