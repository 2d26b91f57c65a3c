"""The HIPAA pack of cdk-nag on what is deployed, and the arguments for what it finds."""
