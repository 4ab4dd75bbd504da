import Haiku
import Testing

@Suite
struct PoemTests {
    @Test(arguments: [
        ("", PoemError.Reason.empty), (" \u{3000}\t", .controlCharacter), (" \u{3000}\u{2003}", .empty),
        ("a\nb", .controlCharacter), ("a\u{7f}", .controlCharacter), ("a\u{85}", .controlCharacter),
        ("\0", .controlCharacter),
    ])
    func `blank text and control characters are rejected`(text: String, reason: PoemError.Reason) {
        #expect(throws: PoemError(field: .second, reason: reason)) {
            try Poem(username: "芭蕉", first: "古池や", second: text, third: "水の音")
        }
    }

    @Test(arguments: Poem.Field.allCases)
    func `each string may have as many Unicode scalars as its limit, and no more`(field: Poem.Field) throws {
        let longest = String(repeating: "😀", count: field.maximumLength)
        func poem(_ text: String) throws(PoemError) -> Poem {
            func choose(_ candidate: Poem.Field) -> String { candidate == field ? text : "x" }
            return try Poem(
                username: choose(.username), first: choose(.first), second: choose(.second), third: choose(.third))
        }
        _ = try poem(longest)
        #expect(throws: PoemError(field: field, reason: .tooLong)) { try poem(longest + "x") }
    }

    @Test
    func `text is kept exactly as it was sent`() throws {
        let texts = ["e\u{301}", "\u{202E}bidi", "👨‍👩‍👧‍👦", " 蛙 "]
        let poem = try Poem(username: texts[0], first: texts[1], second: texts[2], third: texts[3])
        #expect(Array(poem.username.unicodeScalars) == Array(texts[0].unicodeScalars))
        #expect(poem.first == texts[1])
        #expect(Array(poem.second.utf8) == Array(texts[2].utf8))
        #expect(poem.third == texts[3])
    }

    @Test
    func `errors have the textbook's wording`() {
        #expect("\(PoemError(field: .username, reason: .empty))" == "username is empty")
        #expect("\(PoemError(field: .first, reason: .tooLong))" == "first is longer than 100 characters")
    }
}

@Suite
struct HaikuIDTests {
    @Test(arguments: ["00000000000000000000000000000000", "0123456789abcdef0123456789abcdef"])
    func `an id is written as it was parsed`(text: String) {
        #expect(HaikuID(text)?.description == text)
    }

    @Test(arguments: [
        "", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
        "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdeg", "０123456789abcdef0123456789abcde",
    ])
    func `text other than 32 lower-case hexadecimal digits is not an id`(text: String) {
        #expect(HaikuID(text) == nil)
    }

    @Test
    func `random ids are distributed evenly over the shards`() throws {
        var generator = SystemRandomNumberGenerator()
        let shards = try #require(FeedShards(4))
        var counts = [0, 0, 0, 0]
        for _ in 0..<4000 { counts[HaikuID.random(using: &generator).shard(of: shards)] += 1 }
        // Six standard deviations of a binomial distribution with n = 4000, p = 1/4: fails once in 10^8 runs.
        #expect(counts.allSatisfy { abs($0 - 1000) < 165 })
    }

    @Test(arguments: [(0, false), (1, true), (256, true), (257, false)])
    func `there are 1 to 256 shards`(count: Int, isAccepted: Bool) {
        #expect((FeedShards(count) != nil) == isAccepted)
    }
}

@Suite
struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00+00:00"), (1_593_999_964_999_999, "2020-07-06T01:46:04+00:00"),
            (951_782_400_000_000, "2000-02-29T00:00:00+00:00"), (4_107_542_399_000_000, "2100-02-28T23:59:59+00:00"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00+00:00"), (-1, "1969-12-31T23:59:59+00:00"),
        ] as [(Int64, String)])
    func `a timestamp is written in the textbook's form`(microseconds: Int64, text: String) {
        #expect("\(Timestamp(microseconds: microseconds))" == text)
    }
}

@Suite
struct CursorTests {
    static let longestTime = FeedTime("-\(String(repeating: "9", count: 38))E-130".utf8)!

