"""Errors that a person can cause or mend, each with one sentence that says what to do.

    AssistantError
    ├── DocumentError           a file cannot become a document
    │   ├── UnsupportedType     no reader for this type of file
    │   ├── EmptyDocument       nothing in the file
    │   ├── NoTextFound         pages or pictures, but no text
    │   ├── PasswordProtected   opens only with a password
    │   ├── DocumentTooLarge    above the size limit
    │   └── UnreadableDocument  damaged, or not what its name says
    ├── SettingsError           a setting has a value that cannot be
    ├── LibraryError            a path that is missing, taken or outside the library
    ├── MetadataError           an edit of a field that there is not, or to a value it cannot have
    ├── AddressError            a web address that may not be opened
    ├── FetchError              a web page that does not come
    ├── StorageError            a folder that is full or may not be written to
    ├── QuestionError           an empty or over-long question
    ├── FilterError             a filter on an unknown key or with a malformed value
    ├── IndexStateError         the index cannot be used: it is busy or damaged
    │   └── IndexMismatch       it was made by another release, another model or for other passages
    ├── ModelError              an embedding or language model that cannot be loaded or reached
    │   ├── ModelSetupError     the chat model's name, key or package is missing or wrong
    │   ├── ModelAccessError    its provider does not accept the key, or does not know the model
    │   ├── ModelBusyError      its server asks to wait, or fails
    │   ├── ModelUnreachable    no connection, or no answer in time
    │   ├── ContextOverflow     question and passages do not fit the model
    │   └── ModelOutputError    what it wrote cannot be used: nothing, broken off, declined, another form
    ├── EvaluationError         a test set that cannot be read
    ├── HistoryError            conversations that cannot be read or written
    │   └── NoSuchConversation  none of this person's by that id
    └── ExportError             an export that cannot be written, or a file that is none

``cli`` and ``ui`` each catch ``AssistantError`` once; nothing else catches it, except the one
place per file and the one per case that record the problem and go on, and the one per written
answer that gives the extracted answer instead.
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all expected failures; ``str(error)`` is a sentence for the person at the desk.

    Attributes:
        misuse: Whether the request itself was wrong (exit code 2) rather than failed (1).
    """

    misuse = False


class DocumentError(AssistantError):
    """A file cannot become a document."""


class UnsupportedType(DocumentError):
    """No reader knows this type of file."""


class EmptyDocument(DocumentError):
    """The file has no content."""


class NoTextFound(DocumentError):
    """The file opens, but holds no readable text."""


class PasswordProtected(DocumentError):
    """The file opens only with a password."""


class DocumentTooLarge(DocumentError):
    """The file is above the size limit."""


class UnreadableDocument(DocumentError):
    """The file is damaged, or is not what its name says."""


class SettingsError(AssistantError):
    """A setting has a value that cannot be."""

    misuse = True


class LibraryError(AssistantError):
    """A path is missing, already taken, or outside the library."""

    misuse = True


class MetadataError(AssistantError):
    """An edit names a field that there is not, or gives it a value that it cannot have."""

    misuse = True


class AddressError(AssistantError):
    """A web address may not be opened: another scheme, a password in it, or a machine of one's own network."""

    misuse = True


class FetchError(AssistantError):
    """A web page does not come: no connection, an error of the server, or not in time."""


class StorageError(AssistantError):
    """A folder is full or may not be written to."""


class QuestionError(AssistantError):
    """The question is empty or longer than a question can be."""

    misuse = True


class FilterError(AssistantError):
    """A filter names an unknown key or has a malformed value."""

    misuse = True


class IndexStateError(AssistantError):
    """The index cannot be used as it is: it does not fit the settings, is busy, or is damaged."""


class IndexMismatch(IndexStateError):
    """The index was made by another release, with another embedding model or for other passages."""


class ModelError(AssistantError):
    """An embedding or language model cannot be loaded or reached."""


class ModelSetupError(ModelError):
    """The name, the key or the package of the chat model is missing or wrong."""

    misuse = True


class ModelAccessError(ModelError):
    """The provider does not accept the key, or does not know the model."""


class ModelBusyError(ModelError):
    """The server of the chat model asks to wait, or fails.

    Attributes:
        retry_after: Seconds after which it wants to be asked again, where it says so.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelUnreachable(ModelError):
    """There is no connection to the chat model, or it does not answer in time."""


class ContextOverflow(ModelError):
    """The question and the passages do not fit the context of the chat model."""


class ModelOutputError(ModelError):
    """What the chat model wrote cannot be used: nothing, broken off, declined, or another form."""


class EvaluationError(AssistantError):
    """A test set cannot be read."""

    misuse = True


class HistoryError(AssistantError):
    """The database of conversations cannot be reached, is full, damaged or of a later release."""


class NoSuchConversation(HistoryError):
    """A person has no conversation, or no answer in it, by that id."""

    misuse = True


class ExportError(AssistantError):
    """An export cannot be written as asked, or a file to be verified is none."""

    misuse = True
