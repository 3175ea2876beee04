// Ruang Kendali: what the air does now, and the operators' orders.

import "./control/control.css";

import { data } from "./staff/page.js";
import { Alarms } from "./control/alarms.js";
import { BreakIns } from "./control/break_ins.js";
import { Card } from "./control/card.js";
import { History } from "./control/history.js";
import { Keys } from "./control/keys.js";
import { Meters } from "./control/meters.js";
import { Room } from "./control/room.js";

const room = new Room();
const cards = data.channels.map((channel) => new Card(room, channel));
const alarms = new Alarms(room);
const breakIns = data.acts ? new BreakIns(room, cards) : null;
new History(room);
new Meters(room, cards);
new Keys(cards, alarms, breakIns);
room.start();
