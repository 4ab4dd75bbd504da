/// The options that apply to all requests of a run.
package struct ConnectionSettings: Sendable {
    /// The limit for one request, including connecting.
    package var timeout: Nanoseconds = 30_000_000_000
    /// The `limit` of ``APIRequest/list``.
    package var limit = 30
    /// Additional header lines for every request, such as `Name: value`.
    package var headers: [String] = []
    /// Whether TLS certificates are accepted without verification.
    package var acceptsAnyCertificate = false
    /// Whether to use HTTP/2 with `https` endpoints that support it.
    package var usesHTTP2 = false
    /// The credentials to sign every request with; nil for unsigned requests.
    package var signature: RequestSignature?

    package init() {}
}
