enum LocalLambdaStub {}
