/// The values of the pseudo parameters AWS::AccountId, AWS::Region, AWS::Partition and AWS::StackName in a local run.
enum LocalAccount {
    static let id = "000000000000"
    static let region = "us-east-1"
    static let partition = "aws"
    static let stack = "bashoutter-local"
}
