// Kanal aduan: a card for each channel; the guides to them have this style, too.

import "./case_settings/case_settings.css";

import { showChannels } from "./case_settings/channels.js";

const place = document.querySelector('[data-role="channels"]');
if (place) showChannels(place);
