enum HaikuStub {}
