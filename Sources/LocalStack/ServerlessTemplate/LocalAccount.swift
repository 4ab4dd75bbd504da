/// The account, region and stack that a local run uses wherever a template refers to AWS's.
enum LocalAccount {
    static let id = "000000000000"
    static let region = "us-east-1"
    static let partition = "aws"
    static let stack = "bashoutter-local"
}
