enum LambdaRuntimeStub {}
