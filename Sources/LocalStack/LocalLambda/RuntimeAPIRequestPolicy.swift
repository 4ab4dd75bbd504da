import LocalHTTP
import NIOHTTP1

/// Who may use a process's Runtime API: its runtime, which knows the address from its environment.
enum RuntimeAPIRequestPolicy {
    /// A response that is longer, or is said to be, is not read, not even to tell the runtime that it is too long.
    static let longestResponse = 16 * LambdaLimits.replySize

    /// Refuses pages in a browser, which say so, and such as come under a name that has been pointed at this machine.
    static func isAllowed(_ head: HTTPRequestHead) -> Bool {
        guard !head.headers.contains(name: "origin"), !head.headers.contains(name: "sec-fetch-site"),
            head.headers["host"].allSatisfy({ HostName.isOne(of: ["localhost", "127.0.0.1"], $0) })
        else { return false }
        return head.headers["content-length"].allSatisfy { Int($0).map { $0 <= longestResponse } ?? false }
    }
}
