"""The one exception that a script shows to its user."""


class ProblemError(Exception):
    """Something that the user can put right.

    Its text is one or more whole sentences, one a line, which say what is wrong and what to do.
    Scripts print it without a stack trace and leave with exit code 1.
    """

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)
