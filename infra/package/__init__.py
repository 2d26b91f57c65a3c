"""What a deployment uploads, made from this work tree by `make package`; see __main__.py for the outputs."""
