"""`make deploy`: the stacks of one stage, brought up to date in a real account by the AWS CLI."""
