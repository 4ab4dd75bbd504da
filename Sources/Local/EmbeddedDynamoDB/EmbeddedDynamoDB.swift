enum EmbeddedDynamoDBStub {}
