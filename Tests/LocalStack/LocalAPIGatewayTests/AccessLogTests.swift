import HTTPServer
import LocalAPIGateway
import NIOCore
import Testing

@Suite("Access log")
struct AccessLogTests {
    private let lines = Lines()

    private func log(_ detail: AccessLog.Detail = .summarized, usesColors: Bool = false) -> AccessLog {
        AccessLog(detail, usesColors: usesColors) { [lines] in lines.all.append(String(buffer: $0)) }
    }

    @Test("a request has one line with its target, status and duration")
    func line() {
        var log = log()
        log.log(Request(method: "GET", target: "/haiku?limit=30"), status: 200, duration: .microseconds(1_250))
        #expect(log.endSecond() == 1)
        #expect(lines.all == ["GET /haiku?limit=30 200 in 1.3 ms\n"])
    }

    @Test("control characters in a target are escaped")
    func escaping() {
        var log = log()
        log.log(Request(target: "/\u{85}x"), status: 404, duration: .zero)
        #expect(lines.all == ["GET /\\u{85}x 404 in 0.0 ms\n"])
    }

    @Test("a status has a color if the log has colors", arguments: [(200, 32), (404, 33), (429, 31), (500, 31)])
    func colors(status: Int, color: Int) {
        var log = log(usesColors: true)
        log.log(Request(target: "/"), status: status, duration: .zero)
        #expect(lines.all == ["GET / \u{1B}[\(color)m\(status)\u{1B}[0m in 0.0 ms\n"])
    }

    @Test("a second of more than ten requests is summarized")
    func summary() {
        var log = log()
        for index in (1...1_204).reversed() {
            let status = index <= 3 ? 503 : 200
            log.log(Request(target: "/haiku"), status: status, duration: .milliseconds(Int64(index)))
        }
        #expect(log.endSecond() == 1_204)
        #expect(lines.all.count == 11)
        #expect(lines.all.last == "1,204 requests, 3 errors, p99 1192.0 ms\n")
    }

    @Test("ten requests a second have their lines and no summary, and the next second starts anew")
    func noSummary() {
        var log = log()
        for _ in 0..<2 {
            for _ in 0..<10 { log.log(Request(target: "/haiku"), status: 200, duration: .zero) }
            #expect(log.endSecond() == 10)
        }
        #expect(lines.all.count == 20 && lines.all.allSatisfy { $0.hasPrefix("GET") })
        #expect(log.endSecond() == 0)
    }

    @Test("in full detail every request has a line and nothing is summarized")
    func allLines() {
        var log = log(.all)
        for _ in 0..<50 { log.log(Request(target: "/haiku"), status: 200, duration: .zero) }
        _ = log.endSecond()
        #expect(lines.all.count == 50)
    }

    private final class Lines {
        var all: [String] = []
    }
}
