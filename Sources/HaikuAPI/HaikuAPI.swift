enum HaikuAPIStub {}
