import JSON
import Testing

@Suite struct NumberTests {
    @Test(
        "A number is returned in DynamoDB's plain notation",
        arguments: [
            ("0", "0"), ("-0", "0"), ("0.000", "0"), ("0e125", "0"), ("007", "7"), ("+5", "5"), ("1.50", "1.5"),
            (".5", "0.5"),
            ("5.", "5"), ("1e3", "1000"), ("1E+3", "1000"), ("12e-3", "0.012"), ("-1.5e1", "-15"), ("100e-2", "1"),
            ("1e-130", "0." + String(repeating: "0", count: 129) + "1"),
            ("1e125", "1" + String(repeating: "0", count: 125)),
            ("3.1415926535897932384626433832795028841", "3.1415926535897932384626433832795028841"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ]
    )
    func normalized(written: String, expected: String) async throws {
        let database = try await TestDatabase()
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"a"},"v":{"N":"\#(written)"}}}"#)
        let response = try await database.call("GetItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)
        #expect(response["Item"]?["v"]?["N"]?.string == expected)
    }

    @Test(
        "An invalid number or one out of range is rejected",
        arguments: [
            ("1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
            ("-11e125", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
            ("1e-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
            (
                "314159265358979323846.264338327950288419",
                "Attempting to store more than 38 significant digits in a Number"
            ),
            ("", "The parameter cannot be converted to a numeric value"),
            ("dog", "The parameter cannot be converted to a numeric value: dog"),
            (" 1", "The parameter cannot be converted to a numeric value:  1"),
            ("1 ", "The parameter cannot be converted to a numeric value: 1 "),
            ("1e", "The parameter cannot be converted to a numeric value: 1e"),
            ("1.2.3", "The parameter cannot be converted to a numeric value: 1.2.3"),
            ("0x10", "The parameter cannot be converted to a numeric value: 0x10"),
            ("Infinity", "The parameter cannot be converted to a numeric value: Infinity"),
        ]
    )
    func rejected(written: String, message: String) async throws {
        let database = try await TestDatabase()
        let failure = try await database.failure(
            "PutItem",
            #"{"TableName":"plain","Item":{"p":{"S":"a"},"v":{"N":"\#(written)"}}}"#
        )
        #expect(failure == "ValidationException: \(message)")
    }

    @Test(
        "A sum is exact, or rejected if it exceeds 38 digits or the range",
        arguments: [
            ("1", "10000000000000000000000", "10000000000000000000001"), ("0.1", "0.2", "0.3"), ("5", "-5", "0"),
            ("-1.5", "0.25", "-1.25"), ("9e125", "9e124", "99" + String(repeating: "0", count: 124)),
            ("99999999999999999999999999999999999999", "1", "1" + String(repeating: "0", count: 38)),
            ("1e38", "-1", String(repeating: "9", count: 38)), ("9e125", "9e125", nil), ("1e50", "1", nil),
        ] as [(String, String, String?)]
    )
    func sums(left: String, right: String, expected: String?) async throws {
        let database = try await TestDatabase()
        let update = """
            {"TableName":"plain","Key":{"p":{"S":"a"}},"UpdateExpression":"SET v = :l + :r","ReturnValues":"UPDATED_NEW",
             "ExpressionAttributeValues":{":l":{"N":"\(left)"},":r":{"N":"\(right)"}}}
            """
        guard let expected else {
            let overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range"
            #expect(try await database.failure("UpdateItem", update) == "ValidationException: \(overflow)")
            return
        }
        #expect(try await database.call("UpdateItem", update)["Attributes"]?["v"]?["N"]?.string == expected)
    }

    @Test("Query returns numeric sort keys in ascending order")
    func keyOrder() async throws {
        let ordered = [
            "-9e125", "-100", "-99.5", "-99", "-10", "-9", "-1.5", "-1.25", "-1", "-0.1", "-1e-130", "0", "1e-130",
            "0.1", "1", "1.05",
            "1.5", "9", "10", "11", "99", "99.5", "100", "101", "12345678901234567890123456789012345678", "9e125",
        ]
        let database = try await TestDatabase()
        for number in ordered.reversed() {
            try await database.call(
                "PutItem",
                #"{"TableName":"sorted","Item":{"p":{"S":"a"},"s":{"N":"\#(number)"},"w":{"S":"\#(number)"}}}"#
            )
        }
        let response = try await database.call(
            "Query",
            #"{"TableName":"sorted","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"a"}}}"#
        )
        #expect(response["Items"]?.array?.compactMap { $0["w"]?["S"]?.string } == ordered)
    }
}
