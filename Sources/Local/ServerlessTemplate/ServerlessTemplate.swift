enum ServerlessTemplateStub {}
