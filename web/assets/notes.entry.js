// Callers' words during a show: type, Enter, read the code out.

import { NoteDesk } from "./notes/desk.js";

new NoteDesk({ code: "code_call", urgent: "urgent_caller" }).open();
