import JSON

extension LoadReport {
    /// The report as a JSON object in UTF-8. The keys name the units of durations; rates are per second.
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 4096 + seconds.count * 128)
        writer.object {
            $0.member("endpoint", endpoint)
            $0.key("rate_asked")
            if let rate = plan.rate { $0.decimal(rate) } else { $0.null() }
            $0.member("rate_reached", decimal: achievedRate)
            $0.member("pacing", plan.rate == nil ? "closed loop" : plan.arrivalProcess.rawValue)
            $0.key("mix")
            $0.object { mix in
                for operation in Operation.allCases where plan.mix.includes(operation) {
                    mix.key(operation.name)
                    mix.number(plan.mix.weights[operation.rawValue])
                }
            }
            $0.member("concurrency", plan.concurrency)
            $0.member("threads", plan.threads)
            $0.member("seed", plan.seed)
            $0.member("warmup_s", decimal: plan.warmup.seconds)
            $0.member("duration_s", decimal: plan.duration.seconds)
            $0.member("measured_s", decimal: measured.seconds)
            $0.member("interrupted", isInterrupted)
            $0.member("requests", requests)
            $0.member("errors", errors)
            $0.member("error_percent", decimal: errorPercent)
            $0.counts("error_kinds", errorKinds)
            $0.counts("statuses", recorder.statuses.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) })
            $0.member("became_posts", recorder.replacedByPosts)
            $0.member("bytes_received", recorder.bytesReceived)
            $0.member("bytes_sent", recorder.bytesSent)
            $0.times("latency_ms", [("all", recorder.all)] + operationTimes)
            $0.times("phases_ms", Phase.allCases.map { ($0.name, recorder.phases[$0.rawValue]) })
            $0.key("seconds")
            $0.array { array in
                for second in seconds { array.second(second) }
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

extension JSONWriter {
    fileprivate mutating func decimal(_ value: Double) { raw(NumberFormat.trimmed(value).utf8) }

    fileprivate mutating func member(_ key: StaticString, decimal value: Double) {
        self.key(key)
        decimal(value)
    }

    fileprivate mutating func counts(_ key: StaticString, _ counts: [(name: String, count: Int)]) {
        self.key(key)
        object {
            for (name, count) in counts {
                $0.key(name)
                $0.number(count)
            }
        }
    }

    fileprivate mutating func times(_ key: StaticString, _ rows: [(name: String, times: LatencyDistribution)]) {
        self.key(key)
        object {
            for (name, times) in rows {
                $0.key(name)
                $0.object {
                    $0.member("count", times.count)
                    guard times.count > 0 else { return }
                    $0.member("min", decimal: times.min.milliseconds)
                    $0.member("mean", decimal: times.mean.milliseconds)
                    $0.member("p50", decimal: times.percentile(50).milliseconds)
                    $0.member("p90", decimal: times.percentile(90).milliseconds)
                    $0.member("p99", decimal: times.percentile(99).milliseconds)
                    $0.member("p99.9", decimal: times.percentile(99.9).milliseconds)
                    $0.member("max", decimal: times.max.milliseconds)
                }
            }
        }
    }

    fileprivate mutating func second(_ second: TimelineSecond) {
        object {
            $0.member("second", second.second)
            $0.member("sent", second.sent)
            $0.member("done", second.done)
            $0.member("errors", second.errors)
            guard second.done > 0 else { return }
            $0.member("p50_ms", decimal: second.p50.milliseconds)
            $0.member("p99_ms", decimal: second.p99.milliseconds)
            $0.member("max_ms", decimal: second.max.milliseconds)
        }
    }
}
