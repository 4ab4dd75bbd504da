enum DynamoDBStub {}
