import HaikuRepository

/// Why a backfill stopped.
struct BackfillError: Error, CustomStringConvertible {
    let description: String

    init(_ error: HaikuRepositoryError) {
        let reason =
            switch error {
            case .throttled: "DynamoDB is throttling"
            case .unavailable(let message), .conflict(let message), .failed(let message): message
            }
        description = "\(reason). Run the command again to continue; items that were indexed stay indexed."
    }
}
