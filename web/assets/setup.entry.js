// Mulai (the walk that sets a station up) and Pengaturan (the same settings later).

import "./setup/setup.css";

import { showSettings } from "./setup/settings.js";
import { showWalk } from "./setup/walk.js";

if (document.querySelector('[data-page="walk"]')) showWalk();
if (document.querySelector('[data-page="settings"]')) showSettings();