    static let cursors: [Cursor] = [
        .feed(FeedPosition(postedAt: FeedTime(microseconds: 1_593_999_964_000_001), shard: 0, id: nil)),
        .feed(
            FeedPosition(postedAt: FeedTime(microseconds: 0), shard: 0, id: "0123456789abcdef0123456789abcdef")),
        .feed(FeedPosition(postedAt: FeedTime(microseconds: .max), shard: 255, id: "文字")),
        // A date before 1970, which the index backfill stores as it is: Bashō's frog leapt in 1686.
        .feed(FeedPosition(postedAt: FeedTime(microseconds: -8_962_012_800_000_000), shard: 3, id: "a")),
        .feed(
            FeedPosition(postedAt: FeedTime("-1.2345678901234567890123456789012345678E-92".utf8)!, shard: 1, id: "a")),
        .feed(FeedPosition(postedAt: longestTime, shard: 128, id: String(repeating: "長", count: 466))),
        .table(after: String(repeating: "長", count: 466)),
        .table(after: "0123456789abcdef0123456789abcdef"),
    ]

    @Test(arguments: cursors)
    func `a cursor's text is URL-safe and parses to the same cursor`(cursor: Cursor) {
        let text = cursor.description
        #expect(Cursor(text) == cursor)
        #expect(text.wholeMatch(of: /[0-9A-Za-z_-]+/) != nil)
        #expect(text.utf8.count < 2000)
    }

    @Test(arguments: cursors)
    func `a truncated cursor is rejected or is another cursor, and never crashes`(cursor: Cursor) {
        let text = cursor.description
        for length in 0..<text.count { #expect(Cursor(String(text.prefix(length))) != cursor) }
    }

    @Test(arguments: [
        "", "!", "01", "02", "0", "日本", "AwA", "AwAAATAAA", "AwAAATAAAA==", "AwAAATAAAB", "AwAAATAAAAA", "AwAAAXgAAA",
        "BAAA",
        "BAACYQ",
        "BAAB/w", "BAABYQA",
        "010005a9bce033f300000000203031323334353637383961626364656630313233343536373839616263646566",
        String(repeating: "0", count: 10_000),
    ])
    func `text of another form is rejected`(text: String) {
        #expect(Cursor(text) == nil)
    }
}

@Suite
struct FeedTimeTests {
    /// Ascending. Texts in one element are equal numbers.
    static let order: [[String]] = [
        ["-9.9999999999999999999999999999999999999E+125"], ["-1E+30"],
        ["-37E19", "-370000000000000000000"], ["-9223372036854775809"], ["-9223372036854775808"],
        ["-100", "-1E2", "-100.00"], ["-99.5"],
        ["-1"], ["-1E-130"], ["0", "-0", "0.000", "0E5", "00"],
        ["1E-130", "0.1E-129"], ["1E-100", "0." + String(repeating: "0", count: 99) + "1"], ["0.5", "5E-1", ".5"],
        ["1", "1.0", "+1", "10E-1"], ["1.00000000000000000001"], ["9.5"], ["10", "1e1"],
        ["1593999964000000"], ["1593999964000000.25"], ["1593999964000001"],
        ["9223372036854775807"], ["9223372036854775807.5"], ["9223372036854775808"], ["1E30"],
        ["12345678901234567890123456789012345678"], ["99999999999999999999999999999999999999"],
        ["99999999999999999999999999999999999999E18"], ["1E125", "1" + String(repeating: "0", count: 125)],
        ["9.9999999999999999999999999999999999999E+125"],
    ]

    @Test
    func `numbers are ordered by value`() throws {
        let times = try Self.order.map { texts in try texts.map { try #require(FeedTime($0.utf8), "\($0)") } }
        for (index, equal) in times.enumerated() {
            for time in equal {
                #expect(time == equal[0])
                #expect(!(time < equal[0]) && !(equal[0] < time))
                for smaller in times[..<index].joined() {
                    #expect(smaller < time, "\(smaller) < \(time)")
                    #expect(!(time < smaller), "\(smaller) < \(time)")
                    #expect(smaller != time)
                }
            }
        }
    }

    @Test(arguments: order.joined())
    func `a description is the same number`(text: String) throws {
        let time = try #require(FeedTime(text.utf8))
        #expect(FeedTime(time.description.utf8) == time)
    }

    @Test(arguments: [
        "", "-", "+", ".", "E5", "1E", "1E+", "1E1234", "1 ", " 1", "1.2.3", "--1", "0x1", "١", "NaN", "1E126",
        "1E-131",
        "123456789012345678901234567890123456789", "1E999", "-1E-999", String(repeating: "0", count: 513),
    ])
    func `other texts, and numbers that DynamoDB cannot store, are rejected`(text: String) {
        #expect(FeedTime(text.utf8) == nil)
    }
}
