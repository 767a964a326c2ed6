"""The outside where AWS is: the only room that knows the SDK. What may be asked, how it is asked, and what came of it."""
