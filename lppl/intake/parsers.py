"""Which parser reads what: one for each channel."""

from collections.abc import Callable, Mapping

from lppl.intake import app_json, email_message, messenger, open311, sms, telegram, web_form, whatsapp, x
from lppl.intake.values import Parsed, Raw, Source

PARSERS: Mapping[Source, Callable[[Raw], Parsed]] = {
    Source.CALL: web_form.parse,
    Source.NOTE: web_form.parse,
    Source.WEB: web_form.parse,
    Source.EVENT: web_form.parse,
    Source.TABLE: web_form.parse,
    Source.WHATSAPP: whatsapp.parse,
    Source.TELEGRAM: telegram.parse,
    Source.SMS: sms.parse,
    Source.EMAIL: email_message.parse,
    Source.APP: app_json.parse,
    Source.OPEN311: open311.parse,
    Source.MESSENGER: messenger.parse,
    Source.INSTAGRAM: messenger.parse,
    Source.X: x.parse,
}


def parse(raw: Raw) -> Parsed:
    """Read what a channel sent. Pure; what cannot be read is said in the answer.

    What the product itself wrote down is read as such, by whatever channel its words came (an imported chat).
    """
    if raw.content_type == web_form.CONTENT_TYPE:
        return web_form.parse(raw)
    return PARSERS[raw.source](raw)
