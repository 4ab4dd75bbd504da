/// The signer's identity in a Signature Version 4 Authorization header. The signature is not verified: the database
/// has no secret keys.
///
/// Source: "Elements of an AWS API request signature".
struct SigningCredential {
    let accessKeyID: String
    let region: String

    init(authorization: String) throws(ServiceError) {
        // Bytes are several times faster to split than characters.
        let parts = authorization.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }.dropFirst()
        func value(of name: String) -> Substring? {
            let member = parts.last {
                $0.starts(with: name.utf8) && $0.dropFirst(name.utf8.count).first == UInt8(ascii: "=")
            }
            return member.flatMap { Substring($0.dropFirst(name.utf8.count + 1)) }
        }
        let missing = ["Credential", "Signature", "SignedHeaders"].filter { value(of: $0)?.isEmpty ?? true }
        guard missing.isEmpty, let credential = value(of: "Credential") else {
            let reasons = missing.map { "Authorization header requires '\($0)' parameter. " }.joined()
            throw ServiceError(.incompleteSignature, reasons + "Authorization=\(authorization)")
        }
        let scope = credential.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        guard scope.count >= 5 else {
            throw ServiceError(
                .incompleteSignature,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                    + "got '\(credential)'"
            )
        }
        accessKeyID = scope.dropLast(4).joined(separator: "/")
        region = String(scope[scope.count - 3])
    }
}
