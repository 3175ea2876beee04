"""Phone numbers as they are written in Indonesia, as ``+62…``; the ground for knowing a caller again."""

import phonenumbers

REGION = "ID"


def international(written: str) -> str:
    """Return a number as ``+62…`` when it can be one, else "". A short code (1708) and a name are none.

    Any digits of Unicode and the usual signs between them are read; so is ``62812…`` without its plus.
    """
    text = written.strip()[:64]
    for tried in (text, f"+{text}"):
        try:
            number = phonenumbers.parse(tried, REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""
