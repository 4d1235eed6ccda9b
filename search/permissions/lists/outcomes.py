"""What can have come of one request, as people write it into a list."""

import enum


class Outcome(enum.StrEnum):
    """What somebody says about one row."""

    SENT = "sent"
    """The message was sent, and nothing has come back yet."""

    YES = "yes"
    NO = "no"
    NEVER = "never"
    """The author wants to hear nothing of us again."""

    REVOKED = "revoked"
    """The author has taken a yes back."""

    NO_ANSWER = "no_answer"
    """Nothing came back: the clock decides what that means, and when."""


MEANINGS = {
    Outcome.SENT: "you have sent the message: give date and message_link",
    Outcome.YES: "the author said yes: give reply_link or reply_text, and checked_by",
    Outcome.NO: "the author said no",
    Outcome.NEVER: "the author wants to hear nothing of you again, and never will",
    Outcome.REVOKED: "the author has taken a yes back, in whatever words",
    Outcome.NO_ANSWER: "nothing has come back; Sayso itself notices when the time is over",
}
"""How a list explains them."""
