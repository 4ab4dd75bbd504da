import JSON

extension LoadReport {
    /// The version of the JSON report. It changes when a key is removed or changes its meaning.
    static let schemaVersion = 2

    /// The report as a JSON object in UTF-8. The keys name the units of durations; rates are per second.
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 65_536 + seconds.count * 192)
        writer.object {
            $0.member("schema_version", Self.schemaVersion)
            $0.member("client_version", ClientVersion.current)
            $0.member("started_at", startedAt)
            $0.member("endpoint", endpoint)
            $0.key("rate_asked")
            if let rate = targetRate { $0.decimal(rate) } else { $0.null() }
            $0.member("rate_reached", decimal: achievedRate)
            $0.member("goodput", decimal: goodput)
            $0.member("pacing", plan.isOpenLoop ? plan.arrivalProcess.rawValue : "closed loop")
            $0.key("stages")
            $0.array { array in
                for stage in plan.stages {
                    array.object {
                        $0.member("duration_s", decimal: stage.duration.seconds)
                        $0.member("rate", decimal: stage.rate)
                    }
                }
            }
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
            $0.member("client_limited", isClientLimited)
            $0.member("client_cpu", decimal: maxThreadUtilization)
            $0.key("warnings")
            $0.array { array in
                for warning in warnings { array.string(warning) }
            }
            $0.member("requests", requests)
            $0.member("successes", successes)
            $0.member("errors", errors)
            $0.member("error_percent", decimal: errorPercent)
            $0.counts("error_kinds", errorKinds)
            $0.counts("statuses", recorder.statuses.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) })
            $0.member("became_posts", recorder.replacedByPosts)
            $0.member("bytes_received", recorder.bytesReceived)
            $0.member("bytes_sent", recorder.bytesSent)
            $0.key("aws_cost_usd")
            $0.raw(NumberFormat.fixed(cost.dollars, 6))
            $0.times("latency_ms", [("all", recorder.all)] + operationTimes)
            $0.times("other_latency_ms", otherTimes)
            $0.times("send_lag_ms", [("all", recorder.lag)])
            $0.times("cold_starts_ms", coldStartTimes(recorder.coldStarts))
            $0.times("cold_start_init_ms", coldStartTimes(recorder.initDurations))
            $0.histograms("histograms_ms", [("all", recorder.all)] + operationTimes)
            $0.times("phases_ms", Phase.allCases.map { ($0.name, recorder.phases[$0.rawValue]) })
            $0.key("seconds")
            $0.array { array in
                for second in seconds { array.second(second) }
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func coldStartTimes(_ times: [LatencyDistribution]) -> [(name: String, times: LatencyDistribution)] {
        Operation.allCases.filter { times[$0.rawValue].count > 0 }.map { ($0.name, times[$0.rawValue]) }
    }

    /// The measurements of the seconds as comma-separated values (RFC 4180), with a heading.
    package var csv: String {
        let heading =
            "second,sent,succeeded,rejected,failed,unsent,in_flight,backlog,p50_ms,p99_ms,max_ms"
        let rows = seconds.map { second in
            let counts = [
                second.second, second.sent, second.succeeded, second.rejected, second.failed, second.unsent,
                second.inFlight, second.backlog,
            ].map(String.init)
            let times = [second.p50, second.p99, second.max].map {
                second.succeeded == 0 ? "" : NumberFormat.trimmed($0.milliseconds)
            }
            return (counts + times).joined(separator: ",")
        }
        return ([heading] + rows).map { $0 + "\r\n" }.joined()
    }
}

extension JSONWriter {
    fileprivate mutating func decimal(_ value: Double) { raw(NumberFormat.trimmed(value)) }

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

    /// Pairs of a latency and the number of requests that had it.
    fileprivate mutating func histograms(_ key: StaticString, _ rows: [(name: String, times: LatencyDistribution)]) {
        self.key(key)
        object {
            for (name, times) in rows {
                $0.key(name)
                $0.array { array in
                    for (value, count) in times.counts {
                        array.array {
                            $0.decimal(value.milliseconds)
                            $0.number(count)
                        }
                    }
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
            $0.member("succeeded", second.succeeded)
            $0.member("rejected", second.rejected)
            $0.member("unsent", second.unsent)
            $0.member("in_flight", second.inFlight)
            $0.member("backlog", second.backlog)
            guard second.succeeded > 0 else { return }
            $0.member("p50_ms", decimal: second.p50.milliseconds)
            $0.member("p99_ms", decimal: second.p99.milliseconds)
            $0.member("max_ms", decimal: second.max.milliseconds)
        }
    }
}
