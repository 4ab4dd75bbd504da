/// The signer's identity in a Signature Version 4 Authorization header. The signature is not verified: the database
/// has no secret keys.
///
/// Source: "Elements of an AWS API request signature".
struct SigningCredential {
    let accessKeyID: String
    let region: String

    init(authorization: String) throws(ServiceError) {
        var members: [Substring: Substring] = [:]
        for part in authorization.split(whereSeparator: { $0 == " " || $0 == "," }).dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { members[pair[0]] = pair[1] }
        }
        let missing = ["Credential", "Signature", "SignedHeaders"].filter { members[$0[...]] == nil }
        guard missing.isEmpty, let credential = members["Credential"] else {
            let reasons = missing.map { "Authorization header requires '\($0)' parameter. " }.joined()
            throw ServiceError(.incompleteSignature, reasons + "Authorization=\(authorization)")
        }
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false)
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
