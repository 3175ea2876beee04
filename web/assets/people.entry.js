// Petugas (everybody) and Akun saya (one's own account).

import { showOwn } from "./people/own.js";
import { showPeople } from "./people/people.js";

if (document.querySelector('[data-page="people"]')) showPeople();
if (document.querySelector('[data-page="own"]')) showOwn();
