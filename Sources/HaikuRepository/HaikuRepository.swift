enum HaikuRepositoryStub {}
