"""The embedded DynamoDB, exercised from outside as any client would."""
