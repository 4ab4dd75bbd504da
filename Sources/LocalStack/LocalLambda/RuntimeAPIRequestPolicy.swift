import LocalHTTP
import NIOHTTP1

/// Restricts a process's Runtime API to its runtime, which knows the address from its environment.
enum RuntimeAPIRequestPolicy {
    /// A longer body is not read to its end, and the connection is closed without a response.
    static let maximumBodySize = 16 * LambdaLimits.maximumResponseSize

    /// Rejects requests of browsers, which send `Origin` or `Sec-Fetch-Site`, other hosts (DNS rebinding), and bodies over
    /// ``maximumBodySize``.
    static func isAllowed(_ head: HTTPRequestHead) -> Bool {
        guard !head.headers.contains(name: "origin"), !head.headers.contains(name: "sec-fetch-site"),
            head.headers["host"].allSatisfy({ HostName.isOne(of: ["localhost", "127.0.0.1"], $0) })
        else { return false }
        return head.headers["content-length"].allSatisfy { Int($0).map { $0 <= maximumBodySize } ?? false }
    }
}
