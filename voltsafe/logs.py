"""What goes to the log, kept short."""

import logging


class NoTraceback(logging.Filter):
    """For what anybody on the network can cause: a line says it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True
